//! What the server promises of everything it sends, judged from the outside: from the messages
//! on the wire and the two passwords, without asking the server's own code what it decided.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};

use sip_digest::{Challenge, Credentials, Secret, is_right};
use sip_message::{Arrival, Flow, HeaderName, Method, Packet, Request, parse};
use sip_stage::{Recorded, Recording};

use crate::mixer::FORGED;

const REALM: &str = "192.168.1.15";
const SERVER: &str = "192.168.1.15:5060";
const CARRIER: [u8; 4] = [10, 0, 1, 102];
const PHONES: [[u8; 4]; 2] = [[192, 168, 1, 10], [192, 168, 1, 11]];

/// What has been seen so far.
#[derive(Default)]
struct Seen {
    /// The source that got a nonce in a 407.
    nonces: HashMap<String, IpAddr>,
    /// Requests to the server, by the branch of their top Via.
    asked: HashMap<String, Vec<Request>>,
    /// Requests the server sent, by the branch of their top Via: where to.
    sent: HashMap<String, SocketAddr>,
    /// The signatures of Record-Routes of the server, by Call-ID.
    routes: HashSet<(String, String)>,
    /// The sources that sent or got something in a call.
    parties: HashSet<(String, IpAddr)>,
}

/// Checks everything the server sent against its promises; returns how many requests it relayed.
pub fn check(recording: &Recording) -> usize {
    let server: SocketAddr = SERVER.parse().expect("an address");
    let mut seen = Seen::default();
    let mut relayed = 0;
    for message in recording.messages() {
        let packet = read(message);
        if message.from != server {
            if let Some(Packet::Request(request)) = packet {
                seen.take(request);
            }
            continue;
        }
        let text = String::from_utf8_lossy(&message.bytes);
        match packet {
            Some(Packet::Request(request)) => {
                assert!(!holds_credentials_of_ours(&text, &seen), "credentials left:\n{text}");
                relayed += usize::from(seen.judge(&request, message.to, &text));
            }
            Some(Packet::Response(response)) => {
                for name in [HeaderName::WwwAuthenticate, HeaderName::ProxyAuthenticate] {
                    for value in response.raw(name) {
                        let value = String::from_utf8_lossy(value);
                        let is_forged = value.contains(FORGED);
                        assert!(!is_forged, "a challenge in our name passed:\n{text}");
                        if let Some(Ok(challenge)) = Challenge::parse(&value) {
                            seen.nonces.insert(challenge.nonce, message.to.ip());
                        }
                    }
                }
                seen.note_routes(&text, response.call_id().unwrap_or_default(), message.to);
            }
            // The answer to a request without a Call-ID has none either.
            None => assert!(text.starts_with("SIP/2.0 4"), "nobody can read this:\n{text}"),
        }
    }
    relayed
}

fn read(message: &Recorded) -> Option<Packet> {
    let flow = Flow {
        transport: message.transport,
        local: message.to,
        remote: message.from,
        connection: message.connection,
    };
    let at = std::time::SystemTime::UNIX_EPOCH;
    parse(message.bytes.clone(), Arrival { flow, at }).ok()
}

/// Whether a header field carries credentials that only this server may see. The lines are read
/// here once more: what the server's parser overlooks must not be overlooked twice.
fn holds_credentials_of_ours(text: &str, seen: &Seen) -> bool {
    let head = text.split("\r\n\r\n").next().unwrap_or_default();
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    unfolded.split("\r\n").any(|line| {
        let (name, value) = line.split_once(':').unwrap_or_default();
        let name = name.trim().to_ascii_lowercase();
        let value = value.replace('\\', "");
        (name == "authorization" || name == "proxy-authorization")
            && (value.contains(REALM) || seen.nonces.keys().any(|nonce| value.contains(nonce)))
    })
}

fn branch(request: &Request, nth: usize) -> Option<String> {
    let via = request.vias().nth(nth)?.ok()?;
    Some(via.branch().to_owned())
}

impl Seen {
    /// Notes a request to the server.
    fn take(&mut self, request: Request) {
        if let Some(branch) = branch(&request, 0) {
            self.asked.entry(branch).or_default().push(request);
        }
    }

    /// Judges a request the server sent. True when it was relayed, false when the server made it
    /// of one that was (ACK to a refusal, CANCEL).
    fn judge(&mut self, sent: &Request, to: SocketAddr, text: &str) -> bool {
        let own = branch(sent, 0).unwrap_or_default();
        let call = sent.call_id().unwrap_or_default();
        let Some(theirs) = branch(sent, 1) else {
            assert_eq!(self.sent.get(&own), Some(&to), "made of nothing that was sent:\n{text}");
            assert!(matches!(sent.method(), Method::Ack | Method::Cancel), "{text}");
            return false;
        };
        let asked = self.asked.get(&theirs).map_or(&[][..], Vec::as_slice);
        let mut asked = asked.iter().filter(|asked| asked.method() == sent.method());
        assert!(
            asked.any(|asked| self.may(asked, to)),
            "nobody who may has asked for this, to {to}:\n{text}"
        );
        self.sent.insert(own, to);
        self.note_routes(text, call, to);
        for asked in self.asked.get(&theirs).into_iter().flatten() {
            let source = asked.arrival().flow.remote.ip();
            self.parties.insert((call.to_owned(), source));
        }
        true
    }

    /// Whether a request had a right to be sent there.
    fn may(&self, asked: &Request, to: SocketAddr) -> bool {
        let source = asked.arrival().flow.remote.ip();
        let is_carriers = source == IpAddr::from(CARRIER)
            && *asked.method() == Method::Invite
            && PHONES.map(IpAddr::from).contains(&to.ip());
        is_carriers || self.is_verified(asked, source) || self.is_inside(asked, to)
    }

    /// Whether it carries the right answer of the user in From to a challenge this source got.
    fn is_verified(&self, asked: &Request, source: IpAddr) -> bool {
        let from = asked.from().ok().and_then(|from| from.parse_uri().ok());
        let from = from.and_then(|uri| uri.sip()?.unescaped_user().map(String::from));
        asked.raw(HeaderName::ProxyAuthorization).any(|value| {
            let value = String::from_utf8_lossy(value);
            let Some(Ok(given)) = Credentials::parse(&value) else { return false };
            let password = format!("abc{}", given.user());
            let secret = Secret::Password(&password);
            Some(given.user()) == from.as_deref()
                && self.nonces.get(given.nonce) == Some(&source)
                && ["10", "11"].contains(&given.user())
                && is_right(&given, secret, asked.method().as_str(), asked.body())
        })
    }

    /// Whether it carries a Route that was given to its own call, and goes to a side of it.
    fn is_inside(&self, asked: &Request, to: SocketAddr) -> bool {
        let call = asked.call_id().unwrap_or_default();
        let text = String::from_utf8_lossy(asked.as_it_came());
        let is_known = |mark: &str| self.routes.contains(&(call.to_owned(), mark.to_owned()));
        marks(&text).any(is_known) && self.parties.contains(&(call.to_owned(), to.ip()))
    }

    fn note_routes(&mut self, text: &str, call: &str, to: SocketAddr) {
        let own = text.split("\r\n").filter(|line| line.starts_with("Record-Route:"));
        for mark in own.flat_map(marks) {
            self.routes.insert((call.to_owned(), mark.to_owned()));
        }
        self.parties.insert((call.to_owned(), to.ip()));
    }
}

/// The signatures of Routes in a text.
fn marks(text: &str) -> impl Iterator<Item = &str> {
    let behind = text.split(";call=").skip(1);
    behind.map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default())
}
