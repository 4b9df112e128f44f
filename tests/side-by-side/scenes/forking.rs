//! Two phones on one number: 11 at its own host, and its second phone.

use super::{registered, registered_as, rest_of_call};
use crate::callee::Manner::{self, Refuses, Rings};
use crate::exchange::Exchange;
use crate::stage::{SECOND, Stage};

pub fn one_of_two_answers(s: &mut Stage) {
    let ringing = both_ring(s);
    s.decides(11, "200 OK");
    let answered = s.outcome(10, &ringing);
    s.wait_for(SECOND, "CANCEL");
    rest_of_call(s, 10, &answered, "");
}

pub fn both_ring_and_are_cancelled(s: &mut Stage) {
    let ringing = both_ring(s);
    s.forget();
    s.cancel(10, &ringing);
}

pub fn both_busy(s: &mut Stage) {
    both_refuse(s, "486 Busy Here", "486 Busy Here");
}

pub fn one_busy_one_away(s: &mut Stage) {
    both_refuse(s, "486 Busy Here", "480 Temporarily Unavailable");
}

pub fn one_unknown_one_failing(s: &mut Stage) {
    both_refuse(s, "404 Not Found", "503 Service Unavailable");
}

pub fn one_of_two_declines(s: &mut Stage) {
    let ringing = both_ring(s);
    s.forget();
    s.decides(SECOND, "603 Decline");
    s.outcome(10, &ringing);
}

pub fn one_of_two_is_busy(s: &mut Stage) {
    let ringing = both_ring(s);
    s.forget();
    s.decides(SECOND, "486 Busy Here");
    s.decides(11, "200 OK");
    let answered = s.outcome(10, &ringing);
    rest_of_call(s, 10, &answered, "");
}

fn both_ring(s: &mut Stage) -> Exchange {
    both(s, Rings, Rings);
    let ask = s.ask("INVITE", 10, "10", "11");
    s.ring(&ask, 2)
}

fn both_refuse(s: &mut Stage, one: &'static str, other: &'static str) {
    both(s, Refuses(one), Refuses(other));
    let ask = s.ask("INVITE", 10, "10", "11");
    s.play(&ask);
}

fn both(s: &mut Stage, one: Manner, other: Manner) {
    registered(s, 11);
    registered_as(s, SECOND, "11");
    s.is(11, one);
    s.is(SECOND, other);
}
