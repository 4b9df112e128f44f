//! Who may call: chapters 5 to 7.

use super::{authorized, registered, rest_of_call};
use crate::callee::Manner;
use crate::stage::{CARRIER, STRANGER, Stage};

pub fn invite(s: &mut Stage) {
    registered(s, 11);
    let ask = s.ask("INVITE", 10, "10", "11");
    s.play(&ask);
}

pub fn call_with_password(s: &mut Stage) {
    registered(s, 11);
    let ask = s.ask("INVITE", 10, "10", "11");
    let challenged = s.play(&ask);
    s.forget();
    let answered = s.play_again(&ask, &challenged, "10", "abc10");
    rest_of_call(s, 10, &answered, "");
}

pub fn call_counted(s: &mut Stage) {
    registered(s, 11);
    let ask = s.ask("INVITE", 10, "10", "11");
    let challenged = s.play(&ask);
    let answered = s.play_again(&ask, &challenged, "10", "abc10");
    rest_of_call(s, 10, &answered, "");
}

pub fn call_with_next_count(s: &mut Stage) {
    call_with_count(s, 2);
}

pub fn call_with_same_count(s: &mut Stage) {
    call_with_count(s, 1);
}

/// A second call with an answer to the first one's challenge.
fn call_with_count(s: &mut Stage, count: u32) {
    registered(s, 11);
    let ask = s.ask("INVITE", 10, "10", "11");
    let challenged = s.play(&ask);
    let answered = s.play_again(&ask, &challenged, "10", "abc10");
    rest_of_call(s, 10, &answered, "");
    s.forget();
    let line = challenged.nth_answer_as("10", "abc10", count);
    s.play_with(&ask, &line);
}

pub fn call_with_wrong_password(s: &mut Stage) {
    registered(s, 11);
    authorized(s, "10", "11", "10", "wrong");
}

pub fn unknown_caller(s: &mut Stage) {
    registered(s, 11);
    authorized(s, "12", "11", "12", "abc12");
}

pub fn call_as_another(s: &mut Stage) {
    registered(s, 11);
    authorized(s, "1000", "11", "10", "abc10");
}

pub fn call_nobody(s: &mut Stage) {
    authorized(s, "10", "12", "10", "abc10");
}

pub fn call_alias(s: &mut Stage) {
    registered(s, 11);
    authorized(s, "10", "1100", "10", "abc10");
}

pub fn message_to_registered(s: &mut Stage) {
    registered(s, 11);
    let ask = s.ask("MESSAGE", STRANGER, "10", "11");
    s.play(&ask);
}

pub fn message_to_nobody(s: &mut Stage) {
    let ask = s.ask("MESSAGE", STRANGER, "10", "12");
    s.play(&ask);
}

pub fn foreign_from(s: &mut Stage) {
    registered(s, 11);
    let mut ask = s.ask("INVITE", STRANGER, "10", "11");
    ask.from = "sip:10@elsewhere.example".into();
    s.play(&ask);
}

pub fn bye_with_credentials(s: &mut Stage) {
    registered(s, 11);
    let ask = s.ask("INVITE", 10, "10", "11");
    let challenged = s.play(&ask);
    let answered = s.play_again(&ask, &challenged, "10", "abc10");
    s.forget();
    let line = challenged.answer_as("10", "abc10");
    rest_of_call(s, 10, &answered, &line);
}

pub fn credentials_of_another_realm(s: &mut Stage) {
    registered(s, 11);
    let mut ask = s.ask("INVITE", 10, "10", "11");
    ask.extra += "Proxy-Authorization: Digest username=\"10\", realm=\"carrier.example\", \
                  nonce=\"1\", uri=\"sip:11@carrier.example\", \
                  response=\"00000000000000000000000000000000\"\r\n";
    let challenged = s.play(&ask);
    s.forget();
    s.play_again(&ask, &challenged, "10", "abc10");
}

pub fn space_before_the_colon(s: &mut Stage) {
    registered(s, 11);
    let ask = s.ask("INVITE", 10, "10", "11");
    let challenged = s.play(&ask);
    s.forget();
    let line = challenged.answer_as("10", "abc10");
    s.play_with(&ask, &line.replace("Authorization:", "Authorization :"));
}

pub fn stray_message(s: &mut Stage) {
    registered(s, 11);
    let ask = s.ask("MESSAGE", STRANGER, "10", "11");
    let text = s.text(&ask);
    s.play_silent(STRANGER, &text);
}

pub fn call_out(s: &mut Stage) {
    let mut ask = s.ask("INVITE", 10, "10", "");
    ask.uri = format!("sip:0041215550000@{}", s.at(CARRIER));
    ask.to = format!("<{}>", ask.uri);
    let first = s.play(&ask);
    if first.answer.starts_with("SIP/2.0 407") {
        s.play_again(&ask, &first, "10", "abc10");
    }
}

/// A refusal that asks for a password in the server's own realm.
const ASKS_IN_ITS_NAME: &str = "407 Proxy Authentication Required\r\n\
     Proxy-Authenticate: Digest realm=\"127.0.0.15\", nonce=\"1\"";

pub fn challenge_of_the_callee(s: &mut Stage) {
    registered(s, 11);
    s.is(11, Manner::Refuses(ASKS_IN_ITS_NAME));
    authorized(s, "10", "11", "10", "abc10");
}

/// The digest relay: 11 has called 10, and 10 gets a challenge from the server as 11. Inside the
/// call 11 answers that challenge, as if 10 had passed it on; 10 calls with the answer.
pub fn digest_relay(s: &mut Stage) {
    registered(s, 10);
    registered(s, 11);
    let ask = s.ask("INVITE", 11, "11", "10");
    let challenged = s.play(&ask);
    let call = s.play_again(&ask, &challenged, "11", "abc11");
    s.send(11, &call.in_dialog("ACK", 1, ""));
    let as_eleven = s.ask("INVITE", 10, "11", "11");
    let challenged = s.play(&as_eleven);
    s.forget();
    let hold = call.in_dialog("INVITE", 1_000, "");
    let line = challenged.answer_for(&hold, "11", "abc11");
    s.play_text(11, &call.in_dialog("INVITE", 1_000, &line));
    if s.has_reached("Proxy-Authorization") {
        s.play_with(&as_eleven, &line);
    }
}

pub fn sips(s: &mut Stage) {
    registered(s, 11);
    let mut ask = s.ask("INVITE", 10, "10", "11");
    ask.uri = ask.uri.replace("sip:", "sips:");
    let first = s.play(&ask);
    if first.answer.starts_with("SIP/2.0 407") {
        s.play_again(&ask, &first, "10", "abc10");
    }
}

pub fn tel(s: &mut Stage) {
    let mut ask = s.ask("INVITE", 10, "10", "");
    ask.uri = "tel:+41215550000".into();
    s.play(&ask);
}

pub fn identity_of_the_callee(s: &mut Stage) {
    registered(s, 11);
    s.is(
        11,
        Manner::Refuses("486 Busy Here\r\nP-Asserted-Identity: <sip:boss@127.0.0.15>"),
    );
    authorized(s, "10", "11", "10", "abc10");
}
