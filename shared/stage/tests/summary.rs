//! A message in one line.

use sip_stage::summary;

fn of(text: &str) -> String {
    summary(text.replace('\n', "\r\n").as_bytes())
}

fn message(first_line: &str, cseq: &str, rest: &str) -> String {
    format!(
        "{first_line}\nVia: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bK1\nMax-Forwards: 70\n\
         From: <sip:10@192.168.1.15>;tag=1\nTo: <sip:10@192.168.1.15>\nCall-ID: 1\n\
         CSeq: {cseq}\n{rest}"
    )
}

fn register(rest: &str) -> String {
    of(&message(
        "REGISTER sip:192.168.1.15 SIP/2.0",
        "1 REGISTER",
        rest,
    ))
}

#[test]
fn a_register_tells_what_it_wants() {
    assert_eq!(
        register("Contact: <sip:10@192.168.1.10>\nExpires: 150\n\n"),
        "REGISTER 10@192.168.1.15, contact sip:10@192.168.1.10 for 150 s"
    );
    assert_eq!(
        register("Contact: <sip:10@192.168.1.10>;expires=0\n\n"),
        "REGISTER 10@192.168.1.15, take sip:10@192.168.1.10 away"
    );
    assert_eq!(
        register("Contact: *\nExpires: 0\n\n"),
        "REGISTER 10@192.168.1.15, take all bindings away"
    );
    assert_eq!(
        register("\n"),
        "REGISTER 10@192.168.1.15, asks for its bindings"
    );
}

#[test]
fn an_answer_names_what_it_answers() {
    let ok = message("SIP/2.0 200 OK", "1 INVITE", "\n");
    assert_eq!(of(&ok), "200 OK (INVITE)");
    let ok = message(
        "SIP/2.0 200 OK",
        "1 REGISTER",
        "Contact: <sip:a@b>, <sip:c@d>\n\n",
    );
    assert_eq!(of(&ok), "200 OK (REGISTER), 2 bindings");
}

#[test]
fn a_pressed_key_is_shown() {
    let info = |body: &str| {
        let length = body.replace('\n', "\r\n").len();
        of(&message(
            "INFO sip:11@192.168.1.11;x=y SIP/2.0",
            "2 INFO",
            &format!("Content-Type: application/dtmf-relay\nContent-Length: {length}\n\n{body}"),
        ))
    };
    assert_eq!(
        info("Signal=3\nDuration=180\n"),
        "INFO 11@192.168.1.11, DTMF digit 3 for 180 ms"
    );
    assert_eq!(info("signal= *\n"), "INFO 11@192.168.1.11, DTMF digit *");
    assert_eq!(info("Signal=\u{1b}\n"), "INFO 11@192.168.1.11");
}

#[test]
fn noise_is_named_printable_and_short() {
    let noise = summary(b"\x1b[2J\x00 what\r\nis this");
    assert!(noise.starts_with("\\u{1b}[2J\\u{0} what ("), "{noise}");
    let long = summary(&[b'x'; 70_000]);
    assert!(long.chars().count() <= 161, "{long}");
    assert_eq!(summary(b"").chars().next(), Some(' '));
}
