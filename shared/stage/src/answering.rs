//! Phones that answer a challenge by themselves: an exchange of an early chapter knows of no
//! passwords, and is still to hold with the server of a later one.

use std::collections::HashMap;
use std::fmt::Write;

use sip_digest::{Algorithm, Calculation, Challenge, Credentials, Protected, Qop, Secret};
use sip_message::{Arrival, Flow, HeaderName, Method, Packet, Request, Response};

/// Which challenges phones answer without being asked to by the exchange, and with what.
#[derive(Debug, Clone, Default)]
pub struct Logins {
    /// The status codes: 401, 407.
    pub statuses: &'static [u16],
    /// Users and their passwords, as an exchange writes them.
    pub passwords: Vec<(String, String)>,
}

/// What one phone needs to answer challenges. It works on the bytes between the phone and the
/// network: the phone sees neither the challenge nor the second request.
#[derive(Debug)]
pub(crate) struct Answering {
    statuses: &'static [u16],
    user: String,
    password: String,
    /// Requests that have no final response yet, by Call-ID and CSeq number.
    asked: HashMap<(String, u32), Vec<u8>>,
    /// How many requests of a call went out that the phone does not know of.
    ahead: HashMap<String, u32>,
    /// The branches of requests that were answered, and those of their second ones.
    branches: HashMap<String, String>,
}

/// What becomes of a message from the network.
pub(crate) enum Heard {
    /// The phone gets this.
    Passed(Vec<u8>),
    /// The phone gets nothing, and these are sent: an ACK, the request with an answer.
    Answered(Vec<Vec<u8>>),
}

impl Answering {
    /// A phone with this user and password, as they are on the wire.
    pub(crate) fn new(statuses: &'static [u16], user: String, password: String) -> Self {
        Self {
            statuses,
            user,
            password,
            asked: HashMap::new(),
            ahead: HashMap::new(),
            branches: HashMap::new(),
        }
    }

    /// What is sent in place of a message of the phone.
    pub(crate) fn sent(&mut self, flow: &Flow, bytes: &[u8]) -> Vec<u8> {
        let Some(Packet::Request(request)) = read(flow, bytes) else {
            return bytes.to_vec();
        };
        let (Ok(call_id), Ok(cseq)) = (request.call_id(), request.cseq()) else {
            return bytes.to_vec();
        };
        let ahead = self.ahead.get(call_id).copied().unwrap_or_default();
        let mut text = String::from_utf8_lossy(bytes).into_owned();
        if ahead > 0 {
            text = with_cseq(&text, cseq.number, cseq.number + ahead);
        }
        let follows = matches!(request.method(), Method::Ack | Method::Cancel);
        if follows && let Some((old, new)) = self.branch_in(&text) {
            text = text.replacen(&old, &new, 1);
        }
        if !follows && !request.has_to_tag() {
            let key = (call_id.to_owned(), cseq.number + ahead);
            self.asked.insert(key, text.clone().into_bytes());
        }
        text.into_bytes()
    }

    fn branch_in(&self, text: &str) -> Option<(String, String)> {
        let mut pairs = self.branches.iter();
        let (old, new) = pairs.find(|(old, _)| text.contains(&format!("branch={old}")))?;
        Some((format!("branch={old}"), format!("branch={new}")))
    }

    /// What becomes of a message that arrived.
    pub(crate) fn heard(&mut self, flow: &Flow, bytes: Vec<u8>) -> Heard {
        let Some(Packet::Response(response)) = read(flow, &bytes) else {
            return Heard::Passed(bytes);
        };
        let (Ok(call_id), Ok(cseq)) = (response.call_id(), response.cseq()) else {
            return Heard::Passed(bytes);
        };
        let key = (call_id.to_owned(), cseq.number);
        if self.statuses.contains(&response.status().code())
            && let Some(request) = self.asked.remove(&key)
            && let Some(answered) = self.answer(flow, &request, &response)
        {
            *self.ahead.entry(key.0).or_default() += 1;
            return Heard::Answered(answered);
        }
        let ahead = self.ahead.get(call_id).copied().unwrap_or_default();
        if ahead == 0 {
            return Heard::Passed(bytes);
        }
        let text = String::from_utf8_lossy(&bytes);
        let known = cseq.number.saturating_sub(ahead);
        Heard::Passed(with_cseq(&text, cseq.number, known).into_bytes())
    }

