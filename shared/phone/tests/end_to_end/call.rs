//! `phone call`, `phone answer` and `phone message`: two commands and a server between them.

use crate::support::{Ended, Running, Server, To};

fn eleven(server: &Server, words: &[&str]) -> Running {
    let mut all = vec!["answer", "--user", "11", "--password", "abc11"];
    all.extend(words);
    server.start_phone(&all, "waiting for a call")
}

const CALL: [&str; 4] = ["call", "11", "--password", "abc10"];

fn call(server: &Server, words: &[&str]) -> Ended {
    server.phone(&[&CALL[..], words].concat())
}

#[test]
fn a_phone_calls_another_over_udp_and_tcp() {
    let server = Server::start(To::Checked);
    for transport in ["udp", "tcp"] {
        let callee = eleven(&server, &["--ring-seconds", "0", "--transport", transport]);
        let ended = call(&server, &["--seconds", "0", "--transport", transport]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(
            ended
                .out
                .contains("407 Proxy Authentication Required (INVITE)"),
            "{}",
            ended.out
        );
        assert!(ended.out.contains("180 Ringing (INVITE)"), "{}", ended.out);
        assert!(ended.out.ends_with("hung up\n"), "{}", ended.out);
        let ended = callee.end();
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(
            ended.out.contains("the other end hung up\n"),
            "{}",
            ended.out
        );
        assert!(server.contacts("11").is_empty());
    }
}

#[test]
fn the_callee_can_hang_up() {
    let server = Server::start(To::Checked);
    let callee = eleven(&server, &["--ring-seconds", "0", "--seconds", "0"]);
    let ended = call(&server, &[]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended.out.ends_with("the other end hung up\n"),
        "{}",
        ended.out
    );
    assert_eq!(callee.end().code, Some(0));
}

#[test]
fn a_busy_phone_and_one_that_declines_say_so() {
    let server = Server::start(To::Checked);
    let cases = [("--busy", "486 Busy Here"), ("--decline", "603 Decline")];
    for (flag, status) in cases {
        let callee = eleven(&server, &[flag]);
        let ended = call(&server, &[]);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert_eq!(ended.errors, format!("error: {status}\n"));
        assert_eq!(callee.end().code, Some(0));
    }
}

#[test]
fn a_call_without_an_answer_is_cancelled() {
    let server = Server::start(To::Checked);
    let callee = eleven(&server, &["--ring-seconds", "60"]);
    let ended = call(&server, &["--ring-seconds", "1"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended
            .errors
            .contains("the callee did not answer within 1 s"),
        "{ended:?}"
    );
    assert!(
        ended.out.contains("487 Request Terminated"),
        "{}",
        ended.out
    );
    let ended = callee.end();
    assert!(ended.out.contains("the caller gave up\n"), "{}", ended.out);
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

#[test]
fn ctrl_c_cancels_a_call_that_rings() {
    let server = Server::start(To::Checked);
    let callee = eleven(&server, &["--ring-seconds", "60"]);
    let caller = server.start_phone(&CALL, "180 Ringing");
    caller.interrupt();
    let ended = caller.end();
    assert_eq!(
        (ended.code, ended.errors.as_str()),
        (Some(1), "error: given up\n")
    );
    assert!(ended.out.contains("CANCEL 11@"), "{}", ended.out);
    assert_eq!(callee.end().code, Some(0));
}

#[test]
fn a_server_is_not_blamed_for_a_callee_that_is_silent() {
    let server = Server::start(To::Checked);
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let contact = format!("sip:11@{}", silent.local_addr().unwrap());
    let register = ["register", "--user", "11", "--password", "abc11"];
    let ended = server.phone(&[&register[..], &["--contact", &contact]].concat());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let it_was_the_callee = format!(
        "the server responded, but sip:11@{} did not\n",
        server.address
    );

    let ended = call(&server, &["--timeout", "1", "--ring-seconds", "1"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let why = "the callee did not answer within 1 s (--ring-seconds)";
    assert_eq!(ended.errors, format!("error: {why}: {it_was_the_callee}"));

    let words = [&CALL[..], &["--timeout", "1"]].concat();
    let caller = server.start_phone(&words, "100 Trying");
    caller.interrupt();
    let ended = caller.end();
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(
        ended.errors,
        format!("error: given up: {it_was_the_callee}")
    );
}

#[test]
fn ctrl_c_hangs_up_and_unregisters() {
    let server = Server::start(To::Checked);
    let mut callee = eleven(&server, &["--ring-seconds", "0"]);
    let caller = server.start_phone(&CALL, "connected");
    callee.read_until("connected");
    callee.interrupt();
    assert_eq!(callee.end().code, Some(0));
    let ended = caller.end();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(server.contacts("11").is_empty());
}

#[test]
fn who_calls_as_another_is_refused() {
    let server = Server::start(To::Checked);
    let ended = call(&server, &["--from", "12"]);
    assert_eq!(
        (ended.code, ended.errors.as_str()),
        (Some(1), "error: 403 Use From=ID\n")
    );
    let ended = call(&server, &["--username", "12"]);
    assert!(
        ended
            .errors
            .starts_with("error: 407 Proxy Authentication Required"),
        "{ended:?}"
    );
    let ended = call(&server, &["--wrong-realm", "elsewhere"]);
    assert!(
        ended
            .errors
            .starts_with("error: 407 Proxy Authentication Required"),
        "{ended:?}"
    );
}

#[test]
fn a_user_who_is_not_registered_cannot_be_called() {
    let server = Server::start(To::Checked);
    let ended = call(&server, &[]);
    assert_eq!(
        (ended.code, ended.errors.as_str()),
        (Some(1), "error: 404 User Not Found\n")
    );
}

#[test]
fn a_message_arrives_and_moves_no_cursor() {
    let server = Server::start(To::Checked);
    let mut callee = eleven(&server, &[]);
    let ended = server.phone(&["message", "11", "hello \u{1b}[2J", "--password", "abc10"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    callee.read_until(r"  hello \u{1b}[2J");
    callee.interrupt();
    let ended = callee.end();
    assert!(!ended.out.contains('\u{1b}'), "{}", ended.out);
}

#[test]
fn the_server_says_what_it_takes() {
    let server = Server::start(To::Checked);
    let ended = server.phone(&["options"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended.out.ends_with("is there and takes INVITE, BYE\n"),
        "{}",
        ended.out
    );
}

#[test]
fn a_replayed_call_that_is_refused_is_confirmed() {
    let server = Server::start(To::Checked);
    let directory = tempfile::tempdir().unwrap();
    let stolen = directory.path().join("invite.sip");
    let stolen = stolen.to_str().unwrap();
    let ended = call(&server, &["--save", stolen]);
    assert_eq!(ended.errors, "error: 404 User Not Found\n");
    let ended = server.phone(&["replay", stolen, "--new-branch"]);
    assert!(
        ended
            .errors
            .starts_with("error: 407 Proxy Authentication Required"),
        "{ended:?}"
    );
    assert!(ended.out.contains("  ACK 11@"), "{}", ended.out);
}
