//! The phones of a scene, on real sockets: they send its requests, answer what reaches them,
//! and note what they hear.

use std::collections::{BTreeMap, BTreeSet};
use std::thread::sleep;
use std::time::{Duration, Instant};

use whole_system::text;

use crate::ask::Ask;
use crate::callee::Manner;
use crate::exchange::{Exchange, acknowledgement, summary};
use crate::line::Line;
use crate::servers::Server;

/// T1 of RFC 3261: the time before an unanswered request is sent again.
const T1: Duration = Duration::from_millis(500);

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(10);

const POLL: Duration = Duration::from_micros(200);

/// The hosts of the stage: phones 10 and 11, a second phone of 11, a stranger, a carrier.
const HOSTS: [u8; 5] = [10, 11, SECOND, STRANGER, CARRIER];

/// The second phone of 11, in the scenes that fork.
pub const SECOND: u8 = 21;

/// A host that neither server knows.
pub const STRANGER: u8 = 66;

/// A carrier in chapter 7; before, a foreign host.
pub const CARRIER: u8 = 102;

/// The stage: one server, its hosts, and what they heard so far.
pub struct Stage {
    /// The server of this play.
    pub server: Server,
    pub(crate) lines: BTreeMap<u8, Line>,
    pub(crate) serial: u32,
    heard: Vec<String>,
    /// What reached the hosts since the last request.
    pub(crate) reached: Vec<(u8, String)>,
    /// What the sender of the last request heard.
    answers: Vec<String>,
    pub(crate) manners: BTreeMap<u8, Manner>,
    /// The INVITEs that ring, by host.
    pub(crate) ringing: BTreeMap<u8, String>,
    /// The calls that each host refused, by Call-ID.
    pub(crate) refused: BTreeSet<(u8, String)>,
    /// Requests that are noted already.
    pub(crate) seen: BTreeSet<String>,
}

/// When a sender has heard enough: this many responses to this method with at least this status.
#[derive(Clone, Copy)]
struct Until<'m>(&'m str, u16, usize);

impl Stage {
    /// A stage around a server.
    pub fn new(server: Server) -> Self {
        let lines = HOSTS.map(|host| (host, Line::datagrams(host)));
        Self {
            server,
            lines: lines.into(),
            serial: 0,
            heard: Vec::new(),
            reached: Vec::new(),
            answers: Vec::new(),
            manners: BTreeMap::new(),
            ringing: BTreeMap::new(),
            refused: BTreeSet::new(),
            seen: BTreeSet::new(),
        }
    }

    /// Connects the host to the server over a new TCP connection.
    pub fn connect(&mut self, host: u8) {
        let line = Line::connection(host, self.server.address());
        self.lines.insert(host, line);
    }

    /// Ends the host's connection; it is at a UDP port again.
    pub fn disconnect(&mut self, host: u8) {
        if let Some(line) = self.lines.insert(host, Line::datagrams(host)) {
            line.close();
        }
    }

    /// What the hosts heard since the last call, in one line.
    pub fn take_heard(&mut self) -> String {
        self.write_down();
        std::mem::take(&mut self.heard).join("; ")
    }

    /// Whether something with this text reached a host.
    pub fn has_reached(&self, what: &str) -> bool {
        self.reached.iter().any(|(_, noted)| noted.contains(what))
    }

    /// Forgets what was heard so far: it is not the point of the scene.
    pub fn forget(&mut self) {
        self.write_down();
        self.heard.clear();
    }

    /// What reached the hosts comes first, in the order of the hosts: sockets have no order among
    /// themselves.
    fn write_down(&mut self) {
        self.reached.sort_by_key(|(host, _)| *host);
        self.heard
            .extend(self.reached.drain(..).map(|(_, noted)| noted));
        self.heard.append(&mut self.answers);
    }

    /// Sends a request and listens until it has its final response.
    pub fn play(&mut self, ask: &Ask) -> Exchange {
        let request = self.text(ask);
        self.play_text(ask.from_host, &request)
    }

    /// The same with a text.
    pub fn play_text(&mut self, from_host: u8, request: &str) -> Exchange {
        let method = text::method(request).expect("it is a request");
        let exchange = self.converse(from_host, request, Until(method, 200, 1));
        self.acknowledge(from_host, &exchange);
        exchange
    }

    /// Sends an INVITE and listens until it rings at `phones` phones.
    pub fn ring(&mut self, ask: &Ask, phones: usize) -> Exchange {
        let request = self.text(ask);
        self.converse(ask.from_host, &request, Until("INVITE", 180, phones))
    }

