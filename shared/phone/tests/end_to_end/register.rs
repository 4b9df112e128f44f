//! `phone register` and `phone replay`, against a server that asks for passwords.

use std::io::Write;
use std::process::Stdio;

use crate::support::{Ended, Server, To};

#[test]
fn a_phone_registers_with_its_password_over_udp_and_tcp() {
    let server = Server::start(To::Checked);
    for transport in ["udp", "tcp"] {
        let words = ["register", "--password", "abc10", "--transport", transport];
        let ended = server.phone(&words);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let order: Vec<&str> = ended
            .out
            .lines()
            .filter_map(|line| line.split_once("P  ").map(|(_, summary)| summary))
            .map(|summary| summary.split(' ').next().unwrap())
            .collect();
        assert_eq!(
            order,
            ["REGISTER", "401", "REGISTER", "200"],
            "{}",
            ended.out
        );
    }
    let contacts = server.contacts("10");
    assert_eq!(contacts.len(), 2, "{contacts:?}");
    assert!(
        contacts.iter().any(|c| c.ends_with(";transport=tcp")),
        "{contacts:?}"
    );
}

#[test]
fn a_password_may_come_from_the_standard_input() {
    let server = Server::start(To::Checked);
    let mut command = server.command(&["register", "--password", "-", "--quiet"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"abc10\n").unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(server.contacts("10").len(), 1);
}

#[test]
fn a_wrong_password_is_refused_with_the_status_line() {
    let server = Server::start(To::Checked);
    let ended = server.phone(&["register", "--password", "abc10", "--wrong-password"]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended
            .errors
            .starts_with("error: 401 Unauthorized: the password"),
        "{ended:?}"
    );
    assert_eq!(
        ended.out.matches("REGISTER 10@").count(),
        2,
        "{}",
        ended.out
    );
    assert!(server.contacts("10").is_empty());
}

#[test]
fn without_a_password_the_phone_says_what_is_missing() {
    let server = Server::start(To::Checked);
    let ended = server.phone(&["register"]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.errors.contains("asks for a password: --password"),
        "{ended:?}"
    );
}

#[test]
fn another_number_is_registered_where_to_is_not_checked_and_only_there() {
    let words = ["register", "--password", "abc10", "--to", "11"];
    let server = Server::start(To::Unchecked);
    let ended = server.phone(&words);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(server.contacts("11").len(), 1);

    let server = Server::start(To::Checked);
    let ended = server.phone(&words);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(server.contacts("11").is_empty());
}

#[test]
fn a_phone_that_stays_unregisters_at_ctrl_c() {
    let server = Server::start(To::Checked);
    let words = ["register", "--password", "abc10", "--stay"];
    let running = server.start_phone(&words, "staying registered");
    assert_eq!(server.contacts("10").len(), 1);
    running.interrupt();
    let ended = running.end();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.out.ends_with("unregistered\n"), "{}", ended.out);
    assert!(server.contacts("10").is_empty());
}

#[test]
fn too_short_a_time_is_refused_with_the_shortest_there_is() {
    let server = Server::start(To::Checked);
    let ended = server.phone(&["register", "--password", "abc10", "--expires", "5"]);
    assert_eq!(ended.code, Some(1));
    let expected = "error: 423 Interval Too Brief: use --expires 60 or more\n";
    assert_eq!(ended.errors, expected);
}

#[test]
fn a_refresh_answers_the_known_nonce_a_second_time() {
    let server = Server::start(To::Checked);
    let words = ["register", "--password", "abc10", "--stay", "--trace"];
    let running = server.start_phone(&words, "staying registered");
    running.interrupt();
    let ended = running.end();
    assert_eq!(
        ended.out.matches("401 Unauthorized").count(),
        1,
        "{}",
        ended.out
    );
    assert_eq!(ended.out.matches("nc=00000002").count(), 1, "{}", ended.out);
}

#[test]
fn the_digest_is_worked_out_without_the_password() {
    let server = Server::start(To::Checked);
    let ended = server.phone(&["register", "--password", "abc10", "--explain"]);
    let realm = "127.0.0.1";
    assert!(
        ended
            .out
            .contains(&format!("HA1      = MD5(10:{realm}:*****)")),
        "{}",
        ended.out
    );
    assert!(
        ended.out.contains("HA2      = MD5(REGISTER:sip:127.0.0.1:"),
        "{}",
        ended.out
    );
    assert!(
        ended
            .out
            .contains("the challenge: a password for the realm 127.0.0.1")
    );
    assert!(
        !ended.out.contains("but the response sent"),
        "{}",
        ended.out
    );
    assert!(!ended.out.contains("abc10"), "{}", ended.out);

    let words = [
        "register",
        "--password",
        "abc10",
        "--explain",
        "--show-password",
    ];
    let ended = server.phone(&words);
    assert!(
        ended.out.contains(&format!("MD5(10:{realm}:abc10)")),
        "{}",
        ended.out
    );
}

