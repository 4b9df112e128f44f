//! A pasted trace: its messages in order. A text seldom says where they went, so the Vias and
//! Request-URIs do.

use std::collections::HashMap;

use sip_control::watch::{Event, Message};
use sip_message::{NameAddr, Status, Uri, Via};
use sip_paste::{Excerpt, Start};

/// The port of a URI or Via that names none.
const SIP_PORT: u16 = 5060;

/// Who sends what has no Via.
const SOMEBODY: &str = "somebody";

/// The messages of a text. Those without a first line are left out.
pub(super) fn read(text: &str) -> Vec<Event> {
    let excerpts = sip_paste::read(text);
    let mut asked = HashMap::new();
    let messages = excerpts.iter().filter_map(|it| message(it, &mut asked));
    let numbered = messages.enumerate().map(|(index, message)| {
        // The text has no times that can be read for certain; the order is what counts.
        let at = index as u64 * 1_000;
        Event::Message(Message { at, ..message })
    });
    numbered.collect()
}

/// The message of an excerpt; `asked` is who was asked with which branch.
fn message(excerpt: &Excerpt, asked: &mut HashMap<String, String>) -> Option<Message> {
    let via = excerpt
        .value(sip_message::HeaderName::Via)
        .unwrap_or_default();
    let via = via.split(',').next().unwrap_or_default();
    let via = Via::parse(via.trim().as_bytes()).ok();
    let sender = via.as_ref().map_or(SOMEBODY.to_owned(), sender);
    let branch = via.as_ref().map_or("", Via::branch).to_owned();
    let (from, to, bytes) = match &excerpt.start {
        Some(Start::Request { uri, .. }) => {
            let to = target(excerpt, uri);
            asked.insert(branch, to.clone());
            (sender, to, excerpt.request()?)
        }
        Some(Start::Response(status)) => {
            let known = asked.get(&branch).cloned();
            let from = known.unwrap_or_else(|| called(excerpt));
            (from, sender, response(excerpt, *status))
        }
        None => return None,
    };
    let transport = via.map_or("UDP", |via| via.transport).to_ascii_uppercase();
    Some(Message {
        at: 0,
        direction: None,
        from,
        to,
        transport,
        connection: None,
        lost: false,
        explanation: None,
        bytes,
    })
}

/// Where the sender of a request is: the address it was seen at, or the one it wrote.
fn sender(via: &Via<'_>) -> String {
    let port = via.rport().flatten().or(via.port).unwrap_or(SIP_PORT);
    match via.received() {
        Some(ip) => std::net::SocketAddr::new(ip, port).to_string(),
        None => format!("{}:{port}", via.host),
    }
}

/// Where a request goes: to its first Route, or else to its Request-URI.
fn target(excerpt: &Excerpt, uri: &str) -> String {
    let route = excerpt.value(sip_message::HeaderName::Route);
    let route = route.and_then(|route| NameAddr::parse(route.as_bytes()).ok());
    let next = route.map_or(uri, |route| route.uri);
    host(next).unwrap_or_else(|| SOMEBODY.to_owned())
}

/// Who a response without its request comes from.
fn called(excerpt: &Excerpt) -> String {
    let to = excerpt
        .value(sip_message::HeaderName::To)
        .unwrap_or_default();
    let to = NameAddr::parse(to.as_bytes()).ok();
    to.and_then(|to| host(to.uri))
        .unwrap_or_else(|| SOMEBODY.to_owned())
}

fn host(uri: &str) -> Option<String> {
    let uri = Uri::parse(uri).ok()?;
    let sip = uri.sip()?;
    Some(format!("{}:{}", sip.host, sip.port.unwrap_or(SIP_PORT)))
}

/// The response as it goes over the wire.
fn response(excerpt: &Excerpt, status: u16) -> Vec<u8> {
    let mut head = format!(
        "SIP/2.0 {status} {}\r\n",
        Status::of(status).reason_phrase()
    );
    for field in &excerpt.fields {
        head.push_str(&format!("{}: {}\r\n", field.name, field.value));
    }
    head.push_str("\r\n");
    let mut bytes = sip_paste::octets::bytes(&head).into_owned();
    bytes.extend_from_slice(&excerpt.body);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vias_say_who_sent_what_to_whom() {
        let via = "Via: SIP/2.0/TCP 192.168.1.10:5062;branch=z9hG4bK1";
        let rest = "From: <sip:10@h>;tag=a\nTo: <sip:11@h>\nCall-ID: 1\nCSeq: 1 INVITE\n";
        let text = format!(
            "INVITE sip:11@192.168.1.15 SIP/2.0\n{via}\n{rest}\n\n\
             SIP/2.0 100 Trying\n{via};received=192.0.2.7\n{rest}\n"
        );
        let events = read(&text);
        let [Event::Message(invite), Event::Message(trying)] = &*events else {
            panic!("{events:?}");
        };
        assert_eq!(
            (&*invite.from, &*invite.to),
            ("192.168.1.10:5062", "192.168.1.15:5060")
        );
        assert_eq!(
            (&*trying.from, &*trying.to),
            ("192.168.1.15:5060", "192.0.2.7:5062")
        );
        assert_eq!(trying.transport, "TCP");
        assert!(trying.bytes.starts_with(b"SIP/2.0 100 Trying\r\nVia: "));
    }
}
