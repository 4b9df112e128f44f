//! What exchanges rely on: order, sameness, waits with a limit, losses, restarts.

mod support;

use std::time::Duration;

use sip_stage::{Recording, Stage, exchange};
use support::{Location, a_call, breaks_off, forgetful, lines, play, serve};

#[test]
fn a_call_is_recorded_in_order() {
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
    assert_eq!(play(&exchange!(a_call, "A call")), expected);
}

#[test]
fn every_byte_is_the_same_in_every_run() {
    let play = || Stage::play(&exchange!(a_call, "A call"), forgetful).snapshot();
    assert_eq!(play(), play());
}

#[test]
fn a_lost_register_is_sent_again_after_half_a_second() {
    async fn in_bad_weather(stage: &mut Stage) {
        let ten = stage.phone("10", "192.168.1.10");
        stage.lose("REGISTER");
        stage.lose("REGISTER");
        ten.register().await;
    }
    let register = "phone 10: REGISTER 10@192.168.1.15, contact sip:10@192.168.1.10:5060 for 150 s";
    let expected = [
        format!("0ns {register} lost"),
        format!("500ms {register} lost"),
        format!("1.5s {register}"),
        "1.501s server: 200 OK (REGISTER), 1 binding".to_owned(),
    ];
    assert_eq!(play(&exchange!(in_bad_weather, "Losses")), expected);
}

#[test]
fn a_lost_ack_is_sent_again_when_the_200_comes_again() {
    async fn without_its_ack(stage: &mut Stage) {
        let ten = stage.phone("10", "192.168.1.10");
        let eleven = stage.phone("11", "192.168.1.11");
        eleven.register().await;
        let mut outgoing = ten.invite("11");
        let mut incoming = eleven.incoming_call().await;
        incoming.answer();
        stage.lose("ACK");
        outgoing.answered().await;
        incoming.acknowledged().await;
    }
    let played = play(&exchange!(without_its_ack, "A lost ACK"));
    let since_the_200: Vec<&str> = played.iter().skip(5).map(String::as_str).collect();
    let expected = [
        "4ms phone 11: 200 OK (INVITE)",
        "5ms server: 200 OK (INVITE)",
        "6ms phone 10: ACK 11@192.168.1.11:5060 lost",
        "504ms phone 11: 200 OK (INVITE)",
        "505ms server: 200 OK (INVITE)",
        "506ms phone 10: ACK 11@192.168.1.11:5060",
        "507ms server: ACK 11@192.168.1.11:5060",
    ];
    assert_eq!(since_the_200, expected);
}

async fn a_call_after_a_restart(stage: &mut Stage) {
    let ten = stage.phone("10", "192.168.1.10");
    let eleven = stage.phone("11", "192.168.1.11");
    eleven.register().await;
    stage.restart_server().await;
    ten.invite("11");
    stage.wait(Duration::from_millis(10)).await;
}

fn answers_after_a_restart(recording: &Recording) -> Vec<String> {
    lines(recording).split_off(3)
}

#[test]
fn a_server_that_starts_again_has_forgotten_what_it_held() {
    let exchange = exchange!(a_call_after_a_restart, "A restart");
    let recording = Stage::play(&exchange, forgetful);
    assert_eq!(
        answers_after_a_restart(&recording),
        ["53ms server: 404 Not Found (INVITE)"]
    );
}

#[test]
fn what_a_chapter_captures_outlives_its_server() {
    let disk = Location::default();
    let exchange = exchange!(a_call_after_a_restart, "A restart");
    let recording = Stage::play(&exchange, move |server| serve(server, disk.clone()));
    assert_eq!(
        answers_after_a_restart(&recording),
        [
            "53ms server: 100 Trying (INVITE)",
            "53ms server: INVITE 11@192.168.1.11:5060"
        ]
    );
}

#[test]
fn what_a_stopped_server_is_sent_is_lost() {
    async fn to_nobody(stage: &mut Stage) {
        let ten = stage.phone("10", "192.168.1.10");
        stage.stop_server().await;
        ten.new_options("sip:192.168.1.15").send();
    }
    assert_eq!(
        play(&exchange!(to_nobody, "Nobody")),
        ["50ms phone 10: OPTIONS 192.168.1.15 lost"]
    );
}

#[test]
fn a_message_that_never_comes_ends_the_exchange() {
    async fn waiting(stage: &mut Stage) {
        let eleven = stage.phone("11", "192.168.1.11");
        eleven.receive("INVITE").await;
    }
    breaks_off(
        "phone 11 waited 40.000 s for INVITE, which did not come; it received nothing else",
        &exchange!(waiting, "In vain"),
    );
}

#[test]
fn another_final_answer_ends_the_wait_at_once_and_is_named() {
    async fn unknown(stage: &mut Stage) {
        let ten = stage.phone("10", "192.168.1.10");
        ten.invite("11").ringing().await;
    }
    breaks_off(
        "phone 10 waited 0.002 s for 180 to INVITE (CSeq 1, Call-ID \
                           call-10-1@192.168.1.10), which did not come; it received 404 Not Found (INVITE)",
        &exchange!(unknown, "Nobody there"),
    );
}

#[test]
fn a_server_that_panics_ends_the_exchange() {
    async fn quiet(_: &mut Stage) {}
    let recording = Stage::play(&exchange!(quiet, "Quiet"), |_| async {
        panic!("the server broke")
    });
    assert_eq!(recording.broke_off.as_deref(), Some("the server broke"));
}

#[test]
fn an_exchange_that_never_stops_sending_is_stopped() {
    async fn endless(stage: &mut Stage) {
        let ten = stage.phone("10", "192.168.1.10");
        for _ in 0..20_000 {
            let _ = ten.send_raw(b"\x00noise");
        }
    }
    breaks_off("sends without end", &exchange!(endless, "Endless"));
}

#[test]
fn an_explanation_without_its_message_is_a_fault_of_the_exchange() {
    async fn wordy(stage: &mut Stage) {
        let ten = stage.phone("10", "192.168.1.10");
        stage.lose("BYE");
        stage.explain_each(&["A question.", "Its answer.", "Nothing."]);
        ten.register().await;
    }
    breaks_off(
        "wordy ends early: nothing came for [\"Nothing.\", \"BYE\"]",
        &exchange!(wordy, "Wordy"),
    );
}