#[test]
fn an_answer_is_saved_for_its_owner_alone_and_through_no_link() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let server = Server::start(To::Checked);
    let directory = tempfile::tempdir().unwrap();
    let [saved, link, letters] =
        ["saved.sip", "link.sip", "letters"].map(|name| directory.path().join(name));
    std::fs::write(&letters, "letters").unwrap();
    symlink(&letters, &link).unwrap();
    for path in [&saved, &link] {
        let path = path.to_str().unwrap();
        let ended = server.phone(&["register", "--password", "abc10", "--save", path]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let is_refused = ended.errors.contains("it is a symbolic link");
        assert_eq!(is_refused, path.ends_with("link.sip"), "{ended:?}");
    }
    let mode = std::fs::metadata(&saved).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(std::fs::read(&letters).unwrap(), b"letters");
}

#[test]
fn a_stolen_answer_is_refused_a_second_time() {
    let server = Server::start(To::Checked);
    let directory = tempfile::tempdir().unwrap();
    let stolen = directory.path().join("stolen.sip");
    let stolen = stolen.to_str().unwrap();
    let ended = server.phone(&["register", "--password", "abc10", "--save", stolen]);
    assert_eq!(ended.code, Some(0), "{ended:?}");

    let mut words = vec!["replay", stolen, "--new-branch", "--new-call-id"];
    words.extend(["--contact", "sip:10@192.0.2.66"]);
    let ended = server.phone(&words);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.errors.starts_with("error: 401 Unauthorized"),
        "{ended:?}"
    );
    assert!(
        ended.out.contains("contact sip:10@192.0.2.66 for 150 s"),
        "{}",
        ended.out
    );
    assert_eq!(server.contacts("10").len(), 1);
}

#[test]
fn an_unchanged_replay_is_a_retransmission_to_the_server() {
    let server = Server::start(To::Checked);
    let directory = tempfile::tempdir().unwrap();
    let stolen = directory.path().join("stolen.sip");
    let stolen = stolen.to_str().unwrap();
    let own = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let listen = own.local_addr().unwrap().to_string();
    drop(own);
    let words = ["register", "--password", "abc10", "--save", stolen];
    let ended = server.phone(&[&words[..], &["--listen", &listen]].concat());
    assert_eq!(ended.code, Some(0), "{ended:?}");

    // From the same address the server's 200 comes once more; from another it goes to the
    // phone that has asked.
    let ended = server.phone(&["replay", stolen, "--listen", &listen]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended.out.ends_with("the replay was accepted: 200 OK\n"),
        "{}",
        ended.out
    );
    let ended = server.phone(&["replay", stolen, "--timeout", "0.3"]);
    assert!(
        ended.errors.starts_with("error: no answer from"),
        "{ended:?}"
    );
}

#[test]
fn a_request_pasted_from_a_log_is_replayed() {
    let server = Server::start(To::Checked);
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("sip.log");
    let request = [
        "REGISTER sip:127.0.0.1 SIP/2.0",
        "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1",
        "From: <sip:10@127.0.0.1>;tag=1",
        "To: <sip:10@127.0.0.1>",
        "Call-ID: from-a-log",
        "CSeq: 1 REGISTER",
        "Content-Length: 0",
        "",
    ];
    let lines = request.map(|line| format!("Nov 30 10:00:01 sip kamailio[7]: INFO: {line}\n"));
    std::fs::write(&log, lines.concat()).unwrap();
    let ended = server.phone(&["replay", log.to_str().unwrap(), "--new-branch", "--trace"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let refusal = "error: 401 Unauthorized";
    assert!(ended.errors.starts_with(refusal), "{ended:?}");
    assert!(ended.out.contains("Call-ID: from-a-log"), "{ended:?}");
}

#[test]
fn a_replay_says_that_it_keeps_the_credentials() {
    let server = Server::start(To::Checked);
    for flag in [
        &["--wrong-password"][..],
        &["--username", "11"],
        &["--wrong-realm", "r"],
    ] {
        let ended = server.phone(&[&["replay", "-"], flag].concat());
        let expected = format!(
            "error: {} cannot be used here: a replayed request keeps its credentials\n",
            flag[0]
        );
        assert_eq!((ended.code, ended.errors), (Some(2), expected));
    }
}

#[test]
fn a_server_that_is_not_running_is_reported_at_once() {
    let server = Server::start(To::Checked);
    let address = server.address.to_string();
    drop(server);
    for transport in ["udp", "tcp"] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_phone"));
        let output = command
            .args(["options", "--server", &address, "--transport", transport])
            .output();
        let ended = Ended::from(output.unwrap());
        assert_eq!(ended.code, Some(1));
        let expected = format!(
            "error: no answer from {address} over {}: is the server running?",
            transport.to_uppercase()
        );
        assert!(ended.errors.starts_with(&expected), "{ended:?}");
    }
}

#[test]
fn what_is_typed_wrong_is_a_usage_error() {
    let server = Server::start(To::Checked);
    for words in [
        &["call", "1 1"][..],
        &["register", "--listen", "[::1]:0"],
        &["dance"],
    ] {
        let ended = server.phone(words);
        assert_eq!(ended.code, Some(2), "{ended:?}");
    }
}
