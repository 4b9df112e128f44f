//! What exchanges rely on: order, sameness, waits with a limit, losses, restarts.

mod support;

use std::time::Duration;

use sip_message::{Packet, Transport};
use sip_stage::{Entry, Exchange, Fate, Recorded, Recording, Stage, exchange};
use support::{Location, a_call, forgetful, serve};

/// `2ms phone 10: INVITE 11@192.168.1.15`, a line a message.
fn lines(recording: &Recording) -> Vec<String> {
    let line = |m: &Recorded| {
        let lost = if m.fate == Fate::Lost { " lost" } else { "" };
        let from = &recording.nodes[m.sender].name;
        format!("{:?} {from}: {}{lost}", m.at, sip_stage::summary(&m.bytes))
    };
    recording.messages().map(line).collect()
}

fn play(exchange: &Exchange) -> Vec<String> {
    lines(&Stage::play(exchange, forgetful))
}

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
#[should_panic(
    expected = "phone 11 waited 40.000 s for INVITE, which did not come; it received nothing else"
)]
fn a_message_that_never_comes_ends_the_exchange() {
    async fn waiting(stage: &mut Stage) {
        let eleven = stage.phone("11", "192.168.1.11");
        eleven.receive("INVITE").await;
    }
    play(&exchange!(waiting, "In vain"));
}

#[test]
#[should_panic(
    expected = "phone 10 waited 0.002 s for 180 to INVITE (CSeq 1, Call-ID \
                           call-10-1@192.168.1.10), which did not come; it received 404 Not Found (INVITE)"
)]
fn another_final_answer_ends_the_wait_at_once_and_is_named() {
    async fn unknown(stage: &mut Stage) {
        let ten = stage.phone("10", "192.168.1.10");
        ten.invite("11").ringing().await;
    }
    play(&exchange!(unknown, "Nobody there"));
}

#[test]
#[should_panic(expected = "the server broke")]
fn a_server_that_panics_ends_the_exchange() {
    async fn quiet(_: &mut Stage) {}
    Stage::play(&exchange!(quiet, "Quiet"), |_| async {
        panic!("the server broke")
    });
}

#[test]
#[should_panic(expected = "sends without end")]
fn an_exchange_that_never_stops_sending_is_stopped() {
    async fn endless(stage: &mut Stage) {
        let ten = stage.phone("10", "192.168.1.10");
        for _ in 0..20_000 {
            let _ = ten.send_raw(b"\x00noise");
        }
    }
    play(&exchange!(endless, "Endless"));
}

#[test]
#[should_panic(expected = "wordy ends early: nothing came for [\"Nothing.\", \"BYE\"]")]
fn an_explanation_without_its_message_is_a_fault_of_the_exchange() {
    async fn wordy(stage: &mut Stage) {
        let ten = stage.phone("10", "192.168.1.10");
        stage.lose("BYE");
        stage.explain_each(&["A question.", "Its answer.", "Nothing."]);
        ten.register().await;
    }
    play(&exchange!(wordy, "Wordy"));
}

#[test]
fn a_phone_without_power_hears_and_says_nothing() {
    async fn a_power_cut(stage: &mut Stage) {
        let ten = stage.phone("10", "192.168.1.10");
        let eleven = stage.phone("11", "192.168.1.11");
        eleven.register().await;
        stage.unplug(&eleven);
        let _ = eleven.send_raw(b"heard by nobody\r\n\r\n");
        ten.invite("11");
        assert!(ten.listen_for(Duration::from_millis(400)).await.is_empty());
        stage.plug_in(&eleven);
        eleven.incoming_call().await;
    }
    let played = play(&exchange!(a_power_cut, "A power cut"));
    let expected = [
        "3ms server: INVITE 11@192.168.1.11:5060 lost",
        "503ms server: INVITE 11@192.168.1.11:5060",
    ];
    assert_eq!(played[4..], expected);
}

#[test]
fn a_phone_on_tcp_opens_a_connection_from_a_port_of_its_own() {
    async fn over_tcp(stage: &mut Stage) {
        let ten = stage.phone("10", "192.168.1.10");
        ten.set_transport(Transport::Tcp);
        ten.register().await;
        stage.restart_server().await;
        ten.register().await;
    }
    let recording = Stage::play(&exchange!(over_tcp, "TCP"), forgetful);
    let flows: Vec<_> = recording
        .messages()
        .map(|m| (m.connection.map(|c| c.0), m.from.port(), m.to.port()))
        .collect();
    let expected = [
        (Some(1), 40_001, 5060),
        (Some(1), 5060, 40_001),
        (Some(2), 40_002, 5060),
        (Some(2), 5060, 40_002),
    ];
    assert_eq!(flows, expected);
}

