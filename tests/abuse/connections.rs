//! TCP connections that are slow, incomplete, endless or too many.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::time::Instant;

use whole_system::step::{STEPS, Server};
use whole_system::stream::{connect, read};
use whole_system::wire::{PATIENCE, Phone};
use whole_system::{text, usage};

/// Memory that connections may hold, as each has a buffer.
const GROWTH: u64 = 48 << 20;

#[test]
fn connections_that_send_a_byte_at_a_time_keep_nobody_waiting() {
    for &step in STEPS {
        let files = whole_system::directory();
        let server = Server::start(step, files.path());
        let mut slow: Vec<TcpStream> = (0..200).map(|_| connect(server.address())).collect();
        for byte in "OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/TCP".bytes() {
            for stream in &mut slow {
                // The server may have closed it by now.
                let _ = stream.write_all(&[byte]);
            }
        }
        answers_over_tcp(&server);
        assert!(server.stop().success(), "{}", step.name);
    }
}

#[test]
fn half_a_message_and_a_hang_up_leave_a_server_serving() {
    for &step in STEPS {
        let files = whole_system::directory();
        let server = Server::start(step, files.path());
        let request = options(server.address());
        for length in 0..request.len() {
            let mut stream = connect(server.address());
            stream.write_all(&request.as_bytes()[..length]).unwrap();
        }
        answers_over_tcp(&server);
        assert!(server.stop().success(), "{}", step.name);
    }
}

#[test]
fn a_message_without_end_is_cut_off() {
    for &step in STEPS {
        let files = whole_system::directory();
        let server = Server::start(step, files.path());
        let before = usage::memory(server.id());
        for line in [
            "X: 0123456789\r\n",
            "x",
            "\0",
            "Content-Length: 4294967295\r\n\r\n",
        ] {
            let mut stream = connect(server.address());
            let _ = stream.write_all(b"OPTIONS sip:x SIP/2.0\r\n");
            assert!(is_cut_off(&mut stream, line), "{}: {line:?}", step.name);
        }
        let after = usage::memory(server.id());
        assert!(
            after < before + GROWTH,
            "{}: {before} to {after}",
            step.name
        );
        answers_over_tcp(&server);
        assert!(server.stop().success(), "{}", step.name);
    }
}

#[test]
fn more_connections_than_files_leave_udp_served_and_tcp_again_when_they_go() {
    for &step in STEPS {
        let files = whole_system::directory();
        let server = Server::start_limited(step, files.path(), "-n 100"); // files and sockets
        let crowd: Vec<TcpStream> = (0..300).map(|_| connect(server.address())).collect();
        let mut phone = server.phone("11", 11);
        phone.register(600);
        drop(crowd);
        answers_over_tcp(&server);
        assert!(server.stop().success(), "{}", step.name);
    }
}

/// Checks that a new connection gets an answer, and tries again while a server recovers.
fn answers_over_tcp(server: &Server) {
    let began = Instant::now();
    loop {
        let mut stream = connect(server.address());
        let asked = stream.write_all(options(server.address()).as_bytes());
        let answer = asked.map(|()| read(&mut stream)).unwrap_or_default();
        if text::status(&answer) == Some(200) {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{answer:?}\n{}", server.log());
    }
}

fn options(server: SocketAddr) -> String {
    Phone::new("11", 11, server)
        .request("OPTIONS", &format!("sip:{server}"), "")
        .replace("SIP/2.0/UDP", "SIP/2.0/TCP")
}

/// Whether the server closes the connection before it has taken 16 MiB of `line`.
fn is_cut_off(stream: &mut TcpStream, line: &str) -> bool {
    let chunk = line.repeat((1 << 16) / line.len());
    (0..256).any(|_| stream.write_all(chunk.as_bytes()).is_err())
}
