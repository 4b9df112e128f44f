//! The requests of the open loop: made from a text with gaps, so that the generator has time left.

use std::net::SocketAddr;

use crate::message::BRANCH;
use crate::phones::{Phones, Places};

use super::Task;

/// How many phones send.
pub(crate) const ADDRESSES: u64 = 1_000;

/// How many requests a phone sends at once: fewer than the servers would answer at once, and
/// enough to spare the generator a third of its work.
pub(crate) const RUN: u64 = 3;

/// How many users have a phone.
const USERS: u64 = 10;

/// The digits of a transaction's number, so that all requests of a phone are of one size.
const DIGITS: usize = 9;

/// What fills a gap.
#[derive(Debug, Clone, Copy)]
enum Gap {
    /// The number of the transaction.
    Number,
    /// The number of the user.
    User,
    /// The phone's address and port.
    Place,
}

/// The requests of one kind to one server.
pub(crate) struct Requests {
    /// Text, each with what follows it.
    parts: Vec<(String, Option<Gap>)>,
    /// The phones' addresses, as they are and as text.
    places: Vec<(SocketAddr, String)>,
    server: SocketAddr,
}

impl Requests {
    pub(crate) fn new(task: Task, phones: &Phones, server: SocketAddr) -> Self {
        let places: Places = phones.places();
        let place = |number| (places.of(number), places.of(number).to_string());
        let text = match task {
            Task::Options => options(server),
            Task::Register => register(server),
        };
        Self {
            parts: parts(&text),
            places: (0..ADDRESSES).map(place).collect(),
            server,
        }
    }

    pub(crate) fn server(&self) -> SocketAddr {
        self.server
    }

    /// Where a transaction comes from.
    pub(crate) fn phone(&self, number: u64) -> SocketAddr {
        self.places[at(number)].0
    }

    /// Adds the request of a transaction.
    pub(crate) fn write(&self, number: u64, bytes: &mut Vec<u8>) {
        let at = at(number);
        for (text, gap) in &self.parts {
            bytes.extend_from_slice(text.as_bytes());
            match gap {
                Some(Gap::Number) => push_decimal(bytes, number, DIGITS),
                Some(Gap::User) => push_decimal(bytes, at as u64 * USERS + number % USERS, 5),
                Some(Gap::Place) => bytes.extend_from_slice(self.places[at].1.as_bytes()),
                None => {}
            }
        }
    }
}

/// The number of the phone that a transaction comes from.
fn at(number: u64) -> usize {
    (number / RUN % ADDRESSES) as usize
}

fn options(server: SocketAddr) -> String {
    format!(
        "OPTIONS sip:{server} SIP/2.0\r\n\
         Via: SIP/2.0/UDP ~place;branch={BRANCH}0.~number;rport\r\n\
         Max-Forwards: 70\r\n\
         From: <sip:monitor@{server}>;tag=o~number\r\n\
         To: <sip:{server}>\r\n\
         Call-ID: options-~number\r\n\
         CSeq: 1 OPTIONS\r\n\
         Contact: <sip:monitor@~place>\r\n\
         Accept: application/sdp\r\n\
         User-Agent: load\r\n\
         Content-Length: 0\r\n\r\n"
    )
}

/// Each has a Call-ID of its own: requests that are sent again overtake others, and the order of
/// CSeq is for requests of one Call-ID (§10.3).
fn register(server: SocketAddr) -> String {
    format!(
        "REGISTER sip:{server} SIP/2.0\r\n\
         Via: SIP/2.0/UDP ~place;branch={BRANCH}0.~number;rport\r\n\
         Max-Forwards: 70\r\n\
         From: <sip:user~user@{server}>;tag=r~number\r\n\
         To: <sip:user~user@{server}>\r\n\
         Call-ID: register-~number\r\n\
         CSeq: 1 REGISTER\r\n\
         Contact: <sip:user~user@~place>\r\n\
         Expires: 3600\r\n\
         User-Agent: load\r\n\
         Content-Length: 0\r\n\r\n"
    )
}

/// The text between the gaps.
fn parts(text: &str) -> Vec<(String, Option<Gap>)> {
    const GAPS: [(&str, Gap); 3] = [
        ("number", Gap::Number),
        ("user", Gap::User),
        ("place", Gap::Place),
    ];
    let mut parts = Vec::new();
    let mut pieces = text.split('~');
    let mut before = pieces.next().unwrap_or_default();
    for piece in pieces {
        let found = GAPS.iter().find(|(name, _)| piece.starts_with(name));
        let (name, gap) = found.expect("a gap has a name");
        parts.push((before.to_owned(), Some(*gap)));
        before = &piece[name.len()..];
    }
    parts.push((before.to_owned(), None));
    parts
}

/// Adds a number with so many digits, zeros in front.
fn push_decimal(bytes: &mut Vec<u8>, mut number: u64, digits: usize) {
    let start = bytes.len();
    bytes.resize(start + digits, b'0');
    for digit in bytes[start..].iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}
