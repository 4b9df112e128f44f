//! Who is known by address: chapter 7.

use super::{registered, whole_call};
use crate::callee::Manner;
use crate::stage::{CARRIER, STRANGER, Stage};

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

pub fn register_from_a_strangers(s: &mut Stage) {
    let ask = s.register(STRANGER, "11");
    s.play(&ask);
}

pub fn register_from_a_carriers(s: &mut Stage) {
    let ask = s.register(CARRIER, "11");
    s.play(&ask);
}

pub fn carriers_alone(s: &mut Stage) {
    registered(s, 11);
    s.is(11, Manner::Refuses("486 Busy Here"));
    let ask = s.ask("INVITE", CARRIER, "41215550000", "11");
    s.play(&ask);
    let ask = s.ask("INVITE", 10, "10", "11");
    s.play(&ask);
}

pub fn carriers_alone_and_on(s: &mut Stage) {
    carriers_alone(s);
    s.wait_for(11, "INVITE");
}
