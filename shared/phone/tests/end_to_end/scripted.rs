//! A server whose answers are written in the test: each request gets the next of them.

use std::io::Write;
use std::net::{SocketAddr, UdpSocket};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use crate::support::{Ended, Running};

/// How long a phone may take for its next request.
const LIMIT: Duration = Duration::from_secs(30);

/// An answer: its status line, and header lines of its own, in which SERVER is its address.
#[derive(Clone, Copy)]
pub struct Answer {
    status: &'static str,
    lines: &'static str,
    contact: Contact,
}

/// Whether the answer has the Contact of the request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Contact {
    Repeated,
    Left,
}

impl Answer {
    /// An answer without the request's Contact.
    pub const fn new(status: &'static str, lines: &'static str) -> Self {
        let contact = Contact::Left;
        Self {
            status,
            lines,
            contact,
        }
    }

    /// `200 OK` that lists the Contact of the request.
    pub const fn registered() -> Self {
        Self {
            status: "200 OK",
            lines: "Expires: 150\r\n",
            contact: Contact::Repeated,
        }
    }

    fn to(self, request: &str, server: SocketAddr) -> String {
        let mut out = format!("SIP/2.0 {}\r\n", self.status);
        for line in request.lines() {
            let name = line.split(':').next().unwrap_or_default();
            let copied = matches!(name, "Via" | "From" | "Call-ID" | "CSeq")
                || name == "Contact" && self.contact == Contact::Repeated;
            match name {
                "To" if line.contains(";tag=") => out += &format!("{line}\r\n"),
                "To" => out += &format!("{line};tag=scripted\r\n"),
                _ if copied => out += &format!("{line}\r\n"),
                _ => {}
            }
        }
        out + &self.lines.replace("SERVER", &server.to_string()) + "Content-Length: 0\r\n\r\n"
    }
}

/// The server. It ends when it has given its last answer.
pub struct Scripted {
    pub address: SocketAddr,
    requests: mpsc::Receiver<String>,
    thread: Option<JoinHandle<()>>,
}

impl Scripted {
    pub fn start(answers: &[Answer]) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(LIMIT)).unwrap();
        let address = socket.local_addr().unwrap();
        let (heard, requests) = mpsc::channel();
        let answers = answers.to_vec();
        let thread = std::thread::spawn(move || {
            for answer in answers {
                let Some((request, from)) = next_request(&socket) else {
                    return;
                };
                let _ = socket.send_to(answer.to(&request, address).as_bytes(), from);
                let _ = heard.send(request);
            }
        });
        Self {
            address,
            requests,
            thread: Some(thread),
        }
    }

    /// Runs the command to its end; what it printed, and the requests that came.
    pub fn phone(self, words: &[&str]) -> (Ended, Vec<String>) {
        self.phone_reading("", words)
    }

    /// The same with a standard input.
    pub fn phone_reading(mut self, input: &str, words: &[&str]) -> (Ended, Vec<String>) {
        let mut command = self.command(words);
        command.stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).unwrap();
        drop(stdin);
        let ended = child.wait_with_output().unwrap();
        self.end();
        (ended.into(), self.requests.try_iter().collect())
    }

    /// Starts the command, and reads what it prints until a line has this in it.
    pub fn start_phone(&self, words: &[&str], until: &str) -> Running {
        let mut command = self.command(words);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut running = Running::new(command.spawn().unwrap());
        running.read_until(until);
        running
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_phone"));
        let server = self.address.to_string();
        command
            .args(["--server", &server, "--timeout", "2"])
            .args(words);
        command
    }

    fn end(&mut self) {
        // It may wait for a request that the phone rightly never sends.
        let stop = UdpSocket::bind("127.0.0.1:0").unwrap();
        stop.send_to(b"STOP", self.address).unwrap();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// ACKs want no answer.
fn next_request(socket: &UdpSocket) -> Option<(String, SocketAddr)> {
    let mut buffer = [0; 65_536];
    loop {
        let (length, from) = socket.recv_from(&mut buffer).ok()?;
        let request = String::from_utf8_lossy(&buffer[..length]).into_owned();
        match request.split(' ').next() {
            Some("STOP") => return None,
            Some("ACK") => {}
            _ => return Some((request, from)),
        }
    }
}
