//! Makes wrong messages out of right ones, from a seed, so that each failure can be repeated.

use sip_digest::{Algorithm, Calculation, Credentials, Protected, Qop, Secret};
use sip_message::{HeaderName, Reply, Request};
use sip_stage::Recording;

/// The realm and the nonce of challenges that are not ours.
pub const FORGED: &str = "4627ffff00000000f0f0f0f0f0f0f0f0f0f0f0f0";

/// Challenges a phone writes in its server's name.
const CHALLENGES: [&str; 4] = [
    "Proxy-Authenticate: Digest realm=\"192.168.1.15\", nonce=\"NONCE\", qop=\"auth\"\r\n",
    "WWW-Authenticate: DIGEST nonce=\"NONCE\",  realm = \"192.168.1\\.15\"\r\n",
    "proxy-authenticate : Digest realm=\"other\", nonce=\"n\"\r\n\
     Proxy-Authenticate:\r\n Digest realm=\"192.168.1.15\",nonce=\"NONCE\"\r\n",
    "Proxy-Authenticate: Digest realm=\"carrier.example\", nonce=\"n\"\r\n",
];

/// Request-URIs, Contacts and Routes that lead to somebody.
const PLACES: [&str; 8] = [
    "sip:11@192.168.1.15",
    "sip:10@192.168.1.15",
    "sip:0041215500000@10.0.1.102",
    "sip:11@192.168.1.11:5060",
    "sip:66@203.0.113.66",
    "sip:192.168.1.15;lr",
    "tel:+41215500000",
    "sips:11@192.168.1.15",
];

/// Xorshift64* (Vigna 2014): enough to mix with, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % below.max(1)
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len())]
    }
}

/// A message as its start line, its header lines and its body.
#[derive(Clone)]
struct Parts {
    start: String,
    headers: Vec<String>,
    body: String,
}

impl Parts {
    fn of(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let mut lines = head.split("\r\n").map(str::to_owned);
        Self {
            start: lines.next().unwrap_or_default(),
            headers: lines.collect(),
            body: body.to_owned(),
        }
    }

    fn print(&self) -> Vec<u8> {
        let headers = self.headers.join("\r\n");
        format!("{}\r\n{headers}\r\n\r\n{}", self.start, self.body).into_bytes()
    }

    fn at(&self, name: &str) -> Option<usize> {
        let named = |line: &String| line.split(':').next().is_some_and(|n| is(n, name));
        self.headers.iter().position(named)
    }
}

fn is(name: &str, other: &str) -> bool {
    name.trim().eq_ignore_ascii_case(other)
}

/// Mixes the messages of honest calls.
pub struct Mixer {
    said: Vec<Parts>,
    dice: Dice,
    branches: usize,
    /// The nonces that phones 10 and 11 may answer, and how often they have.
    nonces: [String; 2],
    answers: u32,
}

impl Mixer {
    /// Mixes what was said here.
    pub fn new(honest: &Recording, seed: u64) -> Self {
        Self {
            said: honest.messages().map(|message| Parts::of(&message.bytes)).collect(),
            dice: Dice(seed),
            branches: 0,
            nonces: Default::default(),
            answers: 0,
        }
    }

    /// Answers these challenges from now on, which phones 10 and 11 were given.
    pub fn answer_from_now_on(&mut self, nonces: [String; 2]) {
        self.nonces = nonces;
    }

    /// A message, and the number of its sender.
    pub fn next(&mut self) -> (usize, Vec<u8>) {
        let mut message = self.dice.pick(&self.said).clone();
        for _ in 0..self.dice.roll(5) {
            self.change(&mut message);
        }
        // Most begin a transaction of their own; copies of what was said would be absorbed.
        if self.dice.roll(8) > 0 {
            self.branches += 1;
            let via = format!("Via: SIP/2.0/UDP h;rport;branch=z9hG4bK-mix-{}", self.branches);
            match message.at("Via").filter(|_| !message.start.starts_with("SIP/")) {
                Some(at) => message.headers[at] = via,
                None => message.headers.insert(0, via),
            }
        }
        let sender = match self.dice.roll(3) {
            0 => self.sign(&mut message),
            _ => self.dice.roll(4),
        };
        (sender, message.print())
    }

    /// Adds the right answer of a phone to its challenge, for this very message; the number of
    /// the phone, or now and then of somebody else.
    fn sign(&mut self, message: &mut Parts) -> usize {
        let phone = self.dice.roll(2);
        let (username, nonce) = (["10", "11"][phone], self.nonces[phone].clone());
        let mut words = message.start.split(' ');
        let (method, uri) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        self.answers += 1;
        let nc = format!("{:08x}", self.answers);
        let qop = Protected {
            qop: Qop::Auth,
            token: "auth",
            nc: &nc,
            count: self.answers,
            cnonce: "mix",
        };
        let credentials = Credentials {
            username,
            realm: "192.168.1.15",
            nonce: &nonce,
            uri,
            response: "",
            algorithm: Algorithm::Md5,
            qop: Some(qop),
            cnonce: None,
            opaque: None,
        };
        let password = format!("abc{username}");
        let answer = Calculation::new(&credentials, Secret::Password(&password), method, b"");
        let response = answer.response();
        let value = format!(
            "Digest username=\"{username}\", realm=\"192.168.1.15\", nonce=\"{nonce}\", \
             uri=\"{uri}\", response=\"{response}\", qop=auth, nc={nc}, cnonce=\"mix\""
        );
        let name =
            *self.dice.pick(&["Proxy-Authorization", "Proxy-Authorization", "Authorization"]);
        message.headers.push(format!("{name}: {value}"));
        match self.dice.roll(6) {
            0 => self.dice.roll(4),
            _ => phone,
        }
    }

