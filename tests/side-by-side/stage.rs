//! Phones that are sockets: they send what a scene says, answer what reaches them, and write
//! down what they got.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::UdpSocket;
use std::thread::sleep;
use std::time::{Duration, Instant};

use whole_system::{address, text};

use crate::ask::Ask;
use crate::exchange::{Exchange, acknowledgement, parameter, summary};
use crate::servers::Server;

/// T1 of RFC 3261: when an unanswered request is sent again.
const T1: Duration = Duration::from_millis(500);

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(10);

const POLL: Duration = Duration::from_micros(200);

/// The hosts of the stage: phones 10 and 11, a stranger, a carrier.
const HOSTS: [u8; 4] = [10, 11, STRANGER, CARRIER];

/// Nobody knows the one at this host.
pub const STRANGER: u8 = 66;

/// A carrier, in chapter 7; a host that is none of ours, before.
pub const CARRIER: u8 = 102;

/// The stage: one server, four hosts, and what was heard so far.
pub struct Stage {
    /// The server of this play.
    pub server: Server,
    pub(crate) sockets: BTreeMap<u8, UdpSocket>,
    heard: Vec<String>,
    pub(crate) serial: u32,
    /// Whether phones that are called only ring.
    pub only_ringing: bool,
    ringing: Option<String>,
}

impl Stage {
    /// A stage around a server.
    pub fn new(server: Server) -> Self {
        let socket = |host| {
            let socket = address::socket(host);
            socket.set_nonblocking(true).expect("a socket can");
            (host, socket)
        };
        Self {
            server,
            sockets: HOSTS.into_iter().map(socket).collect(),
            heard: Vec::new(),
            serial: 0,
            only_ringing: false,
            ringing: None,
        }
    }

    /// What was heard since this was asked last, in one line.
    pub fn take_heard(&mut self) -> String {
        std::mem::take(&mut self.heard).join("; ")
    }

    /// What was heard so far is not the point.
    pub fn forget(&mut self) {
        self.heard.clear();
    }

    /// Sends a request and hears what comes of it, until it is answered.
    pub fn play(&mut self, ask: &Ask) -> Exchange {
        let request = self.text(ask);
        self.play_text(ask.from_host, &request)
    }

    /// The same with a text.
    pub fn play_text(&mut self, from_host: u8, request: &str) -> Exchange {
        let until = if self.only_ringing && request.starts_with("INVITE") {
            180
        } else {
            200
        };
        let method = text::method(request).expect("it is no response");
        let answers = self.converse(from_host, request, (method, until));
        let last = answers.last().cloned().unwrap_or_default();
        let refused = text::status(&last) >= Some(300);
        if refused && request.starts_with("INVITE") {
            self.send(from_host, &acknowledgement(request, &last));
        }
        Exchange {
            request: request.to_owned(),
            answer: last,
        }
    }

    /// Cancels an INVITE that rings, and hears what becomes of both.
    pub fn cancel(&mut self, from_host: u8, ringing: &Exchange) {
        let cancel = ringing.request.replace("INVITE sip", "CANCEL sip");
        let cancel = cancel.replace(" INVITE\r\n", " CANCEL\r\n");
        let answers = self.converse(from_host, &cancel, ("INVITE", 200));
        let last = answers.last().expect("it waited for one");
        self.send(from_host, &acknowledgement(&ringing.request, last));
    }

    /// The request again, with an answer to the challenge it got.
    pub fn play_again(
        &mut self,
        ask: &Ask,
        challenged: &Exchange,
        user: &str,
        password: &str,
    ) -> Exchange {
        let line = challenged.answer_as(user, password);
        self.play_with(ask, &line)
    }

    /// The request with another header line.
    pub fn play_with(&mut self, ask: &Ask, line: &str) -> Exchange {
        let request = self.text(ask);
        let request = request.replace("Content-Length:", &format!("{line}Content-Length:"));
        self.play_text(ask.from_host, &request)
    }

    /// Sends a request nobody answers: an ACK, or one the server is to drop. What follows it
    /// from the same socket is answered after it.
    pub fn play_silent(&mut self, from_host: u8, request: &str) {
        self.send(from_host, request);
        let mut probe = self.ask("INFO", from_host, "10", "");
        probe.hops = 0;
        let probe = self.text(&probe);
        // In the same Call-ID, so that an answer to the request is heard.
        let of = |text| text::header(text, "Call-ID").expect("every request has it");
        let probe = probe.replace(of(&probe), of(request));
        let before = self.heard.len();
        self.converse(from_host, &probe, ("INFO", 200));
        // The answer to the probe is not the scene's.
        self.heard.pop();
        if self.heard.len() == before {
            self.heard.push("silence".into());
        }
    }

