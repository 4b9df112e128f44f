//! REGISTER without authentication, for many addresses-of-record.

use std::io::Write;
use std::net::SocketAddr;
use std::ops::Range;

use crate::load::{self, Job, Outbox, Turn};
use crate::message::{self, BRANCH};
use crate::outcome::Outcome;
use crate::peer::Peer;
use crate::phones::{CALLING, Phones, Places};

/// The step from one user to the next, in an order that no memory is laid out in.
const STRIDE: u64 = 7919;

/// Registrations of users, each by its own phone, one after another, and again.
pub(crate) struct Register {
    places: Places,
    server: SocketAddr,
    users: Range<u64>,
    /// How many registrations there were in earlier runs.
    pub(crate) begun: u64,
}

/// Microseconds of the server for each REGISTER: a new binding for each user, then a refresh.
pub(crate) fn cost(peer: &Peer, count: u64) -> Result<f64, Outcome> {
    let users = (count / 2).max(1);
    let phones = Phones::new(CALLING, users);
    let mut job = Register::of(&phones, peer.address(), 0..users);
    peer.cost(count, || {
        load::run(&phones, peer.address(), count, &mut job)
    })
}

/// Registers `users` users, each by its own phone.
pub(crate) fn all(phones: &Phones, server: SocketAddr, users: u64) -> Result<(), Outcome> {
    let mut job = Register::of(phones, server, 0..users);
    load::run(phones, server, users, &mut job)
}

impl Register {
    /// Registrations of these users, at least one.
    pub(crate) fn of(phones: &Phones, server: SocketAddr, users: Range<u64>) -> Self {
        let count = users.end - users.start;
        assert!(
            !count.is_multiple_of(STRIDE),
            "{count} users: not each would be met"
        );
        Self {
            places: phones.places(),
            server,
            users,
            begun: 0,
        }
    }
}

impl Job for Register {
    fn phone(&self, number: u64) -> u64 {
        let count = self.users.end - self.users.start;
        self.users.start + (self.begun + number) * STRIDE % count
    }

    fn begin(&mut self, slot: usize, number: u64, out: &mut Outbox) {
        let count = self.users.end - self.users.start;
        let (user, cseq) = (self.phone(number), 1 + (self.begun + number) / count);
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
