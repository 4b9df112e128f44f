//! What a message says about the call or registration it belongs to.

use std::time::SystemTime;

use sip_message::{
    Arrival, Contact, Contacts, Flow, Message, Method, NameAddr, Packet, Request, Uri, printable,
};
use sip_server::Direction;

/// A message as it was seen, read.
pub(crate) struct Observed {
    pub(crate) direction: Direction,
    pub(crate) flow: Flow,
    pub(crate) at: SystemTime,
    pub(crate) bytes: Vec<u8>,
    pub(crate) facts: Facts,
}

/// What its header fields say.
pub(crate) struct Facts {
    pub(crate) call_id: String,
    /// Of a response, the method it answers.
    pub(crate) method: Method,
    /// The code and reason of a response: `486 Busy Here`.
    pub(crate) status: Option<(u16, String)>,
    pub(crate) from: String,
    pub(crate) to: String,
    /// The user of the Request-URI.
    pub(crate) target: Option<String>,
    /// Whether it is a REGISTER that takes bindings away.
    pub(crate) unregisters: bool,
}

impl Observed {
    /// Reads a message. `None` for one that belongs to nothing.
    pub(crate) fn read(
        direction: Direction,
        flow: Flow,
        at: SystemTime,
        bytes: Vec<u8>,
    ) -> Option<Self> {
        let facts = match sip_message::parse(bytes.clone(), Arrival { flow, at }).ok()? {
            Packet::Request(request) => {
                let target = user(request.uri_text());
                let unregisters = takes_away(&request);
                Facts::of(&request, None, Some(target)).map(|facts| Facts {
                    unregisters,
                    ..facts
                })
            }
            Packet::Response(response) => {
                let status = response.status().code();
                let reason = printable(response.reason());
                Facts::of(
                    &response,
                    Some((status, format!("{status} {reason}"))),
                    None,
                )
            }
        };
        Some(Self {
            direction,
            flow,
            at,
            bytes,
            facts: facts?,
        })
    }

    /// The user at the other end of the flow, as far as this message shows it.
    pub(crate) fn user_there(&self) -> &str {
        let Facts {
            from,
            to,
            method,
            status,
            target,
            ..
        } = &self.facts;
        match (self.direction, status) {
            (Direction::In, None) if *method != Method::Register => from,
            (Direction::Out, Some(_)) if *method != Method::Register => from,
            (Direction::Out, None) => target.as_ref().unwrap_or(to),
            _ => to,
        }
    }
}

impl Facts {
    fn of(
        message: &Message,
        status: Option<(u16, String)>,
        target: Option<String>,
    ) -> Option<Self> {
        Some(Self {
            call_id: message.call_id().ok()?.to_owned(),
            method: message.cseq().ok()?.method,
            status,
            from: name(&message.from().ok()?),
            to: name(&message.to().ok()?),
            target,
            unregisters: false,
        })
    }
}

fn takes_away(request: &Request) -> bool {
    let is_gone = |contact: &Contact<'_>| contact.expires.or_else(|| request.expires()) == Some(0);
    match (request.method(), request.contacts()) {
        (Method::Register, Ok(Contacts::Star)) => true,
        (Method::Register, Ok(Contacts::List(all))) => !all.is_empty() && all.iter().all(is_gone),
        _ => false,
    }
}

fn name(address: &NameAddr<'_>) -> String {
    user(address.uri)
}

/// The user of a URI, or all of it.
fn user(uri: &str) -> String {
    let user = match Uri::parse(uri) {
        Ok(parsed) => parsed.sip().and_then(|sip| sip.user.map(str::to_owned)),
        Err(_) => None,
    };
    printable(user.unwrap_or_else(|| uri.to_owned()).as_bytes())
}
