//! OPTIONS to the server itself, as monitors and carriers send it.

use std::io::Write;
use std::net::SocketAddr;

use crate::load::{self, Job, Outbox, Turn};
use crate::message::{self, BRANCH};
use crate::outcome::Outcome;
use crate::peer::Peer;
use crate::phones::{CALLING, PHONES, Phones, Places};

struct Options {
    places: Places,
    server: SocketAddr,
}

/// Microseconds of the server for each OPTIONS.
pub(crate) fn cost(peer: &Peer, count: u64) -> Result<f64, Outcome> {
    let phones = Phones::new(CALLING, PHONES);
    let mut job = Options {
        places: phones.places(),
        server: peer.address(),
    };
    load::run(&phones, peer.address(), count / 10, &mut job)?;
    peer.cost(count, || {
        load::run(&phones, peer.address(), count, &mut job)
    })
}

impl Job for Options {
    fn phone(&self, number: u64) -> u64 {
        number
    }

    fn begin(&mut self, slot: usize, number: u64, out: &mut Outbox) {
        let (local, server) = (self.places.of(number), self.server);
        write!(
            out.message(),
            "OPTIONS sip:{server} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {local};branch={BRANCH}{slot}.{number};rport\r\n\
             Max-Forwards: 70\r\n\
             From: <sip:monitor@{server}>;tag=o{number}\r\n\
             To: <sip:{server}>\r\n\
             Call-ID: options-{number}\r\n\
             CSeq: 1 OPTIONS\r\n\
             Contact: <sip:monitor@{local}>\r\n\
             Accept: application/sdp\r\n\
             User-Agent: load\r\n\
             Content-Length: 0\r\n\r\n"
        )
        .expect("memory takes it");
    }

    fn take(&mut self, _: usize, _: u64, message: &[u8], _: &mut Outbox) -> Turn {
        match message::status(message) {
            Some(200) => Turn::Done,
            Some(100..200) => Turn::Wait,
            _ => Turn::Failed,
        }
    }
}
