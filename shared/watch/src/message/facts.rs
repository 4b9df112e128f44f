//! What messages are tied and grouped by: method, branch, tags, Call-ID, nonces.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::SystemTime;

use sip_message::{
    Arrival, Flow, HeaderName, Message, Method, NameAddr, Packet, Request, Response, parse,
    printable,
};
use sip_stage::summary;

/// What is read of a message. Something that is not SIP has a label alone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    /// `INVITE`, `180 Ringing`, or the first line of something else.
    pub(crate) label: String,
    /// A line about it.
    pub(crate) summary: String,
    /// The method; of a response, that of its CSeq.
    pub(crate) method: Option<Method>,
    pub(crate) status: Option<u16>,
    pub(crate) call_id: Option<String>,
    pub(crate) cseq: u32,
    /// The branches of its Vias, the first one first.
    pub(crate) branches: Vec<String>,
    pub(crate) from: End,
    pub(crate) to: End,
    /// Nonces that it answers.
    pub(crate) answered: Vec<String>,
    /// Nonces that it asks with.
    pub(crate) asked: Vec<String>,
    /// Its challenge says that the nonce was too old.
    pub(crate) is_stale: bool,
    /// It takes bindings away, or has none.
    pub(crate) has_no_binding: bool,
}

/// The user and the tag of a From or To.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) user: Option<String>,
    pub(crate) tag: Option<String>,
}

impl Facts {
    /// Reads a message.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let summary = summary(bytes);
        match parse(bytes.to_vec(), nowhere()) {
            Ok(Packet::Request(request)) => Self {
                summary,
                ..Self::of_request(&request)
            },
            Ok(Packet::Response(response)) => Self {
                summary,
                ..Self::of_response(&response)
            },
            Err(_) => Self {
                label: first_line(bytes),
                summary,
                ..Self::default()
            },
        }
    }

    fn of_request(request: &Request) -> Self {
        let method = request.method();
        Self {
            label: printable(method.as_str().as_bytes()),
            method: Some(method.clone()),
            answered: nonces(
                request,
                [HeaderName::Authorization, HeaderName::ProxyAuthorization],
            ),
            has_no_binding: request.expires() == Some(0),
            ..Self::of_any(request)
        }
    }

    fn of_response(response: &Response) -> Self {
        let reason = printable(response.reason());
        Self {
            label: format!("{} {reason}", response.status()),
            method: response.cseq().ok().map(|cseq| cseq.method),
            status: Some(response.status().code()),
            asked: nonces(
                response,
                [HeaderName::WwwAuthenticate, HeaderName::ProxyAuthenticate],
            ),
            is_stale: is_stale(response),
            has_no_binding: response.value(HeaderName::Contact).is_none(),
            ..Self::of_any(response)
        }
    }

    fn of_any(message: &Message) -> Self {
        let branches = message.vias().filter_map(Result::ok);
        Self {
            call_id: message.call_id().ok().map(str::to_owned),
            cseq: message.cseq().map_or(0, |cseq| cseq.number),
            branches: branches.map(|via| via.branch().to_owned()).collect(),
            from: message
                .from()
                .map_or_else(|_| End::default(), |it| end(&it)),
            to: message.to().map_or_else(|_| End::default(), |it| end(&it)),
            ..Self::default()
        }
    }

    /// `request`, `response` or `noise`.
    pub(crate) fn kind(&self) -> &'static str {
        match (&self.method, self.status) {
            (_, Some(_)) => "response",
            (Some(_), None) => "request",
            (None, None) => "noise",
        }
    }

    /// The branch of its first Via.
    pub(crate) fn branch(&self) -> Option<&str> {
        self.branches.first().map(String::as_str)
    }

    /// Whether it is a request with that method.
    pub(crate) fn requests(&self, method: &Method) -> bool {
        self.status.is_none() && self.method.as_ref() == Some(method)
    }

    /// Whether it is a final response to an INVITE.
    pub(crate) fn ends_invite(&self) -> bool {
        self.method == Some(Method::Invite) && self.status.is_some_and(|status| status >= 200)
    }

    /// The user it is about: the one in To for a REGISTER, else the caller.
    pub(crate) fn user(&self) -> Option<&str> {
        let end = match self.method {
            Some(Method::Register) => &self.to,
            _ => &self.from,
        };
        end.user.as_deref()
    }
}

fn end(address: &NameAddr<'_>) -> End {
    let uri = address.parse_uri().ok();
    let user = uri.and_then(|uri| Some(uri.sip()?.unescaped_user()?.into_owned()));
    End {
        user: user.or_else(|| Some(address.uri.to_owned())),
        tag: address.tag().map(str::to_owned),
    }
}

/// The nonces in header fields of these names.
fn nonces(message: &Message, names: [HeaderName; 2]) -> Vec<String> {
    let values = names.into_iter().flat_map(|name| message.raw(name));
    let nonce = |value: &[u8]| {
        let text = String::from_utf8_lossy(value);
        let params = sip_digest::params(&text)?.ok()?;
        let nonce = params
            .iter()
            .find(|it| it.name.eq_ignore_ascii_case("nonce"))?;
        Some(nonce.value.to_owned())
    };
    values.filter_map(nonce).collect()
}

fn is_stale(response: &Response) -> bool {
    let names = [HeaderName::WwwAuthenticate, HeaderName::ProxyAuthenticate];
    let mut values = names.into_iter().flat_map(|name| response.raw(name));
    values.any(|value| {
        value
            .to_ascii_lowercase()
            .windows(10)
            .any(|part| part == b"stale=true")
    })
}

/// The beginning of something that is not SIP.
fn first_line(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
    let line = &bytes[..end.unwrap_or(bytes.len()).min(60)];
    match line {
        [] => "empty message".to_owned(),
        _ => printable(line),
    }
}

/// Any arrival: what is read of a message does not depend on it.
fn nowhere() -> Arrival {
    let nobody = SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0);
    Arrival {
        flow: Flow::udp(nobody, nobody),
        at: SystemTime::UNIX_EPOCH,
    }
}
