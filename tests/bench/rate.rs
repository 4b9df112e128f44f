//! The clean rate: how many transactions a second a server completes on one processor, with
//! nothing lost and nothing sent again by either side.
//!
//! Server and generator have a processor each. The loop is closed, so the server is never without
//! work and never has more than the number in flight waiting: what is measured is its saturated
//! rate. A server that waits for a disk needs more in flight to be saturated, and every server
//! loses datagrams or answers too late when there are too many, so numbers in flight are tried
//! upwards, and the best rate of a run that was clean counts. A run that was not
//! clean is reported and ends the search.

use whole_system::core;

use crate::call::{self, Way};
use crate::challenged::{Challenged, Nonce};
use crate::load;
use crate::outcome::Outcome;
use crate::peer::Peer;
use crate::phones::{CALLING, Phones};
use crate::report::Sample;
use crate::subscribers::USERS;

/// How many in flight are tried.
const IN_FLIGHT: [usize; 4] = [8, 32, 128, 512];

/// Registrations a second, each with a new nonce.
pub(crate) fn registrations(peer: &Peer, count: u64) -> Result<Sample, Outcome> {
    let users = count.clamp(1, USERS);
    let phones = Phones::new(CALLING, users);
    let mut job = Challenged::new(&phones, peer.address(), users, Nonce::New);
    search(peer, |in_flight| {
        load::attempt(&phones, peer.address(), count, in_flight, &mut job)
    })
}

/// Calls a second, each with a challenge.
pub(crate) fn calls(peer: &Peer, count: u64) -> Result<Sample, Outcome> {
    let all = count * IN_FLIGHT.len() as u64;
    let (phones, mut job) = call::prepare(peer, all, Way::Challenged)?;
    search(peer, |in_flight| {
        let outcome = load::attempt(&phones, peer.address(), count, in_flight, &mut job);
        job.run += count;
        outcome
    })
}

/// The best clean rate, and how busy the generator was at it.
///
/// # Errors
/// How the first run went, when it was not clean.
fn search(peer: &Peer, mut attempt: impl FnMut(usize) -> Outcome) -> Result<Sample, Outcome> {
    let cores = core::ours();
    let [server, .., generator] = cores[..] else {
        panic!("server and generator need a processor each");
    };
    core::pin(peer.id(), &[server]);
    core::pin_this(&[generator]);
    let mut best = Err(Outcome::default());
    for in_flight in IN_FLIGHT {
        let outcome = attempt(in_flight);
        if !outcome.is_clean() {
            println!("  {peer} was not clean with {in_flight} in flight: {outcome}");
            best = best.or(Err(outcome));
            break;
        }
        let took = outcome.took.as_secs_f64();
        let (value, busy) = (
            outcome.done as f64 / took,
            outcome.busy.as_secs_f64() / took,
        );
        if !matches!(best, Ok(Sample { value: best, .. }) if best >= value) {
            let busy = Some(busy);
            best = Ok(Sample { value, busy });
        }
    }
    // The next server is started from here, and would be bound as this is.
    core::pin_this(&cores);
    best
}
