//! REGISTER without authentication, for many addresses-of-record.

use std::io::Write;
use std::net::{SocketAddr, UdpSocket};

use crate::load::{self, Job, Outbox, Turn};
use crate::message::{self, BRANCH};
use crate::outcome::Outcome;
use crate::peer::Peer;

/// Registrations of users 0 to `users`, one after another, and again.
pub(crate) struct Register {
    local: SocketAddr,
    server: SocketAddr,
    /// The Contact of all users.
    contact: SocketAddr,
    users: u64,
}

/// Microseconds of the server for each REGISTER: a new binding for each user, then a refresh.
pub(crate) fn cost(peer: &Peer, count: u64) -> Result<f64, Outcome> {
    let socket = load::socket(2);
    let contact = socket.local_addr().expect("bound");
    let mut job = Register::new(&socket, peer.address(), contact, count / 2);
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
    let mut job = Register::new(socket, server, contact, users);
    load::run(socket, server, users, &mut job)
}

impl Register {
    fn new(socket: &UdpSocket, server: SocketAddr, contact: SocketAddr, users: u64) -> Self {
        Self {
            local: socket.local_addr().expect("bound"),
            server,
            contact,
            users: users.max(1),
        }
    }
}

impl Job for Register {
    fn begin(&mut self, slot: usize, number: u64, out: &mut Outbox) {
        let Self {
            local,
            server,
            contact,
            users,
        } = self;
        let (user, cseq) = (number % *users, 1 + number / *users);
        write!(
            out.message(),
            "REGISTER sip:{server} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {local};branch={BRANCH}{slot}.{number};rport\r\n\
             Max-Forwards: 70\r\n\
             From: <sip:user{user}@{server}>;tag=r{number}\r\n\
             To: <sip:user{user}@{server}>\r\n\
             Call-ID: register-{user}\r\n\
             CSeq: {cseq} REGISTER\r\n\
             Contact: <sip:user{user}@{contact}>\r\n\
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
