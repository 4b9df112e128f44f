//! Phones that are sockets: they send what a scene says, answer what reaches them, and write
//! down what they got.

use std::collections::{BTreeMap, BTreeSet};
use std::thread::sleep;
use std::time::{Duration, Instant};

use whole_system::text;

use crate::ask::Ask;
use crate::callee::Manner;
use crate::exchange::{Exchange, acknowledgement, summary};
use crate::line::Line;
use crate::servers::Server;

/// T1 of RFC 3261: when an unanswered request is sent again.
const T1: Duration = Duration::from_millis(500);

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(10);

const POLL: Duration = Duration::from_micros(200);

/// The hosts of the stage: phones 10 and 11, a second phone of 11, a stranger, a carrier.
const HOSTS: [u8; 5] = [10, 11, SECOND, STRANGER, CARRIER];

/// Where 11 has a second phone, in the scenes that fork.
pub const SECOND: u8 = 21;

/// Nobody knows the one at this host.
pub const STRANGER: u8 = 66;

/// A carrier, in chapter 7; a host that is none of ours, before.
pub const CARRIER: u8 = 102;

/// The stage: one server, its hosts, and what was heard so far.
pub struct Stage {
    /// The server of this play.
    pub server: Server,
    pub(crate) lines: BTreeMap<u8, Line>,
    pub(crate) serial: u32,
    heard: Vec<String>,
    /// What reached the hosts in answer to the last request, and what its sender heard.
    pub(crate) told: Vec<(u8, String)>,
    answers: Vec<String>,
    pub(crate) manners: BTreeMap<u8, Manner>,
    /// The INVITEs that ring, by host.
    pub(crate) ringing: BTreeMap<u8, String>,
    /// Which host refused which call.
    pub(crate) refused: BTreeSet<(u8, String)>,
    /// Requests that were told.
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
            told: Vec::new(),
            answers: Vec::new(),
            manners: BTreeMap::new(),
            ringing: BTreeMap::new(),
            refused: BTreeSet::new(),
            seen: BTreeSet::new(),
        }
    }

    /// From now on the host is connected to the server over TCP, by a new connection.
    pub fn connect(&mut self, host: u8) {
        let line = Line::connection(host, self.server.address());
        self.lines.insert(host, line);
    }

    /// The host ends its connection, and is at a UDP port again.
    pub fn disconnect(&mut self, host: u8) {
        if let Some(line) = self.lines.insert(host, Line::datagrams(host)) {
            line.close();
        }
    }

    /// What was heard since this was asked last, in one line.
    pub fn take_heard(&mut self) -> String {
        self.write_down();
        std::mem::take(&mut self.heard).join("; ")
    }

    /// Whether what a host got had this in it.
    pub fn has_told(&self, what: &str) -> bool {
        self.told.iter().any(|(_, told)| told.contains(what))
    }

    /// What was heard so far is not the point.
    pub fn forget(&mut self) {
        self.write_down();
        self.heard.clear();
    }

    /// What reached the hosts comes first, in the order of the hosts: there is none between
    /// sockets.
    fn write_down(&mut self) {
        self.told.sort_by_key(|(host, _)| *host);
        self.heard.extend(self.told.drain(..).map(|(_, told)| told));
        self.heard.append(&mut self.answers);
    }

    /// Sends a request and hears what comes of it, until it is answered.
    pub fn play(&mut self, ask: &Ask) -> Exchange {
        let request = self.text(ask);
        self.play_text(ask.from_host, &request)
    }

    /// The same with a text.
    pub fn play_text(&mut self, from_host: u8, request: &str) -> Exchange {
        let method = text::method(request).expect("it is no response");
        let exchange = self.converse(from_host, request, Until(method, 200, 1));
        self.acknowledge(from_host, &exchange);
        exchange
    }

    /// Sends an INVITE and hears it ring at so many phones.
    pub fn ring(&mut self, ask: &Ask, phones: usize) -> Exchange {
        let request = self.text(ask);
        self.converse(ask.from_host, &request, Until("INVITE", 180, phones))
    }

    /// Hears what becomes of an INVITE that rings.
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

    /// Cancels an INVITE that rings, and hears what becomes of both.
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
        self.write_down();
        let before = self.heard.len();
        self.send(from_host, request);
        let mut probe = self.ask("INFO", from_host, "10", "");
        probe.hops = 0;
        let probe = self.text(&probe);
        // In the same Call-ID, so that an answer to the request is heard.
        let of = |text| text::header(text, "Call-ID").expect("every request has it");
        let probe = probe.replace(of(&probe), of(request));
        self.converse(from_host, &probe, Until("INFO", 200, 1));
        // The answer to the probe is not the scene's.
        self.answers.pop();
        self.write_down();
        if self.heard.len() == before {
            self.heard.push("silence".into());
        }
    }

    /// Sends without hearing.
    pub fn send(&self, from_host: u8, message: &str) {
        self.lines[&from_host].send(message, self.server.address());
    }

    /// Waits for a request that reaches a host when the sender has its answer already. What
    /// does not come is not told.
    pub fn wait_for(&mut self, host: u8, method: &str) {
        let began = Instant::now();
        let start = format!("{host} gets {method}");
        let came = |(_, told): &(u8, String)| told.starts_with(&start);
        while !self.told.iter().any(came) && began.elapsed() < PATIENCE {
            match self.next() {
                Some((host, message)) if text::status(&message).is_none() => {
                    self.take_request(host, &message);
                }
                _ => sleep(POLL),
            }
        }
    }

    /// Sends a request, and hears what comes of it.
    fn converse(&mut self, from_host: u8, request: &str, until: Until<'_>) -> Exchange {
        self.write_down();
        self.send(from_host, request);
        Exchange {
            request: request.to_owned(),
            answer: self.hear(from_host, request, until),
        }
    }

    /// Hears the responses in a request's call until there are enough, and answers what reaches
    /// the others meanwhile. The last response is the answer.
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

    /// A refused INVITE is acknowledged.
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
