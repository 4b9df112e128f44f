//! A sentence for each message that the exchange itself does not explain.

use std::collections::HashSet;

use sip_message::{
    Contacts, HeaderName, Message, Method, Packet, Request, Response, Status, printable,
};

use crate::recording::{Fate, Recorded, Recording};
use crate::summary::{dtmf, nowhere};

/// Call-ID and CSeq, which a request and its responses have in common on every hop. For an ACK the
/// To tag as well, because each answer of a fork has its own.
type Key = Option<(String, u32, Method, String)>;

/// Explains the messages of a recording in order.
pub(crate) struct Explainer<'a> {
    recording: &'a Recording,
    /// Which node sent what: shows repetitions.
    sent: HashSet<(usize, &'a [u8])>,
    /// Which node received which request (`None`) or status: shows what is only passed on.
    received: HashSet<(usize, Key, Option<Status>)>,
}

impl<'a> Explainer<'a> {
    pub(crate) fn new(recording: &'a Recording) -> Self {
        Self {
            recording,
            sent: HashSet::new(),
            received: HashSet::new(),
        }
    }

    /// What the next message is about: in the words of the exchange, or as the message itself shows.
    pub(crate) fn explain(&mut self, message: &'a Recorded) -> String {
        let by_itself = self.explain_by_itself(message);
        let given = message.explanation.as_ref().filter(|text| !text.is_empty());
        match (given, message.fate) {
            (Some(text), _) => text.clone(),
            (None, Fate::Delivered) => by_itself,
            (None, Fate::Lost) => format!("{by_itself} It never arrives."),
        }
    }

    fn explain_by_itself(&mut self, message: &'a Recorded) -> String {
        let sender = self.name(Some(message.sender));
        let receiver = self.name(message.receiver);
        let is_new = self.sent.insert((message.sender, &message.bytes));
        let packet = match sip_message::parse(message.bytes.clone(), nowhere()) {
            Ok(packet) => packet,
            Err(fault) => {
                return format!(
                    "{} sends something that is not SIP: {}.",
                    begin(&sender),
                    fault.error
                );
            }
        };
        let (key, status) = match &packet {
            Packet::Request(request) => (key(request), None),
            Packet::Response(response) => (key(response), Some(response.status())),
        };
        let came = (message.sender, key.clone(), status);
        let is_relayed = status.is_none_or(|status| status != 100) && self.received.contains(&came);
        if let (Some(receiver), Fate::Delivered) = (message.receiver, message.fate) {
            self.received.insert((receiver, key, status));
        }
        match packet {
            _ if !is_new => format!("{} has heard nothing and sends it again.", begin(&sender)),
            Packet::Request(request) if is_relayed => relayed_request(&request, &sender, &receiver),
            Packet::Request(request) => own_request(&request, &sender),
            Packet::Response(_) if is_relayed => {
                format!(
                    "{} passes it back the way the request came.",
                    begin(&sender)
                )
            }
            Packet::Response(response) => own_response(&response, &sender, &receiver),
        }
    }

    fn name(&self, node: Option<usize>) -> String {
        name_of(self.recording, node)
    }
}

/// A node's name inside a sentence.
pub(crate) fn name_of(recording: &Recording, node: Option<usize>) -> String {
    match node.and_then(|node| recording.nodes.get(node)) {
        Some(node) if node.name == "server" => "the server".to_owned(),
        Some(node) => node.name.clone(),
        None => "nobody".to_owned(),
    }
}

fn key(message: &Message) -> Key {
    let cseq = message.cseq().ok()?;
    let tag = match cseq.method {
        Method::Ack => message.to().ok()?.tag().unwrap_or_default(),
        _ => "",
    };
    let call_id = message.call_id().ok()?.to_owned();
    Some((call_id, cseq.number, cseq.method, tag.to_owned()))
}

fn own_request(request: &Request, sender: &str) -> String {
    let who = begin(sender);
    let is_answer = [HeaderName::Authorization, HeaderName::ProxyAuthorization]
        .into_iter()
        .any(|name| request.value(name).is_some());
    match request.method() {
        method if is_answer => {
            let method = printable(method.as_str().as_bytes());
            format!("{who} sends the {method} with its answer to the challenge.")
        }
        Method::Register => match request.contacts() {
            Ok(Contacts::Star) => format!("{who} takes all its addresses away."),
            Ok(Contacts::List(contacts)) if contacts.is_empty() => {
                format!("{who} asks which addresses are known for it.")
            }
            _ if request.expires() == Some(0) => format!("{who} takes its address away."),
            _ => format!("{who} says where it is, and for how long."),
        },
        Method::Invite if request.has_to_tag() => format!("{who} changes the call."),
        Method::Invite => format!("{who} calls."),
        Method::Ack => format!("{who} confirms the answer. Nobody answers an ACK."),
        Method::Bye => format!("{who} hangs up."),
        Method::Cancel => format!("{who} says that nobody needs to pick up any more."),
        Method::Options => format!("{who} asks what the other side can do."),
        method => match dtmf(request) {
            Some((digit, _)) => format!("{who} sends key {digit} inside the call."),
            None => format!("{who} sends {}.", printable(method.as_str().as_bytes())),
        },
    }
}

fn relayed_request(request: &Request, sender: &str, receiver: &str) -> String {
    let method = printable(request.method().as_str().as_bytes());
    format!("{} passes the {method} on to {receiver}.", begin(sender))
}

fn own_response(response: &Response, sender: &str, receiver: &str) -> String {
    let who = begin(sender);
    let method = response.cseq().map(|cseq| cseq.method);
    match (response.status().code(), method) {
        (100, _) => format!("{who} has it and sees to it: {receiver} need not send it again."),
        (180, _) => format!("{who} rings."),
        (200, Ok(Method::Invite)) => format!("{who} picks up."),
        (200, Ok(Method::Register)) => format!("{who} lists every address it now knows."),
        (200, Ok(Method::Bye)) => format!("{who} agrees that the call is over."),
        (486, _) => format!("{who} is busy."),
        (487, _) => format!("{who} ends the call that never began."),
        (200..=299, _) => format!("{who} confirms it."),
        (401 | 407, _) => format!("{who} asks {receiver} for a password."),
        (status, _) => {
            let reason = printable(response.reason());
            format!("{who} refuses: {status} {reason}.")
        }
    }
}

/// The name, as a sentence begins with it.
pub(crate) fn begin(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
