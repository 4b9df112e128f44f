//! A server that a page starts, and leaves running.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::process::{Child, Command};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::failure::Failure;
use crate::gathered::Gathered;
use crate::program::{drain, wait};

/// How long a server has for its start and for its end.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server that runs; it ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    line: String,
    child: Child,
    printed: Gathered,
    stderr: Option<JoinHandle<String>>,
}

impl Server {
    /// Starts what was typed as `line`, and waits until it answers at `address`.
    pub(crate) fn start(line: &str, mut command: Command, address: &str) -> Result<Self, Failure> {
        let mut child = command.spawn()?;
        let printed = Gathered::of(child.stdout.take());
        let stderr = Some(drain(child.stderr.take()));
        let server = Self {
            line: line.to_owned(),
            child,
            printed,
            stderr,
        };
        if answers(address)? {
            return Ok(server);
        }
        server.stop()?;
        Err(Failure::new(format!(
            "no answer to OPTIONS within {PATIENCE:?}"
        )))
    }

    /// What it has printed to its standard output.
    pub(crate) fn printed(&self) -> String {
        self.printed.text()
    }

    /// Interrupts it; it must end well.
    pub(crate) fn stop(mut self) -> Result<(), Failure> {
        // The shell's own: the program kill is in a package that not every machine has.
        let kill = format!("kill -INT {}", self.child.id());
        let _ = Command::new("sh").args(["-c", &kill]).status();
        let ended = wait(&mut self.child, PATIENCE).and_then(|is_well| {
            if is_well {
                Ok(())
            } else {
                let said = self.stderr.take().and_then(|thread| thread.join().ok());
                let said = said.unwrap_or_default();
                Err(Failure::new(format!("failed at its end: {said}")))
            }
        });
        ended.map_err(|p| p.at(format!("`{}`", self.line)))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a SIP server at that address answers OPTIONS with 200.
fn answers(server: &str) -> Result<bool, Failure> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    let wait = Duration::from_millis(200);
    socket.set_read_timeout(Some(wait))?;
    let server: SocketAddr = server.parse().map_err(|_| Failure::new(server))?;
    let me = socket.local_addr()?;
    let mut reply = [0; 2048];
    for attempt in 0..PATIENCE.as_millis() / wait.as_millis() {
        let options = format!(
            "OPTIONS sip:{server} SIP/2.0\r\nVia: SIP/2.0/UDP {me};branch=z9hG4bK-{attempt};rport\r\n\
             Max-Forwards: 70\r\nFrom: <sip:probe@{me}>;tag=probe\r\nTo: <sip:{server}>\r\n\
             Call-ID: probe-{attempt}@{me}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
        );
        // Before the server is up, a loopback socket reports the port as closed.
        let heard = socket
            .send_to(options.as_bytes(), server)
            .and_then(|_| socket.recv(&mut reply));
        match heard {
            Ok(length) => return Ok(reply[..length].starts_with(b"SIP/2.0 200 ")),
            Err(_) => std::thread::sleep(wait / 10),
        }
    }
    Ok(false)
}
