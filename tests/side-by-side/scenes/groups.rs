//! Callers that the server knows by address: chapter 7.

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

pub fn carrier_at_the_port_of_its_row(s: &mut Stage) {
    let port = s.at(CARRIER).port();
    carrier_calls_with(s, ("127.0.0.102", 32, port));
}

pub fn carrier_at_another_port(s: &mut Stage) {
    carrier_calls_with(s, ("127.0.0.102", 32, 5060));
}

pub fn neighbour_of_a_row(s: &mut Stage) {
    carrier_calls_with(s, ("127.0.0.1", 24, 0));
}

pub fn outside_a_mask(s: &mut Stage) {
    carrier_calls_with(s, ("127.0.1.102", 24, 0));
}

pub fn inside_and_outside_a_mask(s: &mut Stage) {
    carrier_calls_with(s, ("127.0.0.97", 27, 0));
    calls(s, STRANGER);
}

pub fn new_row(s: &mut Stage) {
    registered(s, 11);
    s.server.write_carriers(&[("127.0.0.66", 32, 0)]);
    calls(s, STRANGER);
    s.server.reload_addresses();
    calls(s, STRANGER);
}

pub fn row_taken_away(s: &mut Stage) {
    registered(s, 11);
    s.server.write_carriers(&[]);
    calls(s, CARRIER);
    s.server.reload_addresses();
    calls(s, CARRIER);
}

pub fn new_row_and_a_wrong_one(s: &mut Stage) {
    registered(s, 11);
    let rows = [("127.0.0.102", 33, 0), ("127.0.0.66", 32, 0)];
    s.server.write_carriers(&rows);
    s.server.reload_addresses();
    calls(s, STRANGER);
    calls(s, CARRIER);
}

/// The carrier calls when the table has only this row.
fn carrier_calls_with(s: &mut Stage, row: (&str, u8, u16)) {
    registered(s, 11);
    s.server.write_carriers(&[row]);
    s.server.reload_addresses();
    calls(s, CARRIER);
}

fn calls(s: &mut Stage, host: u8) {
    let ask = s.ask("INVITE", host, "41215550000", "11");
    s.play(&ask);
}
