//! `phone pair`: two phones in one command. And what a phone over TCP sends last.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};

use crate::support::{Ended, Server, To};

#[test]
fn two_phones_in_one_command_make_a_whole_call() {
    let server = Server::start(To::Checked);
    for transport in ["udp", "tcp"] {
        let words = ["pair", "--password", "abc10", "--callee-password", "abc11"];
        let more = ["--seconds", "0", "--transport", transport];
        let ended = server.phone(&[&words[..], &more].concat());
        assert_eq!(ended.code, Some(0), "{ended:?}");
        for line in [
            "phone 11 <- ",
            "phone 10: connected; Ctrl-C hangs up\n",
            "phone 11: connected; Ctrl-C hangs up\n",
            "phone 10: hung up\n",
            "phone 11: the other end hung up\n",
        ] {
            assert!(ended.out.contains(line), "{line:?} is not in {}", ended.out);
        }
        for user in ["10", "11"] {
            assert!(server.contacts(user).is_empty(), "{user} stays registered");
        }
    }
}

#[test]
fn a_second_phone_with_a_wrong_password_ends_the_command() {
    let server = Server::start(To::Checked);
    let ended = server.phone(&["pair", "--password", "abc10"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.errors.contains("401 Unauthorized"), "{ended:?}");
    assert!(
        server.contacts("10").is_empty(),
        "the first phone unregisters"
    );
}

#[test]
fn the_ack_to_a_refusal_arrives_over_tcp_before_the_command_ends() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap().to_string();
    let phone = Command::new(env!("CARGO_BIN_EXE_phone"))
        .args(["--server", &address, "--transport", "tcp", "call", "12"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut connection, _) = server.accept().unwrap();
    let mut came = [0; 65_536];
    let length = connection.read(&mut came).unwrap();
    let invite = String::from_utf8_lossy(&came[..length]).into_owned();
    let copied = ["Via:", "From:", "To:", "Call-ID:", "CSeq:"];
    let lines = invite
        .lines()
        .filter(|line| copied.iter().any(|it| line.starts_with(it)));
    let copied: String = lines.map(|line| format!("{line}\r\n")).collect();
    let refusal = format!("SIP/2.0 404 User Not Found\r\n{copied}Content-Length: 0\r\n\r\n");
    connection.write_all(refusal.as_bytes()).unwrap();
    let mut rest = String::new();
    connection.read_to_string(&mut rest).unwrap();
    assert!(rest.starts_with("ACK sip:12@"), "{rest:?}");
    let ended: Ended = phone.wait_with_output().unwrap().into();
    assert_eq!(ended.code, Some(1), "{ended:?}");
}
