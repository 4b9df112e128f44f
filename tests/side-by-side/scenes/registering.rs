//! Who may register, and which number: chapters 3 and 4.

use std::thread::sleep;
use std::time::Duration;

use super::registered;
use crate::stage::{STRANGER, Stage};

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
    // Behind the time: the fourth character from the end.
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

pub fn register_counted(s: &mut Stage) {
    let ask = s.register(11, "11");
    let challenged = s.play(&ask);
    s.play_again(&ask, &challenged, "11", "abc11");
}

pub fn register_with_next_count(s: &mut Stage) {
    register_with_count(s, 2);
}

pub fn register_with_same_count(s: &mut Stage) {
    register_with_count(s, 1);
}

/// A second registration with an answer to the first one's challenge.
fn register_with_count(s: &mut Stage, count: u32) {
    let ask = s.register(11, "11");
    let challenged = s.play(&ask);
    s.play_again(&ask, &challenged, "11", "abc11");
    s.forget();
    let line = challenged.nth_answer_as("11", "abc11", count);
    s.play_with(&ask, &line);
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
    sleep(Duration::from_millis(2_500)); // the nonce lives for a second, counted in whole seconds
    s.play_again(&ask, &challenged, "11", "abc11");
}

pub fn unregistered_calls(s: &mut Stage) {
    registered(s, 11);
    let ask = s.ask("INVITE", 10, "10", "11");
    s.play(&ask);
}
