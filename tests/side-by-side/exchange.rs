//! A request, its answer, and what a phone sends next.

use whole_system::digest::{self, Credentials};
use whole_system::text;

/// A request and its last answer.
pub struct Exchange {
    /// As it was sent.
    pub request: String,
    /// The last response to it.
    pub answer: String,
}

impl Exchange {
    /// The header line that answers its challenge.
    pub fn answer_as(&self, user: &str, password: &str) -> String {
        self.answer_for(&self.request, user, password)
    }

    /// The header line that answers its challenge for the `count`th time.
    pub fn nth_answer_as(&self, user: &str, password: &str, count: u32) -> String {
        let credentials = Credentials { user, password };
        digest::nth_answer(&self.request, &self.answer, credentials, count)
            .unwrap_or_else(|| panic!("no challenge in:\n{}", self.answer))
    }

    /// The header line that answers its challenge on behalf of another request.
    pub fn answer_for(&self, request: &str, user: &str, password: &str) -> String {
        digest::answer(request, &self.answer, Credentials { user, password })
            .unwrap_or_else(|| panic!("no challenge in:\n{}", self.answer))
    }

    /// A request of the caller inside the call that this INVITE began, with its route set.
    pub fn in_dialog(&self, method: &str, number: u32, extra: &str) -> String {
        let of = |name| text::header(&self.answer, name).expect("a 200 has it");
        let mut routes: Vec<_> = text::all(&self.answer, "Record-Route").collect();
        routes.reverse();
        let routes: String = routes
            .iter()
            .map(|route| format!("Route: {route}\r\n"))
            .collect();
        let contact = text::uri(of("Contact")).expect("a URI");
        let via = text::header(&self.request, "Via").expect("a request has it");
        let via = via.replace("branch=z9hG4bK", &format!("branch=z9hG4bK{method}"));
        format!(
            "{method} {contact} SIP/2.0\r\nVia: {via}\r\nMax-Forwards: 70\r\n{routes}\
             From: {}\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: {number} {method}\r\n\
             {extra}Content-Length: 0\r\n\r\n",
            of("From"),
            of("To"),
            of("Call-ID"),
        )
    }
}

/// ACK of an INVITE that was refused (RFC 3261 §17.1.1.3).
pub fn acknowledgement(request: &str, answer: &str) -> String {
    let to = text::header(answer, "To").expect("every answer has To");
    let kept: String = text::lines(request)
        .filter(|(name, _)| ["Via", "Max-Forwards", "From", "Call-ID", "Route"].contains(name))
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let uri = text::request_uri(request).expect("every request has one");
    let number = text::header(request, "CSeq").and_then(|cseq| cseq.split(' ').next());
    let number = number.expect("every request has a CSeq");
    format!(
        "ACK {uri} SIP/2.0\r\n{kept}To: {to}\r\nCSeq: {number} ACK\r\nContent-Length: 0\r\n\r\n"
    )
}

/// The status line, each challenge with its parameters, and the identity it asserts.
pub fn summary(answer: &str) -> String {
    let first = answer.lines().next().unwrap_or_default();
    let mut said = first.trim_start_matches("SIP/2.0 ").trim_end().to_owned();
    for name in ["WWW-Authenticate", "Proxy-Authenticate"] {
        for challenge in text::all(answer, name) {
            said += &format!(", {name}:");
            for part in ["realm", "nonce", "algorithm", "qop", "stale"] {
                match parameter(challenge, part) {
                    Some(_) if part == "nonce" => said += " nonce",
                    Some(value) => said += &format!(" {part}={value}"),
                    None => {}
                }
            }
        }
    }
    match text::header(answer, "P-Asserted-Identity") {
        Some(identity) => said + ", P-Asserted-Identity: " + identity.trim_matches(['<', '>']),
        None => said,
    }
}

/// A parameter of a challenge or of credentials, quoted or bare.
pub fn parameter<'c>(value: &'c str, name: &str) -> Option<&'c str> {
    value
        .split_once(' ')?
        .1
        .split(',')
        .filter_map(|part| part.trim().split_once('='))
        .find(|(other, _)| other.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim_matches('"'))
}
