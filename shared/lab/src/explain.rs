//! A sentence for each message of which the exchange itself says nothing.

use sip_message::{Contacts, Message, Method, Packet, Request, Response, printable};

use crate::recording::{Fate, Recorded, Recording};
use crate::summary::{dtmf, nowhere};

impl Recording {
    /// What a message is about: the exchange's words, or what can be told from the message.
    pub(crate) fn explain(&self, index: usize, message: &Recorded) -> String {
        let text = match &message.explanation {
            Some(text) => text.clone(),
            None => self.explain_by_itself(index, message),
        };
        match message.fate {
            Fate::Delivered => text,
            Fate::Lost => format!("{text} It never arrives."),
        }
    }

    fn explain_by_itself(&self, index: usize, message: &Recorded) -> String {
        let sender = self.name(Some(message.sender));
        let before = || self.messages().take(index);
        if before().any(|other| other.sender == message.sender && other.bytes == message.bytes) {
            return format!("{} has heard nothing and sends it again.", begin(&sender));
        }
        let receiver = self.name(message.receiver);
        match sip_message::parse(message.bytes.clone(), nowhere()) {
            Ok(Packet::Request(request)) => {
                let key = key(&request);
                let relayed = before().any(|m| m.receiver == Some(message.sender) && is(m, &key));
                match relayed {
                    true => relayed_request(&request, &sender, &receiver),
                    false => own_request(&request, &sender),
                }
            }
            Ok(Packet::Response(response)) => {
                let key = key(&response);
                let status = response.status();
                let relayed = status != 100
                    && before().any(|m| {
                        m.receiver == Some(message.sender)
                            && is(m, &key)
                            && m.bytes.starts_with(format!("SIP/2.0 {status} ").as_bytes())
                    });
                match relayed {
                    true => format!("{} passes it back the way it came.", begin(&sender)),
                    false => own_response(&response, &sender, &receiver),
                }
            }
            Err(malformed) => format!(
                "{} sends what is no SIP: {}.",
                begin(&sender),
                malformed.error
            ),
        }
    }

    fn name(&self, node: Option<usize>) -> String {
        match node.and_then(|node| self.nodes.get(node)) {
            Some(node) if node.name == "server" => "the server".to_owned(),
            Some(node) => node.name.clone(),
            None => "nobody".to_owned(),
        }
    }
}

/// Call-ID and CSeq: the same for a request and its responses on every hop.
fn key(message: &Message) -> Option<(String, u32, Method)> {
    let cseq = message.cseq().ok()?;
    Some((message.call_id().ok()?.to_owned(), cseq.number, cseq.method))
}

fn is(recorded: &Recorded, wanted: &Option<(String, u32, Method)>) -> bool {
    match sip_message::parse(recorded.bytes.clone(), nowhere()) {
        Ok(Packet::Request(request)) => key(&request) == *wanted,
        Ok(Packet::Response(response)) => key(&response) == *wanted,
        Err(_) => false,
    }
}

fn own_request(request: &Request, sender: &str) -> String {
    let who = begin(sender);
    match request.method() {
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
        Method::Cancel => format!("{who} tells that nobody needs to pick up any more."),
        Method::Options => format!("{who} asks what the other side can do."),
        method => match dtmf(request) {
            Some((digit, _)) => format!("{who} sends key {digit} inside the call."),
            None => format!("{who} sends {}.", printable(method.as_str().as_bytes())),
        },
    }
}

fn relayed_request(request: &Request, sender: &str, receiver: &str) -> String {
    let who = begin(sender);
    match request.method() {
        Method::Invite if !request.has_to_tag() => {
            format!("{who} knows where the callee is: at {receiver}.")
        }
        method => {
            let method = printable(method.as_str().as_bytes());
            format!("{who} passes the {method} on to {receiver}.")
        }
    }
}

fn own_response(response: &Response, sender: &str, receiver: &str) -> String {
    let who = begin(sender);
    let method = response.cseq().map(|cseq| cseq.method);
    match (response.status(), method) {
        (100, _) => format!("{who} has it and sees to it: {receiver} need not send it again."),
        (180, _) => format!("{who} rings."),
        (200, Ok(Method::Invite)) => format!("{who} picks up."),
        (200, Ok(Method::Register)) => format!("{who} lists every address it now knows."),
        (200, Ok(Method::Bye)) => format!("{who} agrees that the call is over."),
        (486, _) => format!("{who} is busy."),
        (487, _) => format!("{who} ends the call that never began."),
        (200..=299, _) => format!("{who} confirms it."),
        (status, _) => {
            let reason = printable(response.reason());
            format!("{who} refuses: {status} {reason}.")
        }
    }
}

/// The name at the beginning of a sentence.
fn begin(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