    /// Sends without hearing.
    pub fn send(&self, from_host: u8, message: &str) {
        let _ = self.sockets[&from_host].send_to(message.as_bytes(), self.server.address());
    }

    /// Sends a request, answers what reaches the others, and hears the responses with its Call-ID
    /// until one to the given method has at least the given status. Others' requests are told
    /// first: there is no order between sockets.
    fn converse(&mut self, from_host: u8, request: &str, until: (&str, u16)) -> Vec<String> {
        let call_id = text::header(request, "Call-ID").map(str::to_owned);
        let (began, mut answers, mut last_sent) = (Instant::now(), Vec::new(), None::<Instant>);
        while began.elapsed() < PATIENCE {
            if answers.is_empty() && last_sent.is_none_or(|at| at.elapsed() > T1) {
                self.send(from_host, request);
                last_sent = Some(Instant::now());
            }
            let Some((host, message)) = self.next() else {
                sleep(POLL);
                continue;
            };
            let Some(status) = text::status(&message) else {
                self.take_request(host, &message);
                continue;
            };
            let ours = text::header(&message, "Call-ID").map(str::to_owned) == call_id;
            if host == from_host && ours && !answers.contains(&message) {
                let (method, least) = until;
                let cseq = text::header(&message, "CSeq").expect("every response has it");
                let done = status >= least && cseq.ends_with(method);
                answers.push(message);
                if done {
                    self.heard
                        .extend(answers.iter().map(|answer| summary(answer)));
                    return answers;
                }
            }
        }
        panic!("no answer ({until:?}) to:\n{request}\nbut {answers:?}");
    }

    fn next(&self) -> Option<(u8, String)> {
        let mut buffer = [0; 65_536];
        self.sockets
            .iter()
            .find_map(|(&host, socket)| match socket.recv_from(&mut buffer) {
                Ok((length, _)) => Some((
                    host,
                    String::from_utf8_lossy(&buffer[..length]).into_owned(),
                )),
                Err(error) if error.kind() == ErrorKind::WouldBlock => None,
                // What an earlier datagram to a killed server came to.
                Err(_) => None,
            })
    }

    /// A request that reached a phone: told, and answered.
    fn take_request(&mut self, host: u8, request: &str) {
        let method = text::method(request).expect("it is no response").to_owned();
        let credentials: Vec<_> = text::lines(request)
            .filter(|(name, _)| name.to_ascii_lowercase().ends_with("authorization"))
            .map(|(name, value)| format!("{name} for {}", parameter(value, "realm").unwrap_or("?")))
            .collect();
        let with = if credentials.is_empty() {
            String::new()
        } else {
            format!(" with {}", credentials.join(", "))
        };
        let told = format!("{host} gets {method}{with}");
        if !self.heard.contains(&told) {
            self.heard.push(told);
        }
        match method.as_str() {
            "ACK" => {}
            "INVITE" => {
                self.answer(host, request, "180 Ringing");
                if self.only_ringing {
                    self.ringing = Some(request.to_owned());
                } else {
                    self.answer(host, request, "200 OK");
                }
            }
            "CANCEL" => {
                self.answer(host, request, "200 OK");
                let invite = self.ringing.take().expect("only what rings is cancelled");
                self.answer(host, &invite, "487 Request Terminated");
            }
            _ => self.answer(host, request, "200 OK"),
        }
    }

    fn answer(&self, host: u8, request: &str, status: &str) {
        let copied: String = text::lines(request)
            .filter(|(name, _)| {
                let copied = ["Via", "Record-Route", "From", "Call-ID", "CSeq"];
                copied.iter().any(|other| name.eq_ignore_ascii_case(other))
            })
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let to = text::header(request, "To").expect("every request has To");
        let tag = if to.contains(";tag=") {
            String::new()
        } else {
            format!(";tag=t{host}")
        };
        let contact = self.at(host);
        self.send(
            host,
            &format!(
                "SIP/2.0 {status}\r\n{copied}To: {to}{tag}\r\n\
                 Contact: <sip:{host}@{contact}>\r\nContent-Length: 0\r\n\r\n"
            ),
        );
    }
}
