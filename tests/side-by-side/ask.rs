//! Builds the requests of the scenes as text.

use std::net::SocketAddr;

use crate::servers::MAX_LENGTH;
use crate::stage::Stage;

/// A request as a scene describes it.
pub struct Ask {
    /// The host that sends it.
    pub from_host: u8,
    /// Its method.
    pub method: &'static str,
    /// Its Request-URI.
    pub uri: String,
    /// The URI in From.
    pub from: String,
    /// The value of To, with its tag.
    pub to: String,
    /// More header lines, each complete.
    pub extra: String,
    /// Max-Forwards.
    pub hops: u8,
}

impl Stage {
    /// The address of the phone at a host.
    pub fn at(&self, host: u8) -> SocketAddr {
        self.lines[&host].at()
    }

    /// The Contact URI of the phone at a host.
    pub fn contact(&self, host: u8, user: &str) -> String {
        format!(
            "sip:{user}@{}{}",
            self.at(host),
            self.lines[&host].uri_parameter()
        )
    }

    /// `sip:USER@SERVER`, or the server's own URI for an empty user.
    pub fn uri(&self, user: &str) -> String {
        let server = self.server.address();
        match user {
            "" => format!("sip:{server}"),
            _ => format!("sip:{user}@{server}"),
        }
    }

    /// A REGISTER of `user` from a host, with the host's own Contact.
    pub fn register(&self, from_host: u8, user: &str) -> Ask {
        let contact = self.contact(from_host, user);
        Ask {
            from_host,
            method: "REGISTER",
            uri: self.uri(""),
            from: self.uri(user),
            to: format!("<{}>", self.uri(user)),
            extra: format!("Contact: <{contact}>\r\nExpires: 150\r\n"),
            hops: 70,
        }
    }

    /// An INVITE, or another request, from `user` at a host to `callee`.
    pub fn ask(&self, method: &'static str, from_host: u8, user: &str, callee: &str) -> Ask {
        let contact = self.contact(from_host, user);
        Ask {
            from_host,
            method,
            uri: self.uri(callee),
            from: self.uri(user),
            to: format!("<{}>", self.uri(callee)),
            extra: format!("Contact: <{contact}>\r\n"),
            hops: 70,
        }
    }

    /// The text of a request, in a transaction of its own.
    pub fn text(&mut self, ask: &Ask) -> String {
        self.serial += 1;
        let (at, serial) = (self.at(ask.from_host), self.serial);
        let transport = self.lines[&ask.from_host].transport();
        let Ask {
            method,
            uri,
            from,
            to,
            extra,
            hops,
            ..
        } = ask;
        format!(
            "{method} {uri} SIP/2.0\r\n\
             Via: SIP/2.0/{transport} {at};branch=z9hG4bK{port}x{serial};rport\r\n\
             Max-Forwards: {hops}\r\n\
             From: <{from}>;tag=f{serial}\r\n\
             To: {to}\r\n\
             Call-ID: {port}-{serial}\r\n\
             CSeq: {serial} {method}\r\n\
             {extra}Content-Length: 0\r\n\r\n",
            port = at.port(),
        )
    }
}

/// A header line that makes a request longer than either server accepts.
pub fn padding() -> String {
    format!("Subject: {}\r\n", "x".repeat(MAX_LENGTH))
}
