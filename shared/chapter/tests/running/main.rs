//! A chapter's server as a process: what it prints, its trace, its end.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

use std::io::BufReader;
use std::net::{TcpStream, UdpSocket};
use std::process::{Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::Duration;

mod demo;
mod first_call;
mod first_start;
mod server;

use server::*;

#[test]
fn a_registration_is_two_lines_without_colour_in_a_pipe() {
    let (server, out, words) = start(&[]);
    let lines = lines(out);
    let phone = server.phone();
    assert_eq!(server.ask(&phone, "REGISTER", 1), "SIP/2.0 200 OK");
    let came = lines.recv_timeout(PATIENCE).unwrap();
    let went = lines.recv_timeout(PATIENCE).unwrap();
    let at = phone.local_addr().unwrap();
    assert!(
        came.contains(&format!(" <- {at} UDP  REGISTER 10@127.0.0.1")),
        "{came}"
    );
    assert!(
        went.contains(&format!(" -> {at} UDP  200 OK (REGISTER)")),
        "{went}"
    );
    assert!(!words.contains('\x1b') && !came.contains('\x1b') && !went.contains('\x1b'));
}

#[test]
fn a_quiet_server_shows_no_messages_but_refusals() {
    let (server, out, _) = start(&["--quiet"]);
    let lines = lines(out);
    let phone = server.phone();
    assert_eq!(server.ask(&phone, "OPTIONS", 1), "SIP/2.0 200 OK");
    assert_eq!(
        server.ask(&phone, "INVITE", 2),
        "SIP/2.0 405 Method Not Allowed"
    );
    let first = lines.recv_timeout(PATIENCE).unwrap();
    assert!(first.contains(" !  ") && first.contains("405"), "{first}");
}

#[test]
fn no_more_phones_register_than_the_flag_allows() {
    let (server, _out, _) = start(&["--max-bindings", "1"]);
    let [first, second] = [server.phone(), server.phone()];
    assert_eq!(server.ask(&first, "REGISTER", 1), "SIP/2.0 200 OK");
    let refused = server.ask(&second, "REGISTER", 2);
    assert!(refused.starts_with("SIP/2.0 503 "), "{refused}");
    assert_eq!(server.ask(&first, "REGISTER", 3), "SIP/2.0 200 OK");
}

/// Counts the lines about an address until one reports that others are not shown. A server that
/// shows all gets a moment.
fn shown_of(address: &str, lines: &Receiver<String>, wait: Duration) -> (usize, Option<String>) {
    let (message, missing) = (format!(" {address}:"), format!(" from {address} not shown"));
    let mut count = 0;
    while let Ok(line) = lines.recv_timeout(wait) {
        count += usize::from(line.contains(&message));
        if line.ends_with(&missing) {
            return (count, Some(line));
        }
    }
    (count, None)
}

#[test]
fn a_stranger_cannot_fill_the_log_and_others_are_still_shown() {
    let (server, out, _) = start(&[]);
    let lines = lines(out);
    let (stranger, other) = (server.phone(), UdpSocket::bind("127.0.0.2:0").unwrap());
    for number in 0..1_500 {
        server.ask(&stranger, "OPTIONS", number); // two lines each
    }
    other.connect(server.address).unwrap();
    other.set_read_timeout(Some(PATIENCE)).unwrap();
    for number in 0..10 {
        server.ask(&other, "OPTIONS", number);
    }
    let (shown, missing) = shown_of("127.0.0.1", &lines, PATIENCE);
    let missing = missing.expect("the server says what is not shown");
    // With a time when more lines followed in the next second, else without.
    assert!(missing.contains("… "), "{missing}");
    assert!((1_000..1_500).contains(&shown), "{shown} lines");
    // Nothing of the other was held back.
    let (_, held) = shown_of("127.0.0.2", &lines, Duration::from_millis(1_500));
    assert_eq!(held, None);
}

#[test]
fn a_log_rate_of_0_shows_every_message() {
    let (server, out, _) = start(&["--log-rate", "0"]);
    let lines = lines(out);
    let phone = server.phone();
    for number in 0..1_000 {
        server.ask(&phone, "OPTIONS", number);
    }
    let (count, missing) = shown_of("127.0.0.1", &lines, Duration::from_millis(1_500));
    assert_eq!((count, missing), (2_000, None));
}

#[cfg(target_os = "linux")]
#[test]
fn it_may_open_more_files_than_a_shell_allows_at_first() {
    let directory = tempfile::tempdir().unwrap();
    let as_usual = command(directory.path(), &[]);
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -Sn 512; exec \"$0\" \"$@\""])
        .arg(as_usual.get_program())
        .args(as_usual.get_args())
        .current_dir(directory.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let mut process = command.spawn().unwrap();
    let lines = lines(BufReader::new(process.stdout.take().unwrap()));
    let is_ready = |line: String| line.contains("Ctrl-C stops the server.");
    let ready = std::iter::from_fn(|| lines.recv_timeout(PATIENCE).ok()).any(is_ready);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", process.id()));
    process.kill().unwrap();
    process.wait().unwrap();
    assert!(ready);
    let limits = limits.unwrap();
    let files = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let numbers = files.unwrap().split_whitespace();
    let numbers: Vec<u64> = numbers.filter_map(|it| it.parse().ok()).collect();
    assert_eq!(
        numbers[0],
        numbers[1].min(16_384),
        "soft and hard: {numbers:?}"
    );
}

#[test]
fn a_reader_that_stops_reading_does_not_stop_the_server() {
    let (server, _unread, _) = start(&["--trace", "--ladder"]);
    let phone = server.phone();
    // A pipe holds 64 KiB; these are ten times as many.
    for number in 0..1_000 {
        assert_eq!(server.ask(&phone, "OPTIONS", number), "SIP/2.0 200 OK");
    }
}

