//! A phone that is a socket and some text: what it sends is written out, what it gets is read
//! as text. Not the parser under test, on purpose.

use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::digest::Credentials;
use crate::{address, digest, text};

/// T1 of RFC 3261: when an unanswered request is sent again.
const T1: Duration = Duration::from_millis(500);

/// How long a phone waits for what must come. A busy machine may need a moment.
pub const PATIENCE: Duration = Duration::from_secs(10);

static SERIAL: AtomicU64 = AtomicU64::new(1);

/// A mark that no other request of this process has.
fn unique() -> String {
    let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
    format!("{}x{serial}", std::process::id())
}

/// Whether a server answers OPTIONS right now.
pub fn answers(server: SocketAddr) -> bool {
    let probe = Phone::new("probe", 9, server);
    probe.send(&probe.request("OPTIONS", &format!("sip:{server}"), ""));
    probe
        .receive(Duration::from_millis(100))
        .is_some_and(|message| text::status(&message) == Some(200))
}

/// A phone on UDP.
pub struct Phone {
    socket: UdpSocket,
    user: String,
    server: SocketAddr,
    password: Option<String>,
    call_id: String,
    cseq: u32,
}

impl Phone {
    /// The phone of `user` at a port of 127.0.0.`host`, which registers at `server`; at a port of
    /// `::1` when the server has an IPv6 address.
    pub fn new(user: &str, host: u8, server: SocketAddr) -> Self {
        let socket = match server {
            SocketAddr::V4(_) => address::socket(host),
            SocketAddr::V6(_) => UdpSocket::bind(("::1", 0)).expect("a free port"),
        };
        Self {
            socket,
            user: user.to_owned(),
            server,
            password: None,
            call_id: unique(),
            cseq: 0,
        }
    }

    /// Lets it answer challenges with a password, if there is one.
    pub fn with_password(mut self, password: Option<&str>) -> Self {
        self.password = password.map(str::to_owned);
        self
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.socket.local_addr().expect("a bound socket has one")
    }

    /// What it registers.
    pub fn contact(&self) -> String {
        format!("sip:{}@{}", self.user, self.address())
    }

    /// Turns to another server.
    pub fn turn_to(&mut self, server: SocketAddr) {
        self.server = server;
    }

    /// A request of its own, in a transaction of its own. `extra` is whole header lines.
    pub fn request(&self, method: &str, uri: &str, extra: &str) -> String {
        let Self { user, server, .. } = self;
        let (address, mark) = (self.address(), unique());
        format!(
            "{method} {uri} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {address};branch=z9hG4bK{mark};rport\r\n\
             Max-Forwards: 70\r\n\
             From: <sip:{user}@{server}>;tag={mark}\r\n\
             To: <{uri}>\r\n\
             Call-ID: {mark}\r\n\
             CSeq: 1 {method}\r\n\
             {extra}Content-Length: 0\r\n\r\n"
        )
    }

    /// A request of the caller inside the dialog that `answer` opened.
    ///
    /// # Panics
    /// When it is not the answer to an INVITE that the server recorded itself in.
    pub fn in_dialog(&self, method: &str, answer: &str) -> String {
        let answered = |name| text::header(answer, name).expect("the answer to an INVITE has it");
        let uri = text::uri(answered("Contact")).expect("a URI in angle brackets");
        let route = format!("Route: {}\r\n", answered("Record-Route"));
        let own = self.request(method, uri, &route);
        let mut request = own.clone();
        for name in ["From", "To", "Call-ID"] {
            let line = text::header(&own, name).expect("every request has it");
            let (line, theirs) = (format!("{name}: {line}\r\n"), answered(name));
            request = request.replace(&line, &format!("{name}: {theirs}\r\n"));
        }
        request
    }

    /// A REGISTER, with a CSeq above the last and what answered its challenge.
    pub fn registration(&mut self, extra: &str) -> String {
        self.cseq += 2;
        let Self {
            user,
            server,
            call_id,
            cseq,
            ..
        } = self;
        let (address, mark) = (self.socket.local_addr().expect("bound"), unique());
        format!(
            "REGISTER sip:{server} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {address};branch=z9hG4bK{mark};rport\r\n\
             Max-Forwards: 70\r\n\
             From: <sip:{user}@{server}>;tag={mark}\r\n\
             To: <sip:{user}@{server}>\r\n\
             Call-ID: {call_id}\r\n\
             CSeq: {cseq} REGISTER\r\n\
             {extra}Content-Length: 0\r\n\r\n"
        )
    }

    /// Registers itself for `expires` seconds.
    ///
    /// # Panics
    /// When the answer is not 200.
    pub fn register(&mut self, expires: u32) -> String {
        let contact = self.contact();
        let request = self.registration(&format!("Contact: <{contact}>\r\nExpires: {expires}\r\n"));
        let answer = self.transact(&request);
        assert_eq!(text::status(&answer), Some(200), "{answer}");
        answer
    }

    /// Registers its user at another address, for an hour.
    ///
    /// # Panics
    /// When the answer is not 200.
    pub fn register_at(&mut self, contact: &str) {
        let request = self.registration(&format!("Contact: <{contact}>\r\nExpires: 3600\r\n"));
        let answer = self.transact(&request);
        assert_eq!(text::status(&answer), Some(200), "{answer}");
    }

    /// The contacts the server holds for its user: a REGISTER without Contact.
    ///
    /// # Panics
    /// When the answer is not 200.
    pub fn bindings(&mut self) -> Vec<String> {
        let request = self.registration("");
        let answer = self.transact(&request);
        assert_eq!(text::status(&answer), Some(200), "{answer}");
        text::contacts(&answer)
    }

