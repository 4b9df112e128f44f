//! Two phones that talk, and what they send inside their call.

use super::harness::{Server, callee, caller, starts};
use super::messages::{invite, response};
use super::recorded::{Peer, Sent};

/// Which phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Caller,
    Callee,
}

impl End {
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Caller => Self::Callee,
            Self::Callee => Self::Caller,
        }
    }

    /// What it named in Contact when the call began.
    pub(crate) fn contact(self) -> &'static str {
        match self {
            Self::Caller => "sip:a@192.0.2.10:5060",
            Self::Callee => "sip:b@192.0.2.11",
        }
    }

    fn peer(self) -> Peer {
        match self {
            Self::Caller => caller(),
            Self::Callee => callee(),
        }
    }
}

/// A call, and the Routes that its ends were given.
pub(crate) struct Talk {
    pub(crate) server: Server,
    /// The caller's, then the callee's, each as the Route lines of a request.
    pub(crate) routes: [String; 2],
    pub(crate) callees_tag: &'static str,
    count: usize,
}

impl Talk {
    /// A call that is answered.
    pub(crate) fn new() -> Self {
        Self::on(Server::new())
    }

    pub(crate) fn on(mut server: Server) -> Self {
        let invite = server.calls("b").remove(0);
        let ok = server.answered(&invite, 200, "tag-b").remove(0);
        Self::of(server, &invite, &ok)
    }

    /// The call of an INVITE as the callee got it and an answer as the caller did.
    pub(crate) fn of(server: Server, invite: &Sent, answer: &Sent) -> Self {
        let fields = |routes: Vec<&str>| {
            let fields = routes.iter().map(|route| format!("Route: {route}\r\n"));
            fields.collect::<String>()
        };
        let mut callers = answer.all("Record-Route");
        callers.reverse();
        Self {
            server,
            routes: [fields(callers), fields(invite.all("Record-Route"))],
            callees_tag: "tag-b",
            count: 0,
        }
    }

    /// The text of a request inside the call.
    pub(crate) fn text(&mut self, end: End, method: &str, uri: &str, contact: &str) -> String {
        self.count += 1;
        let (count, tag) = (self.count, self.callees_tag);
        let host = end.peer().0.remote;
        let a = "<sip:a@example.com>;tag=from-a".to_owned();
        let b = format!("<sip:b@192.0.2.1>;tag={tag}");
        let (from, to) = match end {
            End::Caller => (a, b),
            End::Callee => (b, a),
        };
        let routes = &self.routes[end as usize];
        format!(
            "{method} {uri} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {host};branch=z9hG4bK-in-{count}\r\n\
             {routes}Max-Forwards: 70\r\n\
             From: {from}\r\nTo: {to}\r\nCall-ID: call-1\r\n\
             CSeq: {count} {method}\r\n\
             Contact: <{contact}>\r\nContent-Length: 0\r\n\r\n"
        )
    }

    /// A request inside the call comes; what leaves, but for a 100.
    pub(crate) fn sends_by(
        &mut self,
        end: End,
        method: &str,
        uri: &str,
        contact: &str,
    ) -> Vec<Sent> {
        let text = self.text(end, method, uri, contact);
        let mut sent = self.server.gets(end.peer(), &text);
        sent.retain(|sent| !sent.start().starts_with("SIP/2.0 100"));
        sent
    }

    /// As [`Talk::sends_by`], with the Contact the phone had when the call began.
    pub(crate) fn sends(&mut self, end: End, method: &str, uri: &str) -> Vec<Sent> {
        self.sends_by(end, method, uri, end.contact())
    }

    /// Whether a request passes, to that target.
    pub(crate) fn passes(&mut self, end: End, method: &str, uri: &str) -> bool {
        let sent = self.sends(end, method, uri);
        match starts(&sent)[..] {
            [start] if start == format!("{method} {uri} SIP/2.0") => true,
            ["SIP/2.0 403 Relaying Denied"] => false,
            [] if method == "ACK" => false,
            ref other => panic!("{method} {uri}: {other:?}"),
        }
    }

    /// A target refresh is answered with that status, by a phone that is reached at `answerer`.
    pub(crate) fn refreshes(
        &mut self,
        end: End,
        method: &str,
        [uri, contact]: [&str; 2],
        (status, answerer): (u16, &str),
    ) {
        let sent = self.sends_by(end, method, uri, contact).remove(0);
        let answer = answer(&sent, status, answerer);
        self.server.gets(Peer(sent.flow), &answer);
    }

    /// The end hangs up, and the other answers with that status.
    pub(crate) fn hangs_up(&mut self, end: End, status: u16) {
        let sent = self.sends(end, "BYE", end.other().contact()).remove(0);
        self.server.answered(&sent, status, "tag-b");
    }
}

/// An answer with that Contact.
pub(crate) fn answer(to: &Sent, status: u16, contact: &str) -> String {
    let text = response(to, status, "Reason", "tag-b");
    let target = to.start().split(' ').nth(1).unwrap();
    text.replace(
        &format!("Contact: <{target}>"),
        &format!("Contact: <{contact}>"),
    )
}

/// A call that is ringing: the INVITE as the callee got it, and the call by its 180.
pub(crate) fn ringing() -> (Talk, Sent) {
    let mut server = Server::new();
    let sent = server.gets(caller(), &invite(caller(), "b")).remove(1);
    let ringing = server.answered(&sent, 180, "tag-b").remove(0);
    (Talk::of(server, &sent, &ringing), sent)
}
