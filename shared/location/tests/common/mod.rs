//! A phone that registers by hand, for the tests.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sip_location::{Location, Settings};
use sip_message::{Arrival, Connection, Flow, Reply, Request, Transport, fixture};

/// Sat, 21 Nov 2026 09:00:00 GMT, when every test begins.
pub const START: u64 = 1_795_251_600;

/// So many seconds after the beginning.
pub fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(START + seconds)
}

pub fn location() -> Location {
    Location::new(Settings::default(), None)
}

/// A REGISTER of user 11 in the making.
#[derive(Clone)]
pub struct Register {
    pub user: String,
    pub source: SocketAddr,
    pub via: String,
    pub call_id: String,
    pub cseq: u32,
    pub headers: Vec<String>,
    pub at: u64,
    pub transport: Transport,
}

/// A REGISTER with these further header fields.
pub fn register(headers: &[&str]) -> Register {
    Register {
        user: "11".into(),
        source: "192.168.1.11:5060".parse().unwrap(),
        via: "192.168.1.11:5060".into(),
        call_id: "one@192.168.1.11".into(),
        cseq: 1,
        headers: headers.iter().map(|h| h.to_string()).collect(),
        at: 0,
        transport: Transport::Udp,
    }
}

impl Register {
    pub fn user(mut self, user: &str) -> Self {
        self.user = user.into();
        self
    }

    pub fn cseq(mut self, cseq: u32) -> Self {
        self.cseq = cseq;
        self
    }

    pub fn call_id(mut self, call_id: &str) -> Self {
        self.call_id = call_id.into();
        self
    }

    pub fn at(mut self, seconds: u64) -> Self {
        self.at = seconds;
        self
    }

    pub fn via(mut self, via: &str) -> Self {
        self.via = via.into();
        self
    }

    pub fn source(mut self, source: &str) -> Self {
        self.source = source.parse().unwrap();
        self
    }

    pub fn tcp(mut self) -> Self {
        self.transport = Transport::Tcp;
        self
    }

    pub fn request(&self) -> Request {
        parse(self.text(), self.flow(), self.at)
    }

    pub fn text(&self) -> String {
        let mut text = format!(
            "REGISTER sip:192.168.1.15 SIP/2.0\r\n\
             Via: SIP/2.0/{} {};branch=z9hG4bK1\r\n\
             Max-Forwards: 70\r\nFrom: <sip:{user}@192.168.1.15>;tag=f\r\n\
             To: <sip:{user}@192.168.1.15>\r\nCall-ID: {}\r\nCSeq: {} REGISTER\r\n",
            self.transport,
            self.via,
            self.call_id,
            self.cseq,
            user = self.user,
        );
        for header in &self.headers {
            text.push_str(header);
            text.push_str("\r\n");
        }
        text.push_str("Content-Length: 0\r\n\r\n");
        text
    }

    pub fn flow(&self) -> Flow {
        let connection = self.source.port().into();
        Flow {
            transport: self.transport,
            local: "192.168.1.15:5060".parse().unwrap(),
            remote: self.source,
            connection: (self.transport == Transport::Tcp).then_some(Connection(connection)),
        }
    }

    pub async fn save(&self, location: &Location) -> Result<Reply, Reply> {
        location.save(&self.request()).await
    }

    /// The status line and the Contact, Min-Expires and Retry-After lines of the answer.
    pub async fn answer(&self, location: &Location) -> Vec<String> {
        let request = self.request();
        let reply = location
            .save(&request)
            .await
            .unwrap_or_else(|refusal| refusal);
        lines(&reply, &request)
    }
}

pub fn lines(reply: &Reply, request: &Request) -> Vec<String> {
    let bytes = String::from_utf8(reply.to_bytes(request, "t")).unwrap();
    let wanted = [
        "SIP/2.0 ",
        "Contact: ",
        "Min-Expires: ",
        "Retry-After: ",
        "Unsupported: ",
    ];
    let kept = bytes
        .split("\r\n")
        .filter(|line| wanted.iter().any(|w| line.starts_with(w)));
    kept.map(str::to_owned).collect()
}

pub fn parse(text: String, flow: Flow, seconds: u64) -> Request {
    let arrival = Arrival {
        flow,
        at: at(seconds),
    };
    fixture::request(text, arrival)
}

/// An INVITE to a Request-URI.
pub fn invite(uri: &str, seconds: u64) -> Request {
    let text = format!(
        "INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bK2\r\n\
         From: <sip:10@192.168.1.15>;tag=f\r\nTo: <{uri}>\r\nCall-ID: call@192.168.1.10\r\n\
         CSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"
    );
    parse(text, register(&[]).flow(), seconds)
}

/// The URIs a call to user 11 goes to.
pub fn rings(location: &Location, seconds: u64) -> Vec<String> {
    let targets = location.lookup(&invite("sip:11@192.168.1.15", seconds));
    targets
        .into_iter()
        .flatten()
        .map(|target| target.uri)
        .collect()
}
