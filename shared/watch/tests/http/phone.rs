//! A phone that sends what a test says.

use std::net::UdpSocket;
use std::time::Duration;

use sip_digest::{Calculation, Challenge, Credentials, Secret};

pub struct Phone {
    socket: UdpSocket,
    server: u16,
    user: &'static str,
}

impl Phone {
    pub fn new(user: &'static str, server: u16) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        Self {
            socket,
            server,
            user,
        }
    }

    pub fn port(&self) -> u16 {
        self.socket.local_addr().unwrap().port()
    }

    /// A request with more header fields, each with its line end.
    pub fn request(&self, method: &str, to: &str, cseq: u32, more: &str) -> String {
        let (user, port, server) = (self.user, self.port(), self.server);
        format!(
            "{method} sip:{to}127.0.0.1:{server} SIP/2.0\r\n\
             Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{user}{port}{cseq}\r\n\
             From: <sip:{user}@127.0.0.1:{server}>;tag=from{port}\r\n\
             To: <sip:{user}@127.0.0.1:{server}>\r\n\
             Call-ID: call-of-{user}-{port}\r\n\
             CSeq: {cseq} {method}\r\n\
             Contact: <sip:{user}@127.0.0.1:{port}>\r\n\
             Max-Forwards: 70\r\n{more}Content-Length: 0\r\n\r\n"
        )
    }

    /// Sends a message and returns the answer.
    pub fn ask(&self, message: &str) -> String {
        self.send(message);
        let mut buffer = [0; 8_192];
        let length = self.socket.recv(&mut buffer).unwrap();
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    }

    pub fn send(&self, message: &str) {
        let server = ("127.0.0.1", self.server);
        self.socket.send_to(message.as_bytes(), server).unwrap();
    }

    /// Registers with a password, right or wrong, and returns the last answer.
    pub fn register(&self, password: &str, cseq: u32) -> String {
        let challenge = self.ask(&self.request("REGISTER", "", cseq, ""));
        let value = challenge
            .lines()
            .find_map(|line| line.strip_prefix("WWW-Authenticate: "));
        let challenge = Challenge::parse(value.unwrap()).unwrap().unwrap();
        let uri = format!("sip:127.0.0.1:{}", self.server);
        let mut credentials = Credentials {
            username: self.user,
            realm: &challenge.realm,
            nonce: &challenge.nonce,
            uri: &uri,
            response: "",
            algorithm: challenge.algorithm.unwrap_or_default(),
            qop: None,
            cnonce: None,
            opaque: None,
        };
        let work = Calculation::new(&credentials, Secret::Password(password), "REGISTER", b"");
        credentials.response = work.response();
        let more = format!("Authorization: {credentials}\r\n");
        self.ask(&self.request("REGISTER", "", cseq + 1, &more))
    }
}
