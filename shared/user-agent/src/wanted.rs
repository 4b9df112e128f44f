//! Which message a phone waits for, and what it reports when the message never comes.

use std::fmt;
use std::time::Duration;

use sip_message::{Message, Packet, Status, printable};

/// What a phone waits for, such as `"INVITE"` or `180`, possibly of one call or one request only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    kind: Kind,
    call_id: Option<String>,
    cseq: Option<(u32, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Request(String),
    Status(Status),
    Final,
}

impl Wanted {
    /// A final response of any status (RFC 3261 §7.2).
    pub fn any_final() -> Self {
        Self::of(Kind::Final)
    }

    fn of(kind: Kind) -> Self {
        Self {
            kind,
            call_id: None,
            cseq: None,
        }
    }

    /// Only in this call.
    #[must_use]
    pub fn in_call(mut self, call_id: &str) -> Self {
        self.call_id = Some(call_id.to_owned());
        self
    }

    /// Only with this CSeq.
    #[must_use]
    pub fn with_cseq(mut self, number: u32, method: &str) -> Self {
        self.cseq = Some((number, method.to_owned()));
        self
    }

    /// Whether this message is wanted.
    pub fn is(&self, packet: &Packet) -> bool {
        let kind = match (&self.kind, packet) {
            (Kind::Request(method), Packet::Request(request)) => {
                request.method().as_str() == method
            }
            (Kind::Status(status), Packet::Response(response)) => response.status() == *status,
            (Kind::Final, Packet::Response(response)) => response.status().is_final(),
            _ => false,
        };
        kind && self.is_of_the_call(packet)
    }

    /// Whether this is another final response to the same request, so that the wanted one cannot
    /// come.
    pub(crate) fn is_excluded_by(&self, packet: &Packet) -> bool {
        let about_one_request = matches!(self.kind, Kind::Status(_)) && self.cseq.is_some();
        let is_final = matches!(packet, Packet::Response(r) if r.status().is_final());
        about_one_request && is_final && self.is_of_the_call(packet)
    }

    /// Whether this is a provisional response to the same request.
    pub(crate) fn is_provisional_of(&self, packet: &Packet) -> bool {
        let is_provisional = matches!(packet, Packet::Response(r) if r.status().is_provisional());
        self.cseq.is_some() && is_provisional && self.is_of_the_call(packet)
    }

    fn is_of_the_call(&self, packet: &Packet) -> bool {
        let message: &Message = match packet {
            Packet::Request(request) => request,
            Packet::Response(response) => response,
        };
        let call_id = self.call_id.as_deref();
        call_id.is_none_or(|wanted| message.call_id().is_ok_and(|call_id| call_id == wanted))
            && self.cseq.as_ref().is_none_or(|(number, method)| {
                let is = |cseq: sip_message::CSeq| {
                    cseq.number == *number && cseq.method.as_str() == method
                };
                message.cseq().is_ok_and(is)
            })
    }
}

impl From<&str> for Wanted {
    fn from(method: &str) -> Self {
        Self::of(Kind::Request(method.to_owned()))
    }
}

impl From<Status> for Wanted {
    fn from(status: Status) -> Self {
        Self::of(Kind::Status(status))
    }
}

impl From<u16> for Wanted {
    fn from(code: u16) -> Self {
        Status::of(code).into()
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Request(method) => write!(f, "{method}")?,
            Kind::Status(status) => write!(f, "{status}")?,
            Kind::Final => f.write_str("a final response")?,
        }
        match (&self.cseq, &self.call_id) {
            (Some((number, method)), Some(call_id)) => {
                write!(f, " to {method} (CSeq {number}, Call-ID {call_id})")
            }
            (Some((number, method)), None) => write!(f, " to {method} (CSeq {number})"),
            (None, Some(call_id)) => write!(f, " (Call-ID {call_id})"),
            (None, None) => Ok(()),
        }
    }
}

/// The wanted message did not come in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeverCame {
    /// The name of the phone.
    pub phone: String,
    /// What it waited for.
    pub wanted: Wanted,
    /// How long it waited.
    pub waited: Duration,
    /// The first lines of the messages that came instead, oldest first.
    pub unread: Vec<String>,
}

impl fmt::Display for NeverCame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.waited.as_secs_f64();
        write!(
            f,
            "{} waited {seconds:.3} s for {}, which did not come; ",
            self.phone, self.wanted
        )?;
        match self.unread.as_slice() {
            [] => f.write_str("it received nothing else"),
            unread => write!(f, "it received {}", unread.join(", ")),
        }
    }
}

impl std::error::Error for NeverCame {}

/// Turns a failed wait into the end of the test.
pub(crate) fn or_panic<T>(outcome: Result<T, NeverCame>) -> T {
    outcome.unwrap_or_else(|never| panic!("{never}"))
}

/// The first line of a message, safe for a terminal.
pub(crate) fn first_line(packet: &Packet) -> String {
    match packet {
        Packet::Request(request) => {
            let line = format!("{} {}", request.method(), request.uri_text());
            printable(line.as_bytes())
        }
        Packet::Response(response) => {
            let method = response
                .cseq()
                .map_or(String::new(), |cseq| format!(" ({})", cseq.method));
            let reason = printable(response.reason());
            format!("{} {reason}{method}", response.status())
        }
    }
}
