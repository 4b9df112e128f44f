//! What phones on the stage can do, and what the server's log shows of them.

mod support;

use std::time::Duration;

use sip_message::{Packet, Transport};
use sip_stage::{Entry, Stage, exchange};
use support::{forgetful, play};

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