    /// Listens for the final response to a ringing INVITE.
    pub fn outcome(&mut self, from_host: u8, ringing: &Exchange) -> Exchange {
        self.write_down();
        let request = &ringing.request;
        let answer = self.hear(from_host, request, Until("INVITE", 200, 1));
        let exchange = Exchange {
            request: request.clone(),
            answer,
        };
        self.acknowledge(from_host, &exchange);
        exchange
    }

    /// Cancels a ringing INVITE, and listens for both final responses.
    pub fn cancel(&mut self, from_host: u8, ringing: &Exchange) {
        let cancel = ringing.request.replace("INVITE sip", "CANCEL sip");
        let cancel = cancel.replace(" INVITE\r\n", " CANCEL\r\n");
        let cancelled = self.converse(from_host, &cancel, Until("INVITE", 200, 1));
        let invite = Exchange {
            request: ringing.request.clone(),
            ..cancelled
        };
        self.acknowledge(from_host, &invite);
    }

    /// Sends the request again, with an answer to its challenge.
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

    /// Sends the request with another header line.
    pub fn play_with(&mut self, ask: &Ask, line: &str) -> Exchange {
        let request = self.text(ask);
        let request = request.replace("Content-Length:", &format!("{line}Content-Length:"));
        self.play_text(ask.from_host, &request)
    }

    /// Sends a request that gets no answer: an ACK, or one that the server should drop. Then it
    /// sends a probe from the same socket, which the server answers after it.
    pub fn play_silent(&mut self, from_host: u8, request: &str) {
        self.write_down();
        let before = self.heard.len();
        self.send(from_host, request);
        let mut probe = self.ask("INFO", from_host, "10", "");
        probe.hops = 0;
        let probe = self.text(&probe);
        // In the same Call-ID, so that an answer to the request would be heard.
        let of = |text| text::header(text, "Call-ID").expect("every request has it");
        let probe = probe.replace(of(&probe), of(request));
        self.converse(from_host, &probe, Until("INFO", 200, 1));
        // The answer to the probe is not part of the scene.
        self.answers.pop();
        self.write_down();
        if self.heard.len() == before {
            self.heard.push("silence".into());
        }
    }

    /// Sends without listening.
    pub fn send(&self, from_host: u8, message: &str) {
        self.lines[&from_host].send(message, self.server.address());
    }

    /// Waits for a request that reaches a host after the sender has its answer. A request that
    /// never comes is not noted.
    pub fn wait_for(&mut self, host: u8, method: &str) {
        let began = Instant::now();
        let start = format!("{host} gets {method}");
        let came = |(_, noted): &(u8, String)| noted.starts_with(&start);
        while !self.reached.iter().any(came) && began.elapsed() < PATIENCE {
            match self.next() {
                Some((host, message)) if text::status(&message).is_none() => {
                    self.take_request(host, &message);
                }
                _ => sleep(POLL),
            }
        }
    }

    /// Sends a request, and listens.
    fn converse(&mut self, from_host: u8, request: &str, until: Until<'_>) -> Exchange {
        self.write_down();
        self.send(from_host, request);
        Exchange {
            request: request.to_owned(),
            answer: self.hear(from_host, request, until),
        }
    }

    /// Listens for responses in a request's call until there are enough, and answers what reaches
    /// the other hosts meanwhile. The last response is the answer.
    fn hear(&mut self, from_host: u8, request: &str, until: Until<'_>) -> String {
        let call_id = text::header(request, "Call-ID").map(str::to_owned);
        let began = Instant::now();
        let (mut answers, mut last_sent, mut enough) = (Vec::new(), began, 0);
        while began.elapsed() < PATIENCE {
            let repeats = answers.is_empty() && !self.lines[&from_host].is_reliable();
            if repeats && last_sent.elapsed() > T1 {
                self.send(from_host, request);
                last_sent = Instant::now();
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
                let Until(method, least, count) = until;
                let cseq = text::header(&message, "CSeq").expect("every response has it");
                enough += usize::from(status >= least && cseq.ends_with(method));
                self.answers.push(summary(&message));
                answers.push(message);
                if enough == count {
                    return answers.pop().unwrap_or_default();
                }
            }
        }
        let Until(method, least, _) = until;
        panic!("no {least} to {method}:\n{request}\nbut {answers:?}");
    }

    /// Acknowledges a refused INVITE.
    fn acknowledge(&self, from_host: u8, exchange: &Exchange) {
        let Exchange { request, answer } = exchange;
        if request.starts_with("INVITE") && text::status(answer) >= Some(300) {
            self.send(from_host, &acknowledgement(request, answer));
        }
    }

    fn next(&mut self) -> Option<(u8, String)> {
        self.lines
            .iter_mut()
            .find_map(|(&host, line)| Some((host, line.receive()?)))
    }
}
