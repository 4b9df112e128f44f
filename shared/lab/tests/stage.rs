//! What exchanges rely on: order, sameness, waits with a limit, losses, restarts.

mod support;

use sip_lab::{Fate, Recording, Stage, exchange};
use support::{a_call, a_troubled_call, forgetful};

fn lines(recording: &Recording) -> Vec<String> {
    let line = |m: &sip_lab::Recorded| {
        let lost = if m.fate == Fate::Lost { " lost" } else { "" };
        let from = &recording.nodes[m.sender].name;
        format!("{:?} {from}: {}{lost}", m.at, sip_lab::summary(&m.bytes))
    };
    recording.messages().map(line).collect()
}

#[test]
fn a_call_is_recorded_in_order() {
    let recording = Stage::play(&exchange!(a_call, "A call"), forgetful);
    let expected = [
        "0ns phone 11: REGISTER 11@192.168.1.15, contact sip:11@192.168.1.11:5060 for 150 s",
        "1ms server: 200 OK (REGISTER), 1 binding",
        "2ms phone 10: INVITE 11@192.168.1.15",
        "3ms server: 100 Trying (INVITE)",
        "3ms server: INVITE 11@192.168.1.11:5060",
        "4ms phone 11: 180 Ringing (INVITE)",
        "5ms server: 180 Ringing (INVITE)",
        "6ms phone 11: 200 OK (INVITE)",
        "7ms server: 200 OK (INVITE)",
        "8ms phone 10: ACK 11@192.168.1.11:5060",
        "9ms server: ACK 11@192.168.1.11:5060",
        "10ms phone 10: INFO 11@192.168.1.11:5060, DTMF digit 3 for 180 ms",
        "11ms server: INFO 11@192.168.1.11:5060, DTMF digit 3 for 180 ms",
        "12ms phone 11: 200 OK (INFO)",
        "13ms server: 200 OK (INFO)",
        "14ms phone 11: BYE 10@192.168.1.10:5060",
        "15ms server: BYE 10@192.168.1.10:5060",
        "16ms phone 10: 200 OK (BYE)",
        "17ms server: 200 OK (BYE)",
    ];
    assert_eq!(lines(&recording), expected);
}

#[test]
fn every_byte_is_the_same_in_every_run() {
    let play = || Stage::play(&exchange!(a_call, "A call"), forgetful).snapshot();
    assert_eq!(play(), play());
}

#[test]
fn look() {
    let recording = Stage::play(
        &exchange!(a_call, "A whole call, with a key pressed in it"),
        forgetful,
    );
    let troubled = Stage::play(
        &exchange!(a_troubled_call, "A call in bad weather"),
        forgetful,
    );
    for (name, r) in [("call", &recording), ("trouble", &troubled)] {
        std::fs::write(format!("/tmp/{name}.txt"), r.ladder() + &r.terminal()).unwrap();
        std::fs::write(format!("/tmp/{name}.svg"), r.svg()).unwrap();
        std::fs::write(format!("/tmp/{name}.pcap"), r.pcap()).unwrap();
    }
}
