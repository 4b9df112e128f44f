//! What growth costs: a REGISTER and a call with a million bindings, beside ten thousand.

use std::ops::Range;

use crate::call::{self, CALLEES, Way};
use crate::load;
use crate::outcome::Outcome;
use crate::peer::Peer;
use crate::phones::{CALLING, Phones};
use crate::register::Register;

/// Bindings at the beginning, and at the end.
const FEW: u64 = 10_000;
pub(crate) const MANY: u64 = 1_000_000;

/// How many times as much a refresh costs at the end.
pub(crate) fn of_a_register(peer: &Peer, quick: u64) -> Result<f64, Outcome> {
    let (many, count) = (MANY / quick, 60_000 / quick);
    let phones = Phones::new(CALLING, many);
    let cost = |users| {
        let mut job = fill(peer, &phones, users)?;
        peer.cost(count, || {
            load::run(&phones, peer.address(), count, &mut job)
        })
    };
    let at_first = cost(0..FEW)?;
    Ok(cost(FEW..many)? / at_first)
}

/// How many times as much a call through the proxy costs at the end.
pub(crate) fn of_a_call(peer: &Peer, quick: u64) -> Result<f64, Outcome> {
    let (many, count) = (MANY / quick, 10_000 / quick);
    let others = Phones::new(CALLING, many);
    let (phones, mut job) = call::prepare(peer, 3 * count, Way::Open)?;
    let mut cost = || {
        let spent = peer.cost(count, || {
            load::run(&phones, peer.address(), count, &mut job)
        });
        job.run += count;
        spent
    };
    fill(peer, &others, CALLEES..FEW)?;
    cost()?; // to warm up
    let at_first = cost()?;
    fill(peer, &others, FEW..many)?;
    Ok(cost()? / at_first)
}

/// Registers each of the users, by its own phone. The result registers them again.
fn fill(peer: &Peer, phones: &Phones, users: Range<u64>) -> Result<Register, Outcome> {
    let count = users.end - users.start;
    let mut job = Register::of(phones, peer.address(), users);
    load::run(phones, peer.address(), count, &mut job)?;
    job.begun = count;
    Ok(job)
}