#[test]
fn a_reader_that_left_does_not_stop_the_server() {
    let (server, out, _) = start(&[]);
    drop(out);
    let phone = server.phone();
    for number in 0..10 {
        assert_eq!(server.ask(&phone, "OPTIONS", number), "SIP/2.0 200 OK");
    }
}

#[test]
fn it_answers_on_tcp_at_the_same_port() {
    let (server, ..) = start(&[]);
    TcpStream::connect(server.address).unwrap();
}

#[test]
fn sigterm_ends_it_in_order_and_the_control_socket_goes() {
    let (mut server, ..) = start(&[]);
    let socket = server.directory.path().join("sip.sock");
    assert!(socket.exists());
    server.signal("-TERM");
    assert_eq!(server.wait().code(), Some(0));
    assert!(!socket.exists());
}

#[test]
fn a_server_that_was_killed_can_start_again() {
    let (mut killed, ..) = start(&[]);
    killed.signal("-KILL");
    killed.wait();
    let directory = std::mem::replace(&mut killed.directory, tempfile::tempdir().unwrap());
    assert!(directory.path().join("sip.sock").exists());
    let (server, ..) = start_in(directory, &[]);
    assert_eq!(server.ask(&server.phone(), "OPTIONS", 1), "SIP/2.0 200 OK");
}

#[test]
fn a_capture_can_be_read_after_the_server_was_killed() {
    let (mut server, ..) = start(&["--pcap", "sip.pcap"]);
    let file = server.directory.path().join("sip.pcap");
    let phone = server.phone();
    assert_eq!(server.ask(&phone, "OPTIONS", 1), "SIP/2.0 200 OK");
    // The reply is written by another thread than the one that sent it.
    let whole = |capture: &[u8]| capture.ends_with(b"Content-Length: 0\r\n\r\n");
    let replied = |capture: &[u8]| capture.windows(12).any(|part| part == b"SIP/2.0 200 ");
    let deadline = std::time::Instant::now() + PATIENCE;
    while !replied(&std::fs::read(&file).unwrap()) && std::time::Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    server.signal("-KILL");
    server.wait();
    let capture = std::fs::read(&file).unwrap();
    assert_eq!(capture[..4], 0xa1b2_c3d4_u32.to_le_bytes());
    assert!(replied(&capture) && whole(&capture));
}

#[test]
fn a_capture_is_for_its_owner_alone_and_follows_no_link() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let (server, ..) = start(&["--pcap", "sip.pcap"]);
    let file = server.directory.path().join("sip.pcap");
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let elsewhere = tempfile::tempdir().unwrap();
    let letters = elsewhere.path().join("letters");
    std::fs::write(&letters, "letters").unwrap();
    symlink(&letters, elsewhere.path().join("link.pcap")).unwrap();
    let ended = command(elsewhere.path(), &["--pcap", "link.pcap"])
        .output()
        .unwrap();
    let words = String::from_utf8(ended.stderr).unwrap();
    assert!(
        words.starts_with("error: --pcap link.pcap: it is a symbolic link"),
        "{words}"
    );
    assert_eq!(std::fs::read(&letters).unwrap(), b"letters");
}

#[test]
fn a_second_server_with_the_same_control_socket_says_so_and_ends() {
    let (server, ..) = start(&[]);
    let mut second = command(server.directory.path(), &[]).spawn().unwrap();
    let words = all(second.stderr.take().unwrap());
    assert!(
        words.starts_with("error: a server is already running"),
        "{words}"
    );
    assert_eq!(words.lines().count(), 1);
    assert_eq!(second.wait().unwrap().code(), Some(1));
}

#[test]
fn a_port_that_is_taken_is_reported_in_one_line() {
    let (server, ..) = start(&[]);
    let elsewhere = tempfile::tempdir().unwrap();
    let taken = server.address.to_string();
    let mut second = command(elsewhere.path(), &["--listen", &taken])
        .spawn()
        .unwrap();
    let words = all(second.stderr.take().unwrap());
    assert!(
        words.starts_with("error: ") && words.contains(&taken),
        "{words}"
    );
    assert_eq!(words.lines().count(), 1);
    assert_eq!(second.wait().unwrap().code(), Some(1));
}

#[test]
fn what_was_typed_wrongly_has_its_own_exit_code() {
    let elsewhere = tempfile::tempdir().unwrap();
    let mut typed = command(elsewhere.path(), &["--default-expires", "9999"]);
    let ended = typed.output().unwrap();
    let words = String::from_utf8(ended.stderr).unwrap();
    assert!(
        words.starts_with("error: --default-expires 9999 is longer"),
        "{words}"
    );
    assert_eq!(ended.status.code(), Some(2));
}

#[test]
fn with_ladder_a_registration_is_drawn_when_it_is_over() {
    let (server, out, _) = start(&["--quiet", "--ladder"]);
    let lines = lines(out);
    let phone = server.phone();
    assert_eq!(server.ask(&phone, "REGISTER", 1), "SIP/2.0 200 OK");
    let at = phone.local_addr().unwrap();
    let drawn: Vec<String> = std::iter::from_fn(|| lines.recv_timeout(PATIENCE).ok())
        .take(7)
        .collect();
    assert_eq!(drawn[1], "10 registers: 200 OK", "{drawn:?}");
    assert!(drawn[4].contains(&at.to_string()), "{drawn:?}");
    assert!(
        drawn[5].contains("├───────── REGISTER ─────────▶│"),
        "{drawn:?}"
    );
    assert!(
        drawn[6].contains("│◀───────── 200 OK ───────────┤"),
        "{drawn:?}"
    );
}