#[test]
fn the_tags_and_ids_of_a_text_can_be_given() {
    async fn as_printed(stage: &mut Stage) {
        let ten = stage.phone("10", "192.168.1.10");
        ten.with_ids(|ids| {
            ids.give_branches(&["z9hG4bK1cfcbbd452dd007a"]);
            ids.give_tags(&["20321951e0685e4d"]);
            ids.give_call_ids(&["33706713ea3b83fd@192.168.1.10"]);
        });
        ten.set_style(sip_stage::Style::Grandstream);
        stage
            .entropy()
            .give_tags(&["4f4b3fc66ce1848604aacd9b43692540.ca9b"]);
        ten.register().await;
    }
    let recording = Stage::play(&exchange!(as_printed, "As printed"), forgetful);
    let messages: Vec<&[u8]> = recording.messages().map(|m| &m.bytes[..]).collect();
    let expected = [
        "REGISTER sip:192.168.1.15 SIP/2.0\r\n\
         Via: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bK1cfcbbd452dd007a\r\n\
         From: <sip:10@192.168.1.15>;tag=20321951e0685e4d\r\n\
         To: <sip:10@192.168.1.15>\r\n\
         Contact: <sip:10@192.168.1.10>\r\n\
         Call-ID: 33706713ea3b83fd@192.168.1.10\r\n\
         CSeq: 100 REGISTER\r\n\
         Expires: 150\r\n\
         User-Agent: Grandstream BT110 1.0.8.33\r\n\
         Max-Forwards: 70\r\n\
         Content-Length: 0\r\n\r\n",
        "SIP/2.0 200 OK\r\n\
         Via: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bK1cfcbbd452dd007a\r\n\
         From: <sip:10@192.168.1.15>;tag=20321951e0685e4d\r\n\
         To: <sip:10@192.168.1.15>;tag=4f4b3fc66ce1848604aacd9b43692540.ca9b\r\n\
         Call-ID: 33706713ea3b83fd@192.168.1.10\r\n\
         CSeq: 100 REGISTER\r\n\
         Contact: <sip:10@192.168.1.10>\r\n\
         Content-Length: 0\r\n\r\n",
    ];
    let text = |bytes: &&[u8]| String::from_utf8_lossy(bytes).into_owned();
    let messages: Vec<String> = messages.iter().map(text).collect();
    assert_eq!(messages, expected);
    let day = recording.start.duration_since(std::time::UNIX_EPOCH);
    assert_eq!(day.unwrap().as_secs(), 0x4627_91f0);
}

#[test]
fn a_request_that_comes_again_is_answered_again_and_is_no_news() {
    async fn twice(stage: &mut Stage) {
        let ten = stage.phone("10", "192.168.1.10");
        let eleven = stage.phone("11", "192.168.1.11");
        eleven.register().await;
        let mut outgoing = ten.invite("11");
        let mut incoming = eleven.incoming_call().await;
        incoming.answer();
        outgoing.answered().await;
        incoming.acknowledged().await;
        let bye = outgoing.hang_up();
        stage.lose("200");
        incoming.hung_up().await;
        bye.answer(200).await;
        assert!(eleven.listen_for(Duration::from_secs(1)).await.is_empty());
    }
    let played = play(&exchange!(twice, "Twice"));
    let expected = [
        "10ms phone 11: 200 OK (BYE) lost",
        "508ms phone 10: BYE 11@192.168.1.11:5060",
        "509ms server: BYE 11@192.168.1.11:5060",
        "510ms phone 11: 200 OK (BYE)",
        "511ms server: 200 OK (BYE)",
    ];
    assert_eq!(played[played.len() - 5..], expected);
}

#[test]
fn a_view_is_recorded_where_it_was_looked_at() {
    async fn looking(stage: &mut Stage) {
        let ten = stage.phone("10", "192.168.1.10");
        ten.register().await;
        stage.show("location");
    }
    let recording = Stage::play(&exchange!(looking, "A look"), forgetful);
    let Some(Entry::View { title, text, .. }) = recording.entries.last() else {
        panic!("no view at the end: {:?}", recording.entries.last());
    };
    assert_eq!(title, "location");
    assert_eq!(text, r#"{"10": "<sip:10@192.168.1.10:5060>"}"#);
}

#[test]
fn a_refusal_is_one_line_of_the_servers_log() {
    async fn unknown(stage: &mut Stage) {
        let ten = stage.phone("10", "192.168.1.10");
        ten.invite("11").refused(404).await;
    }
    let recording = Stage::play(&exchange!(unknown, "Unknown"), forgetful);
    let logs = recording.entries.iter().filter_map(|entry| match entry {
        Entry::Log { text, .. } => Some(text.as_str()),
        _ => None,
    });
    let logs: Vec<&str> = logs.collect();
    assert_eq!(logs.len(), 1, "{logs:?}");
    assert!(logs[0].contains("not registered"), "{logs:?}");
}

#[test]
fn two_phones_of_one_user_are_told_apart() {
    async fn at_home_and_at_work(stage: &mut Stage) {
        stage.phone("11", "192.168.1.11");
        stage.phone("11", "192.168.1.12");
    }
    let exchange = exchange!(at_home_and_at_work, "Two");
    let recording = Stage::play(&exchange, forgetful);
    let names: Vec<&str> = recording.nodes.iter().map(|n| n.name.as_str()).collect();
    assert_eq!(names, ["phone 11", "server", "phone 11 (2)"]);
    assert_eq!(recording.name, "at-home-and-at-work");
}

#[test]
fn nothing_came_can_be_seen() {
    async fn ignored(stage: &mut Stage) {
        let ten = stage.phone("10", "192.168.1.10");
        let _ = ten.send_raw(b"noise\r\n\r\n");
        let heard: Vec<Packet> = ten.listen_for(Duration::from_secs(40)).await;
        assert!(heard.is_empty(), "{heard:?}");
    }
    play(&exchange!(ignored, "Ignored"));
}
