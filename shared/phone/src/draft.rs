use std::fmt::Write;

use sip_message::{Method, Transport};

use crate::call::Call;
use crate::dialog::Dialog;
use crate::inbox::Outgoing;
use crate::phone::{Account, Phone};
use crate::repeat::Until;
use crate::sent::Sent;

/// In whose manner a phone writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// Port and `rport` in the Via, Max-Forwards early: most phones today.
    #[default]
    Plain,
    /// The Grandstream BT110 of the OpenSER paper: no port, no `rport`, its name in User-Agent,
    /// Max-Forwards late.
    Grandstream,
}

impl Style {
    fn sent_by(self, account: &Account) -> String {
        match self {
            Self::Plain => account.local.to_string(),
            Self::Grandstream => account.local.ip().to_string(),
        }
    }

    pub(crate) fn contact(self, account: &Account) -> String {
        let transport = match account.transport {
            Transport::Udp => "",
            Transport::Tcp => ";transport=tcp",
        };
        format!("sip:{}@{}{transport}", account.user, self.sent_by(account))
    }
}

/// A request before it is sent: everything in it can be changed.
#[must_use = "a draft does nothing until it is sent"]
#[derive(Clone)]
pub struct Draft {
    phone: Phone,
    method: Method,
    uri: String,
    branch: Option<String>,
    routes: Vec<String>,
    from: String,
    to: String,
    call_id: String,
    cseq: u32,
    max_forwards: u8,
    contact: Option<String>,
    expires: Option<u32>,
    headers: Vec<(String, String)>,
    body: Option<(String, Vec<u8>)>,
    next_hop: Option<String>,
}

impl Draft {
    pub(crate) fn new(phone: &Phone, method: Method, uri: String) -> Self {
        Self {
            phone: phone.clone(),
            method,
            uri,
            branch: None,
            routes: Vec::new(),
            from: String::new(),
            to: String::new(),
            call_id: String::new(),
            cseq: 1,
            max_forwards: 70,
            contact: None,
            expires: None,
            headers: Vec::new(),
            body: None,
            next_hop: None,
        }
    }

    /// With this Request-URI.
    pub fn uri(mut self, uri: impl Into<String>) -> Self {
        self.uri = uri.into();
        self
    }

    /// With this From, its tag included.
    pub fn from(mut self, from: impl Into<String>) -> Self {
        self.from = from.into();
        self
    }

    /// With this To.
    pub fn to(mut self, to: impl Into<String>) -> Self {
        self.to = to.into();
        self
    }

    /// With this Call-ID and CSeq number.
    pub fn dialog(mut self, call_id: &str, cseq: u32) -> Self {
        self.call_id = call_id.to_owned();
        self.cseq = cseq;
        self
    }

    /// With this CSeq number.
    pub fn cseq(mut self, cseq: u32) -> Self {
        self.cseq = cseq;
        self
    }

    /// With this Contact, angle brackets and parameters included.
    pub fn contact(mut self, contact: impl Into<String>) -> Self {
        self.contact = Some(contact.into());
        self
    }

    /// Without Contact and Expires: a REGISTER that only asks (RFC 3261 §10.2.3).
    pub fn without_contact(mut self) -> Self {
        self.contact = None;
        self.expires = None;
        self
    }

    /// With this Expires, in seconds.
    pub fn expires(mut self, seconds: u32) -> Self {
        self.expires = Some(seconds);
        self
    }

    /// With this Max-Forwards.
    pub fn max_forwards(mut self, hops: u8) -> Self {
        self.max_forwards = hops;
        self
    }

    /// With a Route after those there are (§8.1.1.1).
    pub fn route(mut self, route: impl Into<String>) -> Self {
        self.routes.push(route.into());
        self
    }

