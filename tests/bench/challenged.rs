//! REGISTER with a password: with a new nonce each time, or with a known one.

use std::io::Write;
use std::net::{SocketAddr, UdpSocket};

use crate::digest::{self, Digests};
use crate::load::{self, Job, Outbox, Turn};
use crate::message::{self, BRANCH};
use crate::outcome::Outcome;
use crate::peer::Peer;
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
    let socket = load::socket(2);
    let contact = socket.local_addr().expect("bound");
    let users = (count / 2).clamp(1, USERS);
    let mut job = Challenged::new(&socket, peer.address(), contact, users, nonce);
    if nonce == Nonce::Known {
        load::run(&socket, peer.address(), users, &mut job)?;
    }
    peer.cost(count, || {
        load::run(&socket, peer.address(), count, &mut job)
    })
}

/// Registers `users` users at `contact`.
pub(crate) fn all(
    socket: &UdpSocket,
    server: SocketAddr,
    contact: SocketAddr,
    users: u64,
) -> Result<(), Outcome> {
    let mut job = Challenged::new(socket, server, contact, users, Nonce::New);
    load::run(socket, server, users, &mut job)
}

/// Registrations of users 0 to `users`, one after another, and again.
pub(crate) struct Challenged {
    local: SocketAddr,
    server: SocketAddr,
    /// The Contact of all users.
    contact: SocketAddr,
    nonce: Nonce,
    digests: Digests,
    uri: String,
    phones: Vec<Phone>,
}

/// What a phone remembers.
#[derive(Default)]
struct Phone {
    cseq: u32,
    /// Empty before the first one.
    nonce: Vec<u8>,
    uses: u32,
}

impl Challenged {
    pub(crate) fn new(
        socket: &UdpSocket,
        server: SocketAddr,
        contact: SocketAddr,
        users: u64,
        nonce: Nonce,
    ) -> Self {
        Self {
            local: socket.local_addr().expect("bound"),
            server,
            contact,
            nonce,
            digests: Digests::new(),
            uri: format!("sip:{server}"),
            phones: (0..users).map(|_| Phone::default()).collect(),
        }
    }

    /// The next request of a user's phone, with an answer if it has a nonce.
    fn write(&mut self, slot: usize, number: u64, out: &mut Outbox) {
        let Self {
            local,
            server,
            contact,
            uri,
            ..
        } = self;
        let user = number % self.phones.len() as u64;
        let phone = &mut self.phones[user as usize];
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
             Contact: <sip:user{user}@{contact}>\r\n\
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
    fn begin(&mut self, slot: usize, number: u64, out: &mut Outbox) {
        let user = number as usize % self.phones.len();
        if self.nonce == Nonce::New {
            self.phones[user].nonce.clear();
        }
        self.write(slot, number, out);
    }

    fn take(&mut self, slot: usize, number: u64, message: &[u8], out: &mut Outbox) -> Turn {
        let user = number as usize % self.phones.len();
        let phone = &mut self.phones[user];
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