    /// Invites `user` of the server and waits for a final answer; a refusal is acknowledged.
    pub fn invite(&self, user: &str) -> String {
        let contact = self.contact();
        let uri = format!("sip:{user}@{}", self.server);
        self.transact(&self.request("INVITE", &uri, &format!("Contact: <{contact}>\r\n")))
    }

    /// Invites `user` of the server, with credentials if it is asked for them, and does not wait
    /// for what becomes of it.
    pub fn begin_call(&self, user: &str) {
        self.begin_call_to(&format!("sip:{user}@{}", self.server));
    }

    /// Invites a URI through the server, as [`Phone::begin_call`] does.
    ///
    /// # Panics
    /// When the server answers nothing.
    pub fn begin_call_to(&self, uri: &str) {
        let contact = self.contact();
        let invite = self.request("INVITE", uri, &format!("Contact: <{contact}>\r\n"));
        self.send(&invite);
        let answer = self.receive(PATIENCE).expect("at least 100 Trying");
        if let Some(line) = self.credentials(&invite, &answer) {
            self.acknowledge(&invite, &answer);
            self.send(&text::again(&invite, &line, &unique()));
        }
    }

    /// Sends to its server.
    pub fn send(&self, message: &str) {
        self.send_to(message, self.server);
    }

    /// Sends anywhere.
    pub fn send_to(&self, message: &str, to: SocketAddr) {
        // After a server was killed, the error of the last datagram is reported here.
        let _ = self.socket.send_to(message.as_bytes(), to);
    }

    /// Sends any bytes to its server.
    pub fn send_bytes(&self, bytes: &[u8]) {
        let _ = self.socket.send_to(bytes, self.server);
    }

    /// Sends a request, again while nothing comes, until its final answer; and once more with
    /// credentials when it is asked for them and has a password.
    ///
    /// # Panics
    /// When no final answer comes.
    pub fn transact(&self, request: &str) -> String {
        let answer = self.transact_once(request);
        match self.credentials(request, &answer) {
            Some(line) => self.transact_once(&text::again(request, &line, &unique())),
            None => answer,
        }
    }

    /// The header line that answers a challenge, if `answer` is one and there is a password.
    fn credentials(&self, request: &str, answer: &str) -> Option<String> {
        let (user, password) = (&self.user, self.password.as_deref()?);
        digest::answer(request, answer, Credentials { user, password })
    }

    fn transact_once(&self, request: &str) -> String {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            self.send(request);
            let sent = Instant::now();
            while let Some(left) = T1.checked_sub(sent.elapsed()) {
                let Some(message) = self.receive(left) else {
                    break;
                };
                let ours = text::header(&message, "Call-ID") == text::header(request, "Call-ID")
                    && text::header(&message, "CSeq") == text::header(request, "CSeq");
                if ours && text::status(&message).is_some_and(|status| status >= 200) {
                    self.acknowledge(request, &message);
                    return message;
                }
            }
        }
        panic!("no final answer to:\n{request}");
    }

    /// An INVITE that was refused is acknowledged.
    fn acknowledge(&self, request: &str, answer: &str) {
        let refused = text::status(answer) >= Some(300);
        if text::method(request) == Some("INVITE") && refused {
            self.send(&text::acknowledgement(request, answer));
        }
    }

    /// The next message, if one comes within `limit`.
    pub fn receive(&self, limit: Duration) -> Option<String> {
        self.receive_from(limit).map(|(message, _)| message)
    }

    /// The next message and where it came from, if one comes within `limit`.
    pub fn receive_from(&self, limit: Duration) -> Option<(String, SocketAddr)> {
        let until = Instant::now() + limit;
        let mut buffer = vec![0; 65_536];
        loop {
            let left = until.checked_duration_since(Instant::now())?;
            let left = left.max(Duration::from_millis(1));
            self.socket.set_read_timeout(Some(left)).expect("not zero");
            match self.socket.recv_from(&mut buffer) {
                Ok((length, from)) => {
                    let message = String::from_utf8_lossy(&buffer[..length]).into_owned();
                    return Some((message, from));
                }
                // Refused: an earlier datagram went to a dead server. Interrupted: the machine was
                // frozen for a moment.
                Err(error)
                    if [ErrorKind::ConnectionRefused, ErrorKind::Interrupted]
                        .contains(&error.kind()) => {}
                Err(_) => return None,
            }
        }
    }

    /// The next request, retransmitted responses passed over.
    ///
    /// # Panics
    /// When none comes.
    pub fn receive_request(&self) -> String {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if let Some(message) = self.receive(PATIENCE)
                && text::method(&message).is_some()
            {
                return message;
            }
        }
        panic!("{} got no request", self.user);
    }

    /// Answers a request, to where its topmost Via says (RFC 3261 §18.2.2).
    pub fn answer_to_via(&self, request: &str, status: &str) {
        let copied: String = text::lines(request)
            .filter(|(name, _)| {
                let copied = ["Via", "Record-Route", "From", "Call-ID", "CSeq"];
                copied.iter().any(|other| name.eq_ignore_ascii_case(other))
            })
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let via = text::header(request, "Via").expect("every request has Via");
        let sent_by = via.split([' ', ';']).nth(1).expect("Via has a sent-by");
        let to = text::header(request, "To").expect("every request has To");
        let (contact, user) = (self.contact(), &self.user);
        let tag = if to.contains(";tag=") {
            String::new() // inside a dialog
        } else {
            format!(";tag={user}")
        };
        let answer = format!(
            "SIP/2.0 {status}\r\n{copied}To: {to}{tag}\r\n\
             Contact: <{contact}>\r\nContent-Length: 0\r\n\r\n"
        );
        self.send_to(&answer, sent_by.parse().expect("an address and a port"));
    }
}
