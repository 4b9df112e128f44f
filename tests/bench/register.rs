//! REGISTER without authentication, for many addresses-of-record.

use std::io::Write;
use std::net::SocketAddr;

use crate::load::{self, Job, Outbox, Turn};
use crate::message::{self, BRANCH};
use crate::outcome::Outcome;
use crate::peer::Peer;
use crate::phones::{CALLING, Phones, Places};

/// Registrations of users 0 to `users`, each by its own phone, one after another, and again.
struct Register {
    places: Places,
    server: SocketAddr,
    users: u64,
}

/// Microseconds of the server for each REGISTER: a new binding for each user, then a refresh.
pub(crate) fn cost(peer: &Peer, count: u64) -> Result<f64, Outcome> {
    let users = (count / 2).max(1);
    let phones = Phones::new(CALLING, users);
    let mut job = Register::new(&phones, peer.address(), users);
    peer.cost(count, || {
        load::run(&phones, peer.address(), count, &mut job)
    })
}

/// Registers `users` users, each by its own phone.
pub(crate) fn all(phones: &Phones, server: SocketAddr, users: u64) -> Result<(), Outcome> {
    let mut job = Register::new(phones, server, users);
    load::run(phones, server, users, &mut job)
}

impl Register {
    fn new(phones: &Phones, server: SocketAddr, users: u64) -> Self {
        Self {
            places: phones.places(),
            server,
            users,
        }
    }
}

impl Job for Register {
    fn phone(&self, number: u64) -> u64 {
        number % self.users
    }

    fn begin(&mut self, slot: usize, number: u64, out: &mut Outbox) {
        let (user, cseq) = (self.phone(number), 1 + number / self.users);
        let (local, server) = (self.places.of(user), self.server);
        write!(
            out.message(),
            "REGISTER sip:{server} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {local};branch={BRANCH}{slot}.{number};rport\r\n\
             Max-Forwards: 70\r\n\
             From: <sip:user{user}@{server}>;tag=r{number}\r\n\
             To: <sip:user{user}@{server}>\r\n\
             Call-ID: register-{user}\r\n\
             CSeq: {cseq} REGISTER\r\n\
             Contact: <sip:user{user}@{local}>\r\n\
             Expires: 3600\r\n\
             User-Agent: load\r\n\
             Content-Length: 0\r\n\r\n"
        )
        .expect("memory takes it");
    }

    fn take(&mut self, _: usize, _: u64, message: &[u8], _: &mut Outbox) -> Turn {
        match message::status(message) {
            Some(200) if message::header(message, "Contact").is_some() => Turn::Done,
            Some(100..200) => Turn::Wait,
            _ => Turn::Failed,
        }
    }
}
