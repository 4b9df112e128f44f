//! A chapter's server as a process, and what a phone sends it.

use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::net::{SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Long enough for a busy machine; what is waited for takes milliseconds.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct Server {
    pub process: Child,
    pub address: SocketAddr,
    pub directory: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The example, which `cargo test` builds beside this test.
pub fn program() -> Command {
    let test = std::env::current_exe().unwrap();
    let profile = test.ancestors().nth(2).unwrap();
    let program: PathBuf = profile.join("examples/chapter");
    assert!(
        program.exists(),
        "cargo build -p sip-chapter --examples makes {program:?}"
    );
    Command::new(program)
}

/// The example as a server.
pub fn command(directory: &Path, flags: &[&str]) -> Command {
    let mut command = program();
    command
        .current_dir(directory)
        .args(["--listen", "127.0.0.1:0"])
        .args(flags)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Starts the server and reads its start-up words.
pub fn start(flags: &[&str]) -> (Server, BufReader<ChildStdout>, String) {
    start_in(tempfile::tempdir().unwrap(), flags)
}

pub fn start_in(
    directory: tempfile::TempDir,
    flags: &[&str],
) -> (Server, BufReader<ChildStdout>, String) {
    let mut process = command(directory.path(), flags).spawn().unwrap();
    let mut out = BufReader::new(process.stdout.take().unwrap());
    let mut words = String::new();
    while !words.contains("Ctrl-C stops the server.\n\n") {
        let read = out.read_line(&mut words).unwrap();
        assert!(read > 0, "the server ended: {words}");
    }
    let listening = words.lines().find(|line| line.starts_with("  127.0.0.1:"));
    let address = listening.unwrap().split_whitespace().next().unwrap();
    let address = address.parse().unwrap();
    let server = Server {
        process,
        address,
        directory,
    };
    (server, out, words)
}

/// The lines that follow, each waited for with a limit.
pub fn lines(out: BufReader<ChildStdout>) -> Receiver<String> {
    let (lines, read) = channel();
    std::thread::spawn(move || {
        for line in out.lines().map_while(Result::ok) {
            if lines.send(line).is_err() {
                break;
            }
        }
    });
    read
}

impl Server {
    pub fn phone(&self) -> UdpSocket {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.connect(self.address).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket
    }

    /// Sends a request and returns the first line of what comes back.
    pub fn ask(&self, phone: &UdpSocket, method: &str, number: usize) -> String {
        phone.send(&request(phone, method, number)).unwrap();
        let mut answer = [0; 2048];
        let length = loop {
            match phone.recv(&mut answer) {
                // A machine that is frozen for a moment interrupts a wait that has a limit.
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                received => break received.unwrap(),
            }
        };
        let answer = String::from_utf8_lossy(&answer[..length]);
        answer.lines().next().unwrap().to_owned()
    }

    pub fn signal(&self, signal: &str) {
        // The shell's own: the program kill is in a package that not every machine has.
        let kill = format!("kill {signal} {}", self.process.id());
        let sent = Command::new("sh").args(["-c", &kill]).status().unwrap();
        assert!(sent.success());
    }

    pub fn wait(&mut self) -> ExitStatus {
        self.process.wait().unwrap()
    }
}

pub fn request(phone: &UdpSocket, method: &str, number: usize) -> Vec<u8> {
    let at = phone.local_addr().unwrap();
    format!(
        "{method} sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP {at};branch=z9hG4bK{number};rport\r\n\
         Max-Forwards: 70\r\nFrom: <sip:10@127.0.0.1>;tag=a\r\nTo: <sip:10@127.0.0.1>\r\n\
         Call-ID: {number}\r\nCSeq: 1 {method}\r\nContact: <sip:10@{at}>\r\n\
         Content-Length: 0\r\n\r\n"
    )
    .into_bytes()
}

pub fn all(mut from: ChildStderr) -> String {
    let mut text = String::new();
    from.read_to_string(&mut text).unwrap();
    text
}
