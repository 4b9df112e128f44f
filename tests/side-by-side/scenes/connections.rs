//! Phones on TCP.

use super::{
    call, call_after_restart, call_nobody, call_with_password, call_without_registering,
    carrier_calls, invite, nobody_there, register, register_with_password, registered, whole_call,
};
use crate::stage::{CARRIER, Stage};

pub fn register_over_tcp(s: &mut Stage) {
    s.connect(11);
    register(s);
}

pub fn register_with_password_over_tcp(s: &mut Stage) {
    s.connect(11);
    register_with_password(s);
}

pub fn refresh_over_tcp(s: &mut Stage) {
    s.connect(11);
    register(s);
    register(s);
}

pub fn datagrams_to_connection(s: &mut Stage) {
    s.connect(11);
    call(s);
}

pub fn connection_to_datagrams(s: &mut Stage) {
    s.connect(10);
    call(s);
}

pub fn connection_to_connection(s: &mut Stage) {
    s.connect(10);
    datagrams_to_connection(s);
}

/// As behind a NAT: nobody can connect to the address in Contact.
pub fn contact_nobody_can_reach(s: &mut Stage) {
    s.connect(11);
    let mut ask = s.register(11, "11");
    ask.extra = ask.extra.replace(&s.at(11).to_string(), "127.0.0.11:9");
    s.play(&ask);
    s.forget();
    whole_call(s, 10, "10");
}

pub fn connected_again(s: &mut Stage) {
    s.connect(11);
    registered(s, 11);
    datagrams_to_connection(s);
}

pub fn connection_that_is_gone(s: &mut Stage) {
    s.connect(11);
    registered(s, 11);
    s.disconnect(11);
    call_without_registering(s);
}

pub fn connection_and_restart(s: &mut Stage) {
    s.connect(11);
    call_after_restart(s);
}

pub fn nobody_there_over_tcp(s: &mut Stage) {
    s.connect(10);
    nobody_there(s);
}

pub fn call_with_password_over_tcp(s: &mut Stage) {
    s.connect(10);
    s.connect(11);
    call_with_password(s);
}

pub fn call_nobody_over_tcp(s: &mut Stage) {
    s.connect(10);
    call_nobody(s);
}

pub fn invite_over_tcp(s: &mut Stage) {
    s.connect(10);
    invite(s);
}

pub fn carrier_calls_over_tcp(s: &mut Stage) {
    s.connect(CARRIER);
    carrier_calls(s);
}