    fn change(&mut self, message: &mut Parts) {
        let other = self.dice.pick(&self.said).clone();
        let line = other.headers.get(self.dice.roll(other.headers.len())).cloned();
        let name = line.as_deref().and_then(|line| line.split(':').next()).unwrap_or_default();
        match (self.dice.roll(12), line.as_deref()) {
            (0, _) => message.start = other.start,
            (1, _) => message.body = other.body,
            // The other's line in the place of ours, or beside it.
            (2..=5, Some(line)) => match message.at(name) {
                Some(at) => message.headers[at] = line.to_owned(),
                None => message.headers.push(line.to_owned()),
            },
            (6, Some(line)) => message.headers.push(line.to_owned()),
            (7, _) => {
                let at = self.dice.roll(message.headers.len());
                message.headers.drain(at..(at + 1).min(message.headers.len()));
            }
            (8, _) => self.lead_elsewhere(message),
            // The credentials of another message, in either header field.
            (9, _) => {
                let credentials = |line: &&String| line.contains(": Digest username");
                let all: Vec<&String> =
                    self.said.iter().flat_map(|m| &m.headers).filter(credentials).collect();
                let name = *self.dice.pick(&["Authorization", "proxy-authorization "]);
                let value = self.dice.pick(&all).split_once(':').map_or("", |(_, value)| value);
                message.headers.push(format!("{name}:{value}"));
            }
            (10, _) => self.write_oddly(message),
            _ => {
                let method = *self.dice.pick(&["INVITE", "MESSAGE", "BYE", "UPDATE", "ACK"]);
                let rest = message.start.split_once(' ').map_or("", |(_, rest)| rest);
                message.start = format!("{method} {rest}");
                if let Some(at) = message.at("CSeq") {
                    message.headers[at] = format!("CSeq: {} {method}", 1 + self.dice.roll(9));
                }
            }
        }
    }

    fn lead_elsewhere(&mut self, message: &mut Parts) {
        let place = *self.dice.pick(&PLACES);
        match self.dice.roll(5) {
            0 => {
                let method = message.start.split(' ').next().unwrap_or_default();
                message.start = format!("{method} {place} SIP/2.0");
            }
            1 => message.headers.push(format!("Route: <{place}>")),
            2 => message.headers.insert(1, format!("Route: <{place}>")),
            field => {
                let name = ["Contact", "To"][field - 3];
                let tag = ["", ";tag=t"][self.dice.roll(2)];
                match message.at(name) {
                    Some(at) => message.headers[at] = format!("{name}: <{place}>{tag}"),
                    None => message.headers.push(format!("{name}: <{place}>{tag}")),
                }
            }
        }
    }

    /// Writes a header line as RFC 3261 §7.3.1 allows it and no phone does.
    fn write_oddly(&mut self, message: &mut Parts) {
        let at = self.dice.roll(message.headers.len());
        let Some(line) = message.headers.get_mut(at) else { return };
        let Some((name, value)) = line.split_once(':') else { return };
        *line = match self.dice.roll(4) {
            0 => format!("{} :{value}", name.to_ascii_uppercase()),
            1 => format!("{name}:\r\n {value}"),
            2 => format!("{name}:{}", value.replace(", ", ",\r\n\t")),
            _ => format!("{name}:{}", value.replace("192.168.1.15", "192.168.1\\.15")),
        };
    }

    /// What a phone says to a request that reached it; `None` where it stays silent.
    pub fn response_to(&mut self, request: &Request) -> Option<Vec<u8>> {
        let status = *self.dice.pick(&[180, 200, 200, 302, 401, 407, 407, 486, 603, 0]);
        if status == 0 || *request.method() == sip_message::Method::Ack {
            return None;
        }
        let bytes = Reply::of(status).to_bytes(request, "mixed");
        let mut response = Parts::of(&bytes);
        let routes = request.raw(HeaderName::RecordRoute).map(String::from_utf8_lossy);
        response.headers.extend(routes.map(|route| format!("Record-Route: {route}")));
        let place = *self.dice.pick(&PLACES);
        response.headers.push(format!("Contact: <{place}>"));
        if matches!(status, 401 | 407) || self.dice.roll(4) == 0 {
            let challenge = self.dice.pick(&CHALLENGES).replace("NONCE", FORGED);
            response.headers.extend(challenge.trim_end().split("\r\n").map(str::to_owned));
        }
        if self.dice.roll(6) == 0 {
            self.change(&mut response);
        }
        Some(response.print())
    }
}
