//! What a phone can do: register, call, wait for calls.

use sip_message::{Method, Reply, Request, Response, Status};

use crate::call::Call;
use crate::dialog::Dialog;
use crate::draft::Draft;
use crate::phone::Phone;

impl Phone {
    /// A REGISTER with its Contact for 150 seconds (§10.2), to be changed before it is sent.
    pub fn new_register(&self) -> Draft {
        let (registration, domain) = self.with(|state| {
            let registration = state.registration();
            registration.next_cseq();
            (registration.clone(), state.account.domain.clone())
        });
        let aor = self.address_of_record();
        Draft::new(self, Method::Register, format!("sip:{domain}"))
            .dialog(&registration.call_id, registration.cseq)
            .from(format!("<{aor}>;tag={}", registration.tag))
            .to(format!("<{aor}>"))
            .contact(format!("<{}>", self.contact()))
            .expires(150)
    }

    /// Registers for 150 seconds and waits for the 200.
    ///
    /// # Panics
    /// When another final response comes, or none.
    pub async fn register(&self) -> Response {
        self.new_register().send().answer(200).await
    }

    /// Removes all of its bindings (§10.2.2) with `Contact: *`, and waits for the 200.
    ///
    /// # Panics
    /// When another final response comes, or none.
    pub async fn unregister_all(&self) -> Response {
        let draft = self.new_register().contact("*").expires(0);
        draft.send().answer(200).await
    }

    /// A request outside any call, to a user of its server or to a whole URI.
    pub fn new_request(&self, method: Method, to: &str) -> Draft {
        let (uri, call_id, tag) = self.with(|state| {
            let uri = if to.contains(':') {
                to.to_owned()
            } else {
                format!("sip:{to}@{}", state.account.domain)
            };
            let host = state.account.local.ip().to_string();
            (uri, state.ids.call_id(&host), state.ids.tag())
        });
        Draft::new(self, method, uri.clone())
            .dialog(&call_id, 1)
            .from(format!("<{}>;tag={tag}", self.address_of_record()))
            .to(format!("<{uri}>"))
    }

    /// An INVITE with its Contact and a session description, to be changed before it is sent.
    pub fn new_invite(&self, to: &str) -> Draft {
        let draft = self.new_request(Method::Invite, to);
        draft
            .contact(format!("<{}>", self.contact()))
            .body("application/sdp", self.session_description())
    }

    /// Calls a user of its server, or a whole URI.
    pub fn invite(&self, to: &str) -> Call {
        self.new_invite(to).call()
    }

    /// An OPTIONS, which asks what the other side supports (§11).
    pub fn new_options(&self, to: &str) -> Draft {
        self.new_request(Method::Options, to)
    }

    /// Its session description (RFC 4566): A-law sound, and digits as telephone events.
    pub fn session_description(&self) -> Vec<u8> {
        let ip = self.with(|state| state.account.local.ip());
        let family = if ip.is_ipv4() { "IP4" } else { "IP6" };
        format!(
            "v=0\r\no=- 1 1 IN {family} {ip}\r\ns=-\r\nc=IN {family} {ip}\r\nt=0 0\r\n\
             m=audio 40000 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\n\
             a=rtpmap:101 telephone-event/8000\r\n"
        )
        .into_bytes()
    }

    /// Waits for a call, which is then to be answered.
    ///
    /// # Panics
    /// When none comes.
    pub async fn incoming_call(&self) -> Call {
        let invite = self.receive("INVITE").await;
        self.take_call(invite)
    }

    /// The call of this INVITE, to be answered.
    pub fn take_call(&self, invite: Request) -> Call {
        let tag = self.with(|state| state.ids.tag());
        let dialog = Dialog::of_callee(&invite, &tag);
        Call::incoming(self.clone(), invite, dialog)
    }

    /// Waits for a request of this method.
    ///
    /// # Panics
    /// When none comes.
    pub async fn receive(&self, method: &str) -> Request {
        self.wait_for_request(method.into()).await
    }

    /// Answers a request outside any call, with RFC 3261's reason phrase.
    pub fn reply(&self, request: &Request, status: impl Into<Status>) {
        let tag = self.with(|state| state.ids.tag());
        let bytes = Reply::of(status).to_bytes(request, &tag);
        self.answer(request, bytes);
    }
}
