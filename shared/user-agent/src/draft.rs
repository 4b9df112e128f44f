//! What a request looks like before it is sent, and what can be changed in it.

use sip_message::Method;

use crate::inbox::Outgoing;
use crate::phone::Phone;
use crate::repeat::Until;
use crate::sent::Sent;

/// A request before it is sent. Everything in it can be changed.
#[must_use = "a draft does nothing until it is sent"]
#[derive(Clone)]
pub struct Draft {
    pub(crate) phone: Phone,
    pub(crate) method: Method,
    pub(crate) uri: String,
    pub(crate) branch: Option<String>,
    pub(crate) routes: Vec<String>,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) call_id: String,
    pub(crate) cseq: u32,
    pub(crate) max_forwards: u8,
    pub(crate) contact: Option<String>,
    pub(crate) expires: Option<u32>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<(String, Vec<u8>)>,
    pub(crate) next_hop: Option<String>,
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

    /// Without Contact and Expires: a REGISTER that only asks for the bindings (RFC 3261 §10.2.3).
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

    /// With one more Route after the others (§8.1.1.1).
    pub fn route(mut self, route: impl Into<String>) -> Self {
        self.routes.push(route.into());
        self
    }

    /// With one more header field, at the place where most phones put their credentials.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// With this body.
    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some((content_type.to_owned(), body.into()));
        self
    }

    /// With this branch, `z9hG4bK` included. An ACK or a CANCEL has the branch of its INVITE (§9.1,
    /// §17.1.1.3).
    pub fn branch(mut self, branch: &str) -> Self {
        self.branch = Some(branch.to_owned());
        self
    }

    /// Sent to the address of this URI rather than to the server.
    pub(crate) fn towards(mut self, uri: &str) -> Self {
        self.next_hop = Some(uri.to_owned());
        self
    }

    /// Sends it. On UDP it is repeated until its response comes, which [`Sent`] waits for.
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

    /// Sends it once; `None` if the destination cannot be reached.
    pub(crate) fn dispatch(&mut self) -> Option<Outgoing> {
        let branch = self.take_branch();
        let bytes = self.print(&branch);
        let flow = self.phone.dispatch(self.next_hop.as_deref(), &bytes)?;
        Some((flow, bytes))
    }

    pub(crate) fn take_branch(&mut self) -> String {
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
}
