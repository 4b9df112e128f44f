//! REGISTER with a password: with a new nonce each time, or with a known one.

use std::io::Write;
use std::net::SocketAddr;

use crate::digest::{self, Digests};
use crate::load::{self, Job, Outbox, Turn};
use crate::message::{self, BRANCH};
use crate::outcome::Outcome;
use crate::peer::Peer;
use crate::phones::{CALLING, Phones, Places};
use crate::subscribers::USERS;

/// Which nonce a phone answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nonce {
    /// A new one each time: REGISTER-401-REGISTER-200.
    New,
    /// The first one, with a rising count of its uses: REGISTER-200.
    Known,
}

/// Microseconds of the server for each registration. With a new nonce half of them make a
/// binding and half refresh one; with a known one all of them refresh.
pub(crate) fn cost(peer: &Peer, count: u64, nonce: Nonce) -> Result<f64, Outcome> {
    let users = (count / 2).clamp(1, USERS);
    let phones = Phones::new(CALLING, users);
    let mut job = Challenged::new(&phones, peer.address(), users, nonce);
    if nonce == Nonce::Known {
        load::run(&phones, peer.address(), users, &mut job)?;
    }
    peer.cost(count, || {
        load::run(&phones, peer.address(), count, &mut job)
    })
}

/// Registers `users` users, each by its own phone.
pub(crate) fn all(phones: &Phones, server: SocketAddr, users: u64) -> Result<(), Outcome> {
    let mut job = Challenged::new(phones, server, users, Nonce::New);
    load::run(phones, server, users, &mut job)
}

/// Registrations of users 0 to `users`, each by its own phone, one after another, and again.
pub(crate) struct Challenged {
    places: Places,
    server: SocketAddr,
    nonce: Nonce,
    digests: Digests,
    uri: String,
    /// What each phone remembers.
    memories: Vec<Memory>,
}

/// What a phone remembers.
#[derive(Default)]
struct Memory {
    cseq: u32,
    /// Empty before the first one.
    nonce: Vec<u8>,
    uses: u32,
}

impl Challenged {
    pub(crate) fn new(phones: &Phones, server: SocketAddr, users: u64, nonce: Nonce) -> Self {
        Self {
            places: phones.places(),
            server,
            nonce,
            digests: Digests::new(),
            uri: format!("sip:{server}"),
            memories: (0..users).map(|_| Memory::default()).collect(),
        }
    }

    /// The next request of a user's phone, with an answer if it has a nonce.
    fn write(&mut self, slot: usize, number: u64, out: &mut Outbox) {
        let user = self.phone(number);
        let (local, server, uri) = (self.places.of(user), self.server, &self.uri);
        let phone = &mut self.memories[user as usize];
        phone.cseq += 1;
        let cseq = phone.cseq;
        let out = out.message();
        write!(
            out,
            "REGISTER {uri} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {local};branch={BRANCH}{slot}.{number}.{cseq};rport\r\n\
             Max-Forwards: 70\r\n\
             From: <sip:user{user}@{server}>;tag=r{number}\r\n\
             To: <sip:user{user}@{server}>\r\n\
             Call-ID: register-{user}\r\n\
             CSeq: {cseq} REGISTER\r\n\
             Contact: <sip:user{user}@{local}>\r\n\
             Expires: 3600\r\n\
             User-Agent: load\r\n"
        )
        .expect("memory takes it");
        if !phone.nonce.is_empty() {
            phone.uses += 1;
            out.extend_from_slice(b"Authorization: ");
            let request = ["REGISTER", uri];
            self.digests
                .write(user, request, &phone.nonce, phone.uses, out);
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(b"Content-Length: 0\r\n\r\n");
    }
}

impl Job for Challenged {
    fn phone(&self, number: u64) -> u64 {
        number % self.memories.len() as u64
    }

    fn begin(&mut self, slot: usize, number: u64, out: &mut Outbox) {
        let user = self.phone(number) as usize;
        if self.nonce == Nonce::New {
            self.memories[user].nonce.clear();
        }
        self.write(slot, number, out);
    }

    fn take(&mut self, slot: usize, number: u64, message: &[u8], out: &mut Outbox) -> Turn {
        let user = self.phone(number) as usize;
        let phone = &mut self.memories[user];
        match message::status(message) {
            Some(100..200) => Turn::Wait,
            // A second 401 is a failure.
            Some(401) if phone.nonce.is_empty() => {
                let nonce = digest::nonce(message, "WWW-Authenticate");
                phone.nonce.extend_from_slice(nonce);
                phone.uses = 0;
                self.write(slot, number, out);
                Turn::Wait
            }
            // Without an answer nobody may be registered.
            Some(200) if !phone.nonce.is_empty() && has_contact(message) => Turn::Done,
            _ => Turn::Failed,
        }
    }
}

fn has_contact(message: &[u8]) -> bool {
    message::header(message, "Contact").is_some()
}
