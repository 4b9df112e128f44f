//! Where requests go, and where they do not: chapters 1 and 2, and the attacks later on.

use super::{call_without_registering, registered, whole_call};
use crate::ask::padding;
use crate::callee::Manner;
use crate::stage::{CARRIER, STRANGER, Stage};

pub fn register(s: &mut Stage) {
    let ask = s.register(11, "11");
    s.play(&ask);
}

pub fn call(s: &mut Stage) {
    registered(s, 11);
    whole_call(s, 10, "10");
}

pub fn nobody_there(s: &mut Stage) {
    let ask = s.ask("INVITE", 10, "10", "12");
    s.play(&ask);
}

pub fn cancelled(s: &mut Stage) {
    registered(s, 11);
    s.is(11, Manner::Rings);
    let ask = s.ask("INVITE", 10, "10", "11");
    let ringing = s.ring(&ask, 1);
    s.forget();
    s.cancel(10, &ringing);
}

pub fn no_hops_left(s: &mut Stage) {
    let mut ask = s.ask("INVITE", 10, "10", "11");
    ask.hops = 0;
    s.play(&ask);
}

pub fn too_long(s: &mut Stage) {
    let mut ask = s.ask("INVITE", 10, "10", "11");
    ask.extra += &padding();
    s.play(&ask);
}

pub fn options(s: &mut Stage) {
    let ask = s.ask("OPTIONS", 10, "10", "");
    s.play(&ask);
}

pub fn short_registration(s: &mut Stage) {
    let mut ask = s.register(11, "11");
    ask.extra = ask.extra.replace("150", "30");
    s.play(&ask);
}

pub fn eternal_registration(s: &mut Stage) {
    let mut ask = s.register(11, "11");
    ask.extra = ask.extra.replace("150", "4294967296");
    s.play(&ask);
    s.forget();
    let ask = s.ask("INVITE", 10, "10", "11");
    s.play(&ask);
}

pub fn registered_in_capitals(s: &mut Stage) {
    let ask = s.register(11, "Alice");
    s.play(&ask);
    s.forget();
    let ask = s.ask("INVITE", 10, "10", "alice");
    s.play(&ask);
}

pub fn many_contacts(s: &mut Stage) {
    let mut ask = s.register(11, "11");
    let contacts: Vec<_> = (0..40)
        .map(|n| format!("<sip:11@127.0.0.11:{}>", 40_000 + n))
        .collect();
    ask.extra = format!("Contact: {}\r\nExpires: 150\r\n", contacts.join(","));
    s.play(&ask);
}

pub fn calls_itself(s: &mut Stage) {
    let mut ask = s.register(11, "11");
    ask.extra = format!("Contact: <{}>\r\nExpires: 150\r\n", s.uri("11"));
    s.play(&ask);
    s.forget();
    let ask = s.ask("INVITE", 10, "10", "11");
    s.play(&ask);
}

pub fn stray_response(s: &mut Stage) {
    let (server, stranger) = (s.server.address(), s.at(STRANGER));
    let response = format!(
        "SIP/2.0 200 OK\r\n\
         Via: SIP/2.0/UDP {server};branch=z9hG4bKnever.sent\r\n\
         Via: SIP/2.0/UDP {stranger};branch=z9hG4bKmade.up\r\n\
         From: <sip:10@{server}>;tag=1\r\n\
         To: <sip:11@{server}>;tag=2\r\n\
         Call-ID: stray\r\n\
         CSeq: 1 INVITE\r\n\
         Content-Length: 0\r\n\r\n"
    );
    s.play_silent(STRANGER, &response);
}

pub fn foreign_uri(s: &mut Stage) {
    let mut ask = s.ask("INVITE", STRANGER, "10", "11");
    ask.uri = format!("sip:victim@{}", s.at(CARRIER));
    ask.to = format!("<{}>", ask.uri);
    s.play(&ask);
}

pub fn foreign_route(s: &mut Stage) {
    let mut ask = s.ask("INVITE", STRANGER, "10", "11");
    let (server, victim) = (s.server.address(), s.at(CARRIER));
    ask.extra += &format!("Route: <sip:{server};lr>, <sip:{victim};lr>\r\n");
    s.play(&ask);
}

pub fn forged_dialog(s: &mut Stage) {
    let mut ask = s.ask("BYE", STRANGER, "10", "11");
    ask.uri = format!("sip:victim@{}", s.at(CARRIER));
    ask.to += ";tag=made-up";
    let server = s.server.address();
    ask.extra += &format!("Route: <sip:{server};lr>\r\n");
    s.play(&ask);
}

pub fn call_after_restart(s: &mut Stage) {
    registered(s, 11);
    s.server.restart();
    call_without_registering(s);
}

pub fn call_after_kill(s: &mut Stage) {
    registered(s, 11);
    s.server.kill_and_restart();
    call_without_registering(s);
}
