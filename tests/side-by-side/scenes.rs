//! What is played: one function a scene. What comes before its point is forgotten.

use std::thread::sleep;
use std::time::Duration;

use crate::exchange::Exchange;
use crate::stage::{CARRIER, STRANGER, Stage, padding};

// Chapters 1 and 2.

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
    s.only_ringing = true;
    let ask = s.ask("INVITE", 10, "10", "11");
    let ringing = s.play(&ask);
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

pub fn many_contacts(s: &mut Stage) {
    let mut ask = s.register(11, "11");
    let contacts: Vec<_> = (0..40)
        .map(|n| format!("<sip:11@127.0.0.11:{}>", 40_000 + n))
        .collect();
    ask.extra = format!("Contact: {}\r\nExpires: 150\r\n", contacts.join(","));
    s.play(&ask);
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

// Chapters 3 and 4.

pub fn register_with_password(s: &mut Stage) {
    let ask = s.register(11, "11");
    let challenged = s.play(&ask);
    s.forget();
    s.play_again(&ask, &challenged, "11", "abc11");
}

pub fn register_with_wrong_password(s: &mut Stage) {
    let ask = s.register(11, "11");
    let challenged = s.play(&ask);
    s.forget();
    s.play_again(&ask, &challenged, "11", "wrong");
}

pub fn register_unknown(s: &mut Stage) {
    let ask = s.register(11, "12");
    let challenged = s.play(&ask);
    s.forget();
    s.play_again(&ask, &challenged, "12", "abc12");
}

pub fn register_with_flipped_nonce(s: &mut Stage) {
    let ask = s.register(11, "11");
    let mut challenged = s.play(&ask);
    s.forget();
    let (before, rest) = challenged.answer.split_once("nonce=\"").expect("a nonce");
    // Behind the time: the fourth character from its end.
    let (nonce, after) = rest.split_once('"').expect("a quote");
    let at = nonce.len() - 4;
    let flipped = if &nonce[at..=at] == "a" { "b" } else { "a" };
    let nonce = format!("{}{flipped}{}", &nonce[..at], &nonce[at + 1..]);
    challenged.answer = format!("{before}nonce=\"{nonce}\"{after}");
    s.play_again(&ask, &challenged, "11", "abc11");
}

pub fn register_someone_else(s: &mut Stage) {
    let mut ask = s.register(STRANGER, "11");
    ask.from = s.uri("10");
    let challenged = s.play(&ask);
    s.forget();
    s.play_again(&ask, &challenged, "10", "abc10");
}

pub fn register_elsewhere(s: &mut Stage) {
    let mut ask = s.register(11, "11");
    ask.to = "<sip:11@elsewhere.example>".into();
    s.play(&ask);
}

pub fn register_with_other_uri(s: &mut Stage) {
    let ask = s.register(11, "11");
    let challenged = s.play(&ask);
    s.forget();
    let other = "REGISTER sip:elsewhere.example SIP/2.0\r\n\r\n";
    let line = challenged.answer_for(other, "11", "abc11");
    s.play_with(&ask, &line);
}

pub fn register_with_other_algorithm(s: &mut Stage) {
    let ask = s.register(11, "11");
    let challenged = s.play(&ask);
    s.forget();
    let line = challenged.answer_as("11", "abc11");
    let line = line.replace("\r\n", ", algorithm=SHA-256\r\n");
    s.play_with(&ask, &line);
}

pub fn register_again_with_same_answer(s: &mut Stage) {
    let ask = s.register(11, "11");
    let challenged = s.play(&ask);
    s.play_again(&ask, &challenged, "11", "abc11");
    s.forget();
    s.play_again(&ask, &challenged, "11", "abc11");
}

pub fn replayed_with_other_contact(s: &mut Stage) {
    let ask = s.register(11, "11");
    let challenged = s.play(&ask);
    s.play_again(&ask, &challenged, "11", "abc11");
    s.forget();
    let theft = s.register(STRANGER, "11");
    s.play_again(&theft, &challenged, "11", "abc11");
}

pub fn register_with_expired_nonce(s: &mut Stage) {
    let ask = s.register(11, "11");
    let challenged = s.play(&ask);
    s.forget();
    sleep(Duration::from_millis(2_500)); // the nonce lives for a second, told in whole ones
    s.play_again(&ask, &challenged, "11", "abc11");
}

pub fn unregistered_calls(s: &mut Stage) {
    registered(s, 11);
    let ask = s.ask("INVITE", 10, "10", "11");
    s.play(&ask);
}

// Chapters 5 to 7.

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

pub fn call_with_wrong_password(s: &mut Stage) {
    registered(s, 11);
    authorized(s, "INVITE", "10", "11", "10", "wrong");
}

pub fn unknown_caller(s: &mut Stage) {
    registered(s, 11);
    authorized(s, "INVITE", "12", "11", "12", "abc12");
}

pub fn call_as_another(s: &mut Stage) {
    registered(s, 11);
    authorized(s, "INVITE", "1000", "11", "10", "abc10");
}

pub fn call_nobody(s: &mut Stage) {
    authorized(s, "INVITE", "10", "12", "10", "abc10");
}

pub fn call_alias(s: &mut Stage) {
    registered(s, 11);
    authorized(s, "INVITE", "10", "1100", "10", "abc10");
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

pub fn carrier_calls(s: &mut Stage) {
    registered(s, 11);
    whole_call(s, CARRIER, "41215550000");
}

pub fn carrier_calls_nobody(s: &mut Stage) {
    let ask = s.ask("INVITE", CARRIER, "41215550000", "12");
    s.play(&ask);
}

pub fn stranger_calls(s: &mut Stage) {
    registered(s, 11);
    let ask = s.ask("INVITE", STRANGER, "10", "11");
    s.play(&ask);
}

pub fn scanner(s: &mut Stage) {
    let mut ask = s.ask("OPTIONS", STRANGER, "100", "");
    ask.extra += "User-Agent: friendly-scanner\r\n";
    let text = s.text(&ask);
    s.play_silent(STRANGER, &text);
}

pub fn stray_message(s: &mut Stage) {
    registered(s, 11);
    let ask = s.ask("MESSAGE", STRANGER, "10", "11");
    let text = s.text(&ask);
    s.play_silent(STRANGER, &text);
}

// What scenes share.

/// Registers the phone at a host under its number, and forgets how.
fn registered(s: &mut Stage, host: u8) {
    let user = host.to_string();
    let ask = s.register(host, &user);
    let first = s.play(&ask);
    if first.answer.starts_with("SIP/2.0 401") {
        s.play_again(&ask, &first, &user, &format!("abc{user}"));
    }
    s.forget();
}

fn call_without_registering(s: &mut Stage) {
    let ask = s.ask("INVITE", 10, "10", "11");
    s.play(&ask);
}

fn whole_call(s: &mut Stage, host: u8, user: &str) {
    let ask = s.ask("INVITE", host, user, "11");
    let answered = s.play(&ask);
    rest_of_call(s, host, &answered, "");
}

fn rest_of_call(s: &mut Stage, host: u8, answered: &Exchange, extra: &str) {
    let ack = answered.in_dialog("ACK", 1, extra);
    s.send(host, &ack);
    let bye = answered.in_dialog("BYE", 1_000, extra);
    s.play_text(host, &bye);
}

/// A request as `from`, refused, and once more with an answer as `user`.
fn authorized(
    s: &mut Stage,
    method: &'static str,
    from: &str,
    callee: &str,
    user: &str,
    password: &str,
) {
    let ask = s.ask(method, 10, from, callee);
    let challenged = s.play(&ask);
    s.forget();
    s.play_again(&ask, &challenged, user, password);
}
