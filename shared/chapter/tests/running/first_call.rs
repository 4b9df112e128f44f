//! A server in a terminal offers to play a call, and serves meanwhile. `script` is the terminal.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::process::{Command, Stdio};

use crate::server::*;

/// Reads until the text ends so; a terminal shows questions without a line end.
fn read_until(out: &mut impl Read, end: &str) -> String {
    let mut text = String::new();
    while !text.ends_with(end) {
        let mut byte = [0];
        assert_eq!(out.read(&mut byte).unwrap(), 1, "it ended: {text}");
        text.push(char::from(byte[0]));
    }
    text
}

#[test]
fn enter_plays_a_call_message_by_message_and_the_server_serves_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let program = program();
    let program = program.get_program().to_str().unwrap();
    // Without `exec`, a shell may stay and end as Ctrl-C ends it, whatever the server returns.
    let line = format!("exec '{program}' --quiet --listen 127.0.0.1:0");
    let process = Command::new("script")
        .args([
            "--quiet",
            "--flush",
            "--return",
            "--command",
            &line,
            "/dev/null",
        ])
        .current_dir(folder.path())
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut server = Server {
        process,
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        directory: folder,
    };
    let mut keys = server.process.stdin.take().unwrap();
    let mut out = BufReader::new(server.process.stdout.take().unwrap());
    let mut type_line = |line: &str| {
        keys.write_all(line.as_bytes()).unwrap();
        keys.write_all(b"\n").unwrap();
        keys.flush().unwrap();
    };

    let words = read_until(&mut out, "on a stage inside this program.\r\n");
    let listening = words.lines().find(|line| line.starts_with("  127.0.0.1:"));
    let address = listening.unwrap().split_whitespace().next().unwrap();
    server.address = address.parse().unwrap();

    type_line("");
    read_until(&mut out, "Message 1? ");
    let phone = server.phone();
    assert_eq!(server.ask(&phone, "OPTIONS", 1), "SIP/2.0 200 OK");
    type_line("");
    let first = read_until(&mut out, "Message 2? ");
    assert!(
        first.contains("REGISTER sip:192.168.1.15 SIP/2.0"),
        "{first}"
    );
    type_line("q");
    let end = read_until(
        &mut out,
        "Enter plays it again; Ctrl-C stops the server.\r\n",
    );
    assert!(end.contains("Stopped after 1 of 2 messages."), "{end}");

    // Ctrl-C, as the terminal sends it.
    keys.write_all(&[3]).unwrap();
    let mut rest = String::new();
    while out.read_line(&mut rest).is_ok_and(|length| length > 0) {}
    let status = server.process.wait().unwrap();
    assert!(status.success(), "{status}: {rest}");
}

#[test]
fn a_server_in_a_pipe_makes_no_offer() {
    let (server, out, words) = start(&[]);
    assert!(!words.contains("No phone?"), "{words}");
    let lines = lines(out);
    let phone = server.phone();
    assert_eq!(server.ask(&phone, "OPTIONS", 1), "SIP/2.0 200 OK");
    let first = lines.recv_timeout(PATIENCE).unwrap();
    assert!(first.contains("OPTIONS"), "{first}");
}
