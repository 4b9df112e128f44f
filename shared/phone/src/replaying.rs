//! What is sent for a replayed request, and what is waited for.

use std::future::poll_fn;

use sip_message::{Arrival, Contacts, Flow, HeaderName, Method, Packet, Request, Response};
use sip_server::{Event, Network};
use sip_user_agent::{Account, Ids};

use crate::ask::accepted;
use crate::failure::Failure;
use crate::flags::Lies;
use crate::verb::Replay;

/// A request on its way to be replayed.
pub(crate) struct Replaying<N> {
    pub(crate) network: N,
    pub(crate) account: Account,
    pub(crate) ids: Ids,
    pub(crate) flow: Flow,
}

impl<N: Network> Replaying<N> {
    /// The request with its changes; `None` for bytes that are not a request, which are sent as
    /// they are.
    ///
    /// # Errors
    /// Changes are wanted, but the bytes are not a request.
    pub(crate) fn changed(
        &mut self,
        bytes: &[u8],
        what: &Replay,
        lies: &Lies,
    ) -> Result<Option<Request>, Failure> {
        let arrival = Arrival {
            flow: self.flow,
            at: std::time::UNIX_EPOCH,
        };
        let wants_changes = what.new_branch || what.new_call_id || lies.changes_a_field();
        let mut request = match sip_message::parse(bytes.to_vec(), arrival) {
            Ok(Packet::Request(request)) => request,
            _ if !wants_changes => return Ok(None),
            Ok(Packet::Response(_)) => {
                return Err(Failure::usage(
                    "this is a response, which cannot be changed",
                ));
            }
            Err(malformed) => {
                return Err(Failure::usage(format!(
                    "this is not a SIP request, so it cannot be changed: {}",
                    malformed.error
                )));
            }
        };
        if what.new_branch {
            request.set_first(HeaderName::Via, &self.via());
        }
        if what.new_call_id {
            let host = self.account.local.ip().to_string();
            request.set(HeaderName::CallId, &self.ids.call_id(&host));
        }
        if let Some(to) = &lies.to {
            request.set(HeaderName::To, &format!("<{to}>"));
        }
        if let Some(from) = &lies.from {
            let tag = self.ids.tag();
            request.set(HeaderName::From, &format!("<{from}>;tag={tag}"));
        }
        if let Some(contact) = &lies.contact {
            request.set(HeaderName::Contact, &format!("<{contact}>"));
        }
        Ok(Some(request))
    }

    /// Sends it once and waits for the final response; `None` for an ACK, which has none.
    ///
    /// # Errors
    /// A response that refuses it.
    pub(crate) async fn play(
        &mut self,
        bytes: Vec<u8>,
        request: Option<&Request>,
    ) -> Result<Option<Response>, Failure> {
        let Some(request) = request else {
            self.network.send(&self.flow, &bytes);
            return accepted(self.answer_to(None).await?).map(Some);
        };
        self.network.send(&self.flow, &request.to_bytes());
        if *request.method() == Method::Ack {
            return Ok(None);
        }
        let response = self.answer_to(Some(request.method())).await?;
        if *request.method() == Method::Invite {
            self.end_call(request, &response).await?;
        }
        accepted(response).map(Some)
    }

    /// Confirms the response to an INVITE, and ends a call that was answered.
    async fn end_call(&mut self, invite: &Request, response: &Response) -> Result<(), Failure> {
        let cseq = invite.cseq().map_or(1, |cseq| cseq.number);
        if response.status().is_refusal() {
            let via = text(invite.value(HeaderName::Via));
            let routes = invite.list(HeaderName::Route).map(lossy).collect();
            self.follow_up(&Method::Ack, invite.uri_text(), via, routes, response, cseq);
            return Ok(());
        }
        let contact = response.contacts().ok();
        let target = match &contact {
            Some(Contacts::List(all)) => all.first().map(|c| c.address.uri),
            _ => None,
        };
        let target = target.unwrap_or(invite.uri_text()).to_owned();
        let mut routes: Vec<String> = response.list(HeaderName::RecordRoute).map(lossy).collect();
        routes.reverse(); // RFC 3261 §12.1.2
        for (method, cseq) in [(Method::Ack, cseq), (Method::Bye, cseq + 1)] {
            let via = self.via();
            self.follow_up(&method, &target, via, routes.clone(), response, cseq);
        }
        self.answer_to(Some(&Method::Bye)).await.map(drop)
    }

    fn follow_up(
        &mut self,
        method: &Method,
        uri: &str,
        via: String,
        routes: Vec<String>,
        response: &Response,
        cseq: u32,
    ) {
        let mut out = format!("{method} {uri} SIP/2.0\r\nVia: {via}\r\n");
        for route in routes {
            out += &format!("Route: {route}\r\n");
        }
        out += "Max-Forwards: 70\r\n";
        for name in [HeaderName::From, HeaderName::To, HeaderName::CallId] {
            out += &format!("{}: {}\r\n", name.as_str(), text(response.value(name)));
        }
        out += &format!("CSeq: {cseq} {method}\r\nContent-Length: 0\r\n\r\n");
        self.network.send(&self.flow, out.as_bytes());
    }

    /// The final response to a request of this method, or of any.
    async fn answer_to(&mut self, method: Option<&Method>) -> Result<Response, Failure> {
        let mut events = Vec::new();
        loop {
            poll_fn(|context| self.network.poll_events(context, &mut events)).await;
            for event in events.drain(..) {
                let Event::Message { bytes, arrival } = event else {
                    continue;
                };
                let Ok(Packet::Response(response)) = sip_message::parse(bytes, arrival) else {
                    continue;
                };
                let of_method = response
                    .cseq()
                    .is_ok_and(|c| method.is_none_or(|m| c.method == *m));
                if of_method && response.status().is_final() {
                    return Ok(response);
                }
            }
        }
    }

    fn via(&mut self) -> String {
        let Account {
            transport, local, ..
        } = self.account;
        format!(
            "SIP/2.0/{transport} {local};branch={};rport",
            self.ids.branch()
        )
    }
}

fn lossy(value: &[u8]) -> String {
    String::from_utf8_lossy(value).into_owned()
}

fn text(value: Option<&[u8]>) -> String {
    lossy(value.unwrap_or_default())
}