    /// With a further header field, where most phones put their credentials.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// With this body.
    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some((content_type.to_owned(), body.into()));
        self
    }

    /// With this branch, `z9hG4bK` included: how an ACK or a CANCEL names its INVITE (§9.1,
    /// §17.1.1.3).
    pub fn branch(mut self, branch: &str) -> Self {
        self.branch = Some(branch.to_owned());
        self
    }

    /// Sent to the address of this URI, rather than to the server.
    pub(crate) fn towards(mut self, uri: &str) -> Self {
        self.next_hop = Some(uri.to_owned());
        self
    }

    /// Sends it, and leaves its answer to be waited for; on UDP it is repeated until then.
    pub fn send(mut self) -> Sent {
        let until = match self.method {
            Method::Ack => None,
            Method::Invite => Some(Until::AnyResponse),
            _ => Some(Until::FinalResponse(self.method.clone())),
        };
        let outgoing = self.dispatch();
        if let (Some(outgoing), Some(until)) = (outgoing, until) {
            self.phone
                .repeat(&outgoing, until, &self.call_id, self.cseq);
        }
        Sent {
            phone: self.phone,
            method: self.method,
            call_id: self.call_id,
            cseq: self.cseq,
        }
    }

    /// Sends it once; nothing where there is no way to go.
    pub(crate) fn dispatch(&mut self) -> Option<Outgoing> {
        let branch = self.take_branch();
        let bytes = self.print(&branch);
        let flow = self.phone.dispatch(self.next_hop.as_deref(), &bytes)?;
        Some((flow, bytes))
    }

    /// Sends an INVITE, which begins a call.
    pub fn call(mut self) -> Call {
        let branch = self.take_branch();
        let draft = self.clone().branch(&branch);
        let dialog = Dialog::of_caller(&self.call_id, &self.from, &self.to, &self.uri, self.cseq);
        let phone = self.phone.clone();
        self.branch = Some(branch);
        let sent = self.send();
        Call::outgoing(phone, sent, draft, dialog)
    }

    fn take_branch(&mut self) -> String {
        let given = self.branch.take();
        given.unwrap_or_else(|| self.phone.with_ids(|ids| ids.branch()))
    }

    /// An ACK or a CANCEL to this INVITE: same Request-URI, branch, Routes, From, Call-ID and
    /// CSeq number (§9.1, §17.1.1.3).
    pub(crate) fn follow_up(&self, method: Method, to: &str) -> Self {
        Self {
            method,
            to: to.to_owned(),
            max_forwards: 70,
            contact: None,
            expires: None,
            headers: Vec::new(),
            body: None,
            ..self.clone()
        }
    }

    /// The request as bytes.
    pub fn to_bytes(mut self) -> Vec<u8> {
        let branch = self.take_branch();
        self.print(&branch)
    }

    fn print(&self, branch: &str) -> Vec<u8> {
        let (style, account) = self
            .phone
            .with(|state| (state.style, state.account.clone()));
        let mut out = format!("{} {} SIP/2.0\r\n", self.method, self.uri);
        let rport = match style {
            Style::Plain => ";rport",
            Style::Grandstream => "",
        };
        let sent_by = style.sent_by(&account);
        let via = format!(
            "SIP/2.0/{} {sent_by};branch={branch}{rport}",
            account.transport
        );
        line(&mut out, "Via", &via);
        for route in &self.routes {
            line(&mut out, "Route", route);
        }
        match style {
            Style::Plain => self.print_plain(&mut out),
            Style::Grandstream => self.print_grandstream(&mut out),
        }
        if let Some((content_type, _)) = &self.body {
            line(&mut out, "Content-Type", content_type);
        }
        let body = self.body.as_ref().map_or(&[][..], |(_, body)| body);
        line(&mut out, "Content-Length", &body.len().to_string());
        out.push_str("\r\n");
        let mut out = out.into_bytes();
        out.extend_from_slice(body);
        out
    }

    fn print_plain(&self, out: &mut String) {
        line(out, "Max-Forwards", &self.max_forwards.to_string());
        line(out, "From", &self.from);
        line(out, "To", &self.to);
        line(out, "Call-ID", &self.call_id);
        line(out, "CSeq", &format!("{} {}", self.cseq, self.method));
        self.print_headers(out);
        self.print_contact(out);
        self.print_expires(out);
    }

    fn print_grandstream(&self, out: &mut String) {
        line(out, "From", &self.from);
        line(out, "To", &self.to);
        self.print_contact(out);
        self.print_headers(out);
        line(out, "Call-ID", &self.call_id);
        line(out, "CSeq", &format!("{} {}", self.cseq, self.method));
        self.print_expires(out);
        line(out, "User-Agent", "Grandstream BT110 1.0.8.33");
        line(out, "Max-Forwards", &self.max_forwards.to_string());
    }

    fn print_headers(&self, out: &mut String) {
        for (name, value) in &self.headers {
            line(out, name, value);
        }
    }

    fn print_contact(&self, out: &mut String) {
        if let Some(contact) = &self.contact {
            line(out, "Contact", contact);
        }
    }

    fn print_expires(&self, out: &mut String) {
        if let Some(expires) = self.expires {
            line(out, "Expires", &expires.to_string());
        }
    }
}

pub(crate) fn line(out: &mut String, name: &str, value: &str) {
    // Writing to a String cannot fail.
    let _ = write!(out, "{name}: {value}\r\n");
}
