//! A message in a few words, for ladders and the terminal.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::SystemTime;

use sip_message::{
    Arrival, Contact, Contacts, Flow, HeaderName, Method, Packet, Request, Response, printable,
};

/// The longest summary, in characters.
const LONGEST: usize = 160;

/// A message in one short, printable line: `REGISTER 10@192.168.1.15, contact
/// sip:10@192.168.1.10:5060 for 150 s`, `200 OK (INVITE)`, `INFO 11@192.168.1.15, key 3 for
/// 180 ms`.
pub fn summary(bytes: &[u8]) -> String {
    let text = match sip_message::parse(bytes.to_vec(), nowhere()) {
        Ok(Packet::Request(request)) => of_request(&request),
        Ok(Packet::Response(response)) => of_response(&response),
        Err(malformed) => of_noise(bytes, malformed.error),
    };
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The label of an arrow in a ladder: `INVITE`, `180 Ringing`, `INFO 3`.
pub(crate) fn label(bytes: &[u8]) -> String {
    match sip_message::parse(bytes.to_vec(), nowhere()) {
        Ok(Packet::Request(request)) => match dtmf(&request) {
            Some((digit, _)) => format!("INFO, key {digit}"),
            None => printable(request.method().as_str().as_bytes()),
        },
        Ok(Packet::Response(response)) => {
            format!("{} {}", response.status(), printable(response.reason()))
        }
        Err(_) => first_line(bytes),
    }
}

fn of_request(request: &Request) -> String {
    let method = printable(request.method().as_str().as_bytes());
    match request.method() {
        Method::Register => {
            let who = request.to().map_or("?", |to| address(to.uri));
            format!(
                "{method} {}, {}",
                printable(who.as_bytes()),
                contacts(request)
            )
        }
        _ => {
            let recipient = printable(address(request.uri_text()).as_bytes());
            match dtmf(request) {
                Some((digit, Some(ms))) => {
                    format!("{method} {recipient}, DTMF digit {digit} for {ms} ms")
                }
                Some((digit, None)) => format!("{method} {recipient}, DTMF digit {digit}"),
                None => format!("{method} {recipient}"),
            }
        }
    }
}

fn of_response(response: &Response) -> String {
    let method = response
        .cseq()
        .map_or_else(|_| "?".to_owned(), |cseq| cseq.method.to_string());
    let line = format!(
        "{} {} ({method})",
        response.status(),
        printable(response.reason())
    );
    match method.as_str() {
        "REGISTER" if response.status() == 200 => {
            match response.list(HeaderName::Contact).count() {
                0 => format!("{line}, no binding"),
                1 => format!("{line}, 1 binding"),
                more => format!("{line}, {more} bindings"),
            }
        }
        _ => line,
    }
}

fn of_noise(bytes: &[u8], error: sip_message::ParseError) -> String {
    format!("{} ({error})", first_line(bytes))
}

fn first_line(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|b| matches!(b, b'\r' | b'\n'));
    let line = &bytes[..end.unwrap_or(bytes.len()).min(LONGEST)];
    printable(line)
}

/// What a REGISTER does: add bindings, remove them, or ask for them.
fn contacts(request: &Request) -> String {
    match request.contacts() {
        Ok(Contacts::Star) => "take all bindings away".to_owned(),
        Ok(Contacts::List(contacts)) if contacts.is_empty() => "asks for its bindings".to_owned(),
        Ok(Contacts::List(contacts)) => {
            let all: Vec<String> = contacts.iter().map(|c| contact(c, request)).collect();
            all.join(", ")
        }
        Err(error) => error.to_string(),
    }
}

fn contact(contact: &Contact<'_>, request: &Request) -> String {
    let uri = printable(contact.address.uri.as_bytes());
    match contact.expires.or_else(|| request.expires()) {
        Some(0) => format!("take {uri} away"),
        Some(seconds) => format!("contact {uri} for {seconds} s"),
        None => format!("contact {uri}"),
    }
}

/// The digit and the milliseconds of an INFO with `application/dtmf-relay`.
pub(crate) fn dtmf(request: &Request) -> Option<(char, Option<u32>)> {
    let content_type = request.value(HeaderName::ContentType)?;
    if !content_type.eq_ignore_ascii_case(b"application/dtmf-relay") {
        return None;
    }
    let body = std::str::from_utf8(request.body()).ok()?;
    let value = |wanted: &str| {
        body.lines().find_map(|line| {
            let (name, value) = line.split_once('=')?;
            name.trim()
                .eq_ignore_ascii_case(wanted)
                .then_some(value.trim())
        })
    };
    let digit = value("Signal")?.chars().next();
    let digit = digit.filter(|d| d.is_ascii_alphanumeric() || matches!(d, '*' | '#'))?;
    Some((digit, value("Duration").and_then(|ms| ms.parse().ok())))
}

/// A URI without its scheme and parameters: `10@192.168.1.15`.
fn address(uri: &str) -> &str {
    let rest = uri.split_once(':').map_or(uri, |(_, rest)| rest);
    rest.split([';', '?']).next().unwrap_or(rest)
}

/// Any source: a summary does not depend on it.
pub(crate) fn nowhere() -> Arrival {
    let nobody = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
    Arrival {
        flow: Flow::udp(nobody, nobody),
        at: SystemTime::UNIX_EPOCH,
    }
}