    /// The ACK to a challenge of an INVITE, and the request with the answer.
    fn answer(&mut self, flow: &Flow, request: &[u8], response: &Response) -> Option<Vec<Vec<u8>>> {
        let Packet::Request(asked) = read(flow, request)? else {
            return None;
        };
        let (from, to) = if response.status() == 407 {
            (HeaderName::ProxyAuthenticate, "Proxy-Authorization")
        } else {
            (HeaderName::WwwAuthenticate, "Authorization")
        };
        let challenge = String::from_utf8_lossy(response.value(from)?).into_owned();
        let challenge = Challenge::parse(&challenge)?.ok()?;
        let text = String::from_utf8_lossy(request).into_owned();
        let number = asked.cseq().ok()?.number;
        let mut sent = Vec::new();
        if *asked.method() == Method::Invite {
            sent.push(ack(&text, response).into_bytes());
        }
        let branch = text.split_once("branch=")?.1;
        let branch = branch.split([';', '\r', ',']).next()?.to_owned();
        let again = format!("{branch}-again");
        let credentials = self.credentials(&challenge, &asked);
        let text = text.replacen(&branch, &again, 1);
        let text = with_cseq(&text, number, number + 1);
        // Where most phones put it.
        let next = if text.contains("\r\nContact: ") {
            "\r\nContact: "
        } else {
            "\r\nContent-Length: "
        };
        let answered = text.replacen(next, &format!("\r\n{to}: {credentials}{next}"), 1);
        self.branches.insert(branch, again);
        sent.push(answered.into_bytes());
        Some(sent)
    }

    fn credentials(&self, challenge: &Challenge, request: &Request) -> String {
        let uri = request.uri_text();
        let qop = challenge.qop.contains(&Qop::Auth).then_some(Protected {
            qop: Qop::Auth,
            token: Qop::Auth.as_str(),
            nc: "00000001",
            count: 1,
            cnonce: "answers-by-itself",
        });
        let mut credentials = Credentials {
            username: &self.user,
            realm: &challenge.realm,
            nonce: &challenge.nonce,
            uri,
            response: "",
            algorithm: challenge.algorithm.unwrap_or(Algorithm::Md5),
            qop,
            cnonce: None,
            opaque: challenge.opaque.as_deref(),
        };
        let secret = Secret::Password(&self.password);
        let method = request.method().as_str();
        let calculation = Calculation::new(&credentials, secret, method, request.body());
        credentials.response = calculation.response();
        credentials.to_string()
    }
}

fn read(flow: &Flow, bytes: &[u8]) -> Option<Packet> {
    let at = std::time::SystemTime::UNIX_EPOCH;
    sip_message::parse(bytes.to_vec(), Arrival { flow: *flow, at }).ok()
}

fn with_cseq(text: &str, from: u32, to: u32) -> String {
    text.replacen(
        &format!("\r\nCSeq: {from} "),
        &format!("\r\nCSeq: {to} "),
        1,
    )
}

/// The ACK of a refused INVITE (RFC 3261 §17.1.1.3).
fn ack(invite: &str, response: &Response) -> String {
    let (head, _) = invite.split_once("\r\n\r\n").unwrap_or((invite, ""));
    let mut out = head
        .lines()
        .next()
        .unwrap_or_default()
        .replacen("INVITE", "ACK", 1)
        + "\r\n";
    let to = String::from_utf8_lossy(response.value(HeaderName::To).unwrap_or_default());
    for line in head.lines().skip(1) {
        let name = line.split(':').next().unwrap_or_default();
        // Writing to a String does not fail.
        let _ = match name {
            "To" => write!(out, "To: {to}\r\n"),
            "CSeq" => write!(out, "{}\r\n", line.replacen("INVITE", "ACK", 1)),
            "Via" | "Route" | "Max-Forwards" | "From" | "Call-ID" => write!(out, "{line}\r\n"),
            _ => Ok(()),
        };
    }
    out + "Content-Length: 0\r\n\r\n"
}
