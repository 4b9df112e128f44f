//! What both ends of a call remember, and how they route requests by it.

use sip_message::{HeaderName, Message, NameAddr, Request, Response, Uri};

/// What both ends of a call remember of it (RFC 3261 §12).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialog {
    /// The Call-ID.
    pub call_id: String,
    /// This end, as in the From of its requests, with its tag.
    pub local: String,
    /// The other end, as in the To of requests to it, with its tag once it has one.
    pub remote: String,
    /// The other end's Contact: the Request-URI of requests to it.
    pub remote_target: String,
    /// The proxies that stay on the path, in the order of this end's requests (§12.1.2).
    pub routes: Vec<String>,
    /// The CSeq number of the last request of this end.
    pub cseq: u32,
}

impl Dialog {
    pub(crate) fn of_caller(call_id: &str, from: &str, to: &str, uri: &str, cseq: u32) -> Self {
        Self {
            call_id: call_id.to_owned(),
            local: from.to_owned(),
            remote: to.to_owned(),
            remote_target: uri.to_owned(),
            routes: Vec::new(),
            cseq,
        }
    }

    /// The callee's view: Record-Route in the order it came (§12.1.1).
    pub(crate) fn of_callee(invite: &Request, tag: &str) -> Self {
        let text =
            |value: Option<&[u8]>| String::from_utf8_lossy(value.unwrap_or_default()).into_owned();
        let to = text(invite.value(HeaderName::To));
        Self {
            call_id: invite.call_id().unwrap_or_default().to_owned(),
            local: if invite.has_to_tag() {
                to
            } else {
                format!("{to};tag={tag}")
            },
            remote: text(invite.value(HeaderName::From)),
            remote_target: contact_in(invite).unwrap_or_default(),
            routes: record_routes(invite),
            cseq: 0,
        }
    }

    /// Learns from a response to the INVITE: the other end's tag and Contact, and Record-Route from
    /// the last to the first (§12.1.2).
    pub(crate) fn learn(&mut self, response: &Response) {
        if let Some(to) = response.value(HeaderName::To) {
            self.remote = String::from_utf8_lossy(to).into_owned();
        }
        if let Some(contact) = contact_in(response) {
            self.remote_target = contact;
        }
        self.routes = record_routes(response);
        self.routes.reverse();
    }

    /// Request-URI and Routes of a request inside the dialog (§12.2.1.1): the target and the
    /// route set, or the first route and the rest where that proxy is a strict router.
    pub(crate) fn target_and_routes(&self) -> (String, Vec<String>) {
        let target = self.remote_target.clone();
        match self.routes.split_first() {
            Some((first, others)) if !is_loose(first) => {
                let mut routes = others.to_vec();
                routes.push(format!("<{target}>"));
                (uri_of(first).unwrap_or_default(), routes)
            }
            _ => (target, self.routes.clone()),
        }
    }

    /// The URI whose address the next request goes to.
    pub(crate) fn next_hop(&self) -> String {
        let first = self.routes.first().and_then(|route| uri_of(route));
        first.unwrap_or_else(|| self.remote_target.clone())
    }
}

fn record_routes(message: &Message) -> Vec<String> {
    let routes = message.list(HeaderName::RecordRoute);
    routes
        .map(|route| String::from_utf8_lossy(route).into_owned())
        .collect()
}

fn contact_in(message: &Message) -> Option<String> {
    let contact = message.list(HeaderName::Contact).next()?;
    let address = NameAddr::parse(contact).ok()?;
    Some(address.uri.to_owned())
}

fn uri_of(route: &str) -> Option<String> {
    let address = NameAddr::parse(route.as_bytes()).ok()?;
    Some(address.uri.to_owned())
}

fn is_loose(route: &str) -> bool {
    let uri = uri_of(route);
    let uri = uri.as_deref().map(Uri::parse);
    matches!(uri, Some(Ok(Uri::Sip(uri))) if uri.params.has("lr"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialog(routes: &[&str]) -> Dialog {
        let mut dialog = Dialog::of_caller(
            "c",
            "<sip:10@h>;tag=1",
            "<sip:11@h>",
            "sip:11@192.168.1.11",
            1,
        );
        dialog.routes = routes.iter().map(|route| (*route).to_owned()).collect();
        dialog
    }

    #[test]
    fn a_loose_router_is_visited_by_its_route() {
        let dialog = dialog(&["<sip:192.168.1.15;lr>", "<sip:192.168.1.16;lr>"]);
        let (uri, routes) = dialog.target_and_routes();
        assert_eq!(uri, "sip:11@192.168.1.11");
        assert_eq!(routes, dialog.routes);
        assert_eq!(dialog.next_hop(), "sip:192.168.1.15;lr");
    }

    #[test]
    fn a_strict_router_is_visited_by_the_request_uri() {
        let dialog = dialog(&["<sip:192.168.1.15>", "<sip:192.168.1.16;lr>"]);
        let (uri, routes) = dialog.target_and_routes();
        assert_eq!(uri, "sip:192.168.1.15");
        assert_eq!(routes, ["<sip:192.168.1.16;lr>", "<sip:11@192.168.1.11>"]);
        assert_eq!(dialog.next_hop(), "sip:192.168.1.15");
    }

    #[test]
    fn without_routes_the_other_end_is_called_directly() {
        assert_eq!(dialog(&[]).next_hop(), "sip:11@192.168.1.11");
    }
}
