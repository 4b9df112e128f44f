//! A client of the page's server that sends exactly what a test says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long a test waits for an event.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Clone, Copy)]
pub struct Client {
    pub address: SocketAddr,
}

/// An answer: its status line with the header fields, and its body.
pub struct Answer {
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn status(&self) -> u16 {
        self.head.split(' ').nth(1).unwrap().parse().unwrap()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Client {
    /// Sends a request with these header fields and no others.
    pub fn send(&self, line: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut stream = self.open(line, headers, body);
        let mut all = Vec::new();
        stream.read_to_end(&mut all).unwrap();
        let end = all.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        Answer {
            head: String::from_utf8_lossy(&all[..end]).into_owned(),
            body: all[end + 4..].to_vec(),
        }
    }

    fn open(&self, line: &str, headers: &[(&str, &str)], body: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(300)))
            .unwrap();
        let mut head = format!("{line} HTTP/1.1\r\nConnection: close\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
        stream.write_all(head.as_bytes()).unwrap();
        // A server that refuses does not read the rest.
        let _ = stream.write_all(body);
        stream
    }

    /// Asks as the page does.
    pub fn ask(&self, line: &str, body: &[u8]) -> Answer {
        let host = self.address.to_string();
        let json = ("Content-Type", "application/json");
        self.send(line, &[("Host", &host), json], body)
    }

    pub fn get(&self, path: &str) -> Value {
        let answer = self.ask(&format!("GET {path}"), b"");
        assert_eq!(answer.status(), 200, "{path}: {}", answer.text());
        serde_json::from_slice(&answer.body).unwrap()
    }

    pub fn post(&self, path: &str, body: impl AsRef<[u8]>) -> Value {
        let answer = self.ask(&format!("POST {path}"), body.as_ref());
        assert_eq!(answer.status(), 200, "{path}: {}", answer.text());
        serde_json::from_slice(&answer.body).unwrap()
    }

    /// Follows a source as a page does.
    pub fn follow(&self, source: &str) -> Events {
        let host = self.address.to_string();
        let line = format!("GET /api/sources/{source}/events");
        let stream = self.open(&line, &[("Host", &host)], b"");
        let lines = BufReader::new(Chunks {
            stream: BufReader::new(stream),
            left: None,
        });
        Events { lines }
    }
}

/// Events of a source.
pub struct Events {
    lines: BufReader<Chunks>,
}

impl Events {
    /// The next event: its name and its data.
    pub fn next(&mut self) -> (String, Value) {
        let mut name = String::new();
        let began = Instant::now();
        loop {
            assert!(began.elapsed() < PATIENCE, "it never comes");
            let mut line = String::new();
            assert!(
                self.lines.read_line(&mut line).unwrap() > 0,
                "the events end"
            );
            if let Some(event) = line.strip_prefix("event: ") {
                event.trim().clone_into(&mut name);
            } else if let Some(data) = line.strip_prefix("data: ") {
                return (name, serde_json::from_str(data.trim()).unwrap());
            }
        }
    }

    /// The first message that fits, and everything that came before it.
    pub fn message(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        self.find("messages", fits)
    }

    /// The first object in a list of events of that name that fits.
    pub fn find(&mut self, list: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            assert!(began.elapsed() < PATIENCE, "it never comes");
            let (name, data) = self.next();
            if name == list
                && let Some(found) = data[list].as_array().unwrap().iter().find(|it| fits(it))
            {
                return found.clone();
            }
        }
    }
}

/// A body in chunks (RFC 9112 §7.1), without their lengths; the head is skipped.
struct Chunks {
    stream: BufReader<TcpStream>,
    /// What is left of a chunk; `None` before the head was read.
    left: Option<usize>,
}

impl Read for Chunks {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let mut line = String::new();
        if self.left.is_none() {
            while line != "\r\n" {
                line.clear();
                self.stream.read_line(&mut line)?;
            }
            self.left = Some(0);
        }
        if self.left == Some(0) {
            line.clear();
            self.stream.read_line(&mut line)?;
            self.left = Some(usize::from_str_radix(line.trim(), 16).unwrap_or(0));
        }
        let left = self.left.unwrap();
        let most = left.min(buffer.len());
        let read = self.stream.read(&mut buffer[..most])?;
        self.left = Some(left - read);
        if left == read {
            let mut end = [0; 2];
            self.stream.read_exact(&mut end)?;
        }
        Ok(read)
    }
}
