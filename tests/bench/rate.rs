//! The clean rate: how many transactions a second a server completes on one processor, with
//! nothing lost and nothing sent again by either side.
//!
//! Server and generator have a processor each. The loop is closed, so the server is never without
//! work and never has more than the number in flight waiting: what is measured is its saturated
//! rate. A server that waits for a disk needs more in flight to be saturated, and one that is
//! slower loses datagrams or answers too late when there are too many, so numbers in flight are
//! tried upwards, and the best rate of a run that was clean counts. A run that was not counts for
//! nothing and ends the search.

use whole_system::{address, core};

use crate::call::{self, Way};
use crate::challenged::{Challenged, Nonce};
use crate::load::{self, Outcome};
use crate::peer::Peer;
use crate::report::Sample;
use crate::subscribers::USERS;

/// How many in flight are tried.
const IN_FLIGHT: [usize; 3] = [32, 128, 512];

/// Registrations a second, each with a new nonce.
pub(crate) fn registrations(peer: &Peer, count: u64) -> Sample {
    let socket = address::socket(2);
    let contact = socket.local_addr().expect("bound");
    let users = count.clamp(1, USERS);
    let mut job = Challenged::new(&socket, peer.address(), contact, users, Nonce::New);
    search(peer, |in_flight| {
        load::attempt(&socket, peer.address(), count, in_flight, &mut job)
    })
}

/// Calls a second, each with a challenge.
pub(crate) fn calls(peer: &Peer, count: u64) -> Sample {
    let all = count * IN_FLIGHT.len() as u64;
    let (socket, mut job) = call::prepare(peer, all, Way::Challenged);
    search(peer, |in_flight| {
        let outcome = load::attempt(&socket, peer.address(), count, in_flight, &mut job);
        job.run += count;
        outcome
    })
}

/// The best clean rate, and how busy the generator was at it.
fn search(peer: &Peer, mut attempt: impl FnMut(usize) -> Outcome) -> Sample {
    let cores = core::ours();
    let [server, .., generator] = cores[..] else {
        panic!("server and generator need a processor each");
    };
    core::pin(peer.id(), &[server]);
    core::pin_this(&[generator]);
    let clean = IN_FLIGHT.into_iter().map(&mut attempt);
    let samples = clean.take_while(Outcome::is_clean).map(|outcome| Sample {
        value: outcome.done as f64 / outcome.took.as_secs_f64(),
        busy: Some(outcome.busy.as_secs_f64() / outcome.took.as_secs_f64()),
    });
    let best = samples.max_by(|one, other| one.value.total_cmp(&other.value));
    // The next server is started from here, and would be bound as this is.
    core::pin_this(&cores);
    best.expect("not even the smallest load was clean")
}
