//! A call between two phones: INVITE, 180, 200, ACK, BYE, 200, the proxy staying on its path; with
//! a challenge to the caller, or from a carrier, where the server asks for passwords.

use std::io::Write;
use std::net::SocketAddr;

use crate::callee::Callee;
use crate::digest::{self, Digests};
use crate::load::{self, Job, Outbox, Turn};
use crate::message::{self, BRANCH};
use crate::outcome::Outcome;
use crate::peer::Peer;
use crate::phones::{CALLED, CALLING, Phones, Places};
use crate::subscribers::{CARRIER, USERS};
use crate::{challenged, register};

/// The number of called users, each at its own phone.
pub(crate) const CALLEES: u64 = 1_000;

/// The SDP of the phones, which send no voice.
pub(crate) const BODY: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
                    m=audio 40000 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\n\
                    a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n";

/// The kind of caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Anybody; the server does not ask for passwords.
    Open,
    /// Users, who are asked for their password in each call:
    /// INVITE-407-ACK-INVITE-100-180-200-ACK-BYE-200.
    Challenged,
    /// A carrier, known by its address to a server that asks other callers for a password.
    Carrier,
}

/// Microseconds of the server for each call.
pub(crate) fn cost(peer: &Peer, count: u64, way: Way) -> Result<f64, Outcome> {
    let (phones, mut job) = prepare(peer, count + count / 10, way)?;
    load::run(&phones, peer.address(), count / 10, &mut job)?;
    job.run = count / 10;
    let cost = peer.cost(count, || {
        load::run(&phones, peer.address(), count, &mut job)
    })?;
    job.callee.is_content();
    Ok(cost)
}

/// The callers' phones, and the callers for a number of calls to phones that are registered. A
/// carrier calls from its one address.
pub(crate) fn prepare(peer: &Peer, calls: u64, way: Way) -> Result<(Phones, Caller), Outcome> {
    let (callers, callees) = match way {
        Way::Carrier => (Phones::new(CARRIER, 1), Phones::new(CALLED, CALLEES)),
        Way::Open | Way::Challenged => (Phones::new(CALLING, USERS), Phones::new(CALLED, CALLEES)),
    };
    match way {
        Way::Open => register::all(&callees, peer.address(), CALLEES)?,
        Way::Challenged | Way::Carrier => challenged::all(&callees, peer.address(), CALLEES)?,
    }
    let job = Caller {
        places: callers.places(),
        server: peer.address(),
        run: 0,
        digests: (way == Way::Challenged).then(Digests::new),
        callee: Callee::new(callees, calls),
    };
    Ok((callers, job))
}

/// The callers.
pub(crate) struct Caller {
    places: Places,
    server: SocketAddr,
    /// The number of calls in earlier runs, so that no Call-ID is used twice.
    pub(crate) run: u64,
    /// What the callers know, where they are asked for a password.
    digests: Option<Digests>,
    callee: Callee,
}

impl Job for Caller {
    fn phone(&self, number: u64) -> u64 {
        (self.run + number) % USERS
    }

    fn begin(&mut self, slot: usize, number: u64, out: &mut Outbox) {
        self.invite(slot, number, None, out);
    }

    fn take(&mut self, slot: usize, number: u64, message: &[u8], out: &mut Outbox) -> Turn {
        let status = message::status(message);
        let cseq = message::header(message, "CSeq").unwrap_or_default();
        let done = match status {
            Some(100..200) => Some(()),
            Some(407) if self.digests.is_some() && cseq == b"1 INVITE" => {
                let nonce = digest::nonce(message, "Proxy-Authenticate");
                let acknowledged = self.follow(slot, number, message, "ACK", out);
                self.invite(slot, number, Some(nonce), out);
                acknowledged
            }
            Some(200) if cseq.ends_with(b"BYE") => return Turn::Done,
            Some(200) => ["ACK", "BYE"]
                .into_iter()
                .try_for_each(|method| self.follow(slot, number, message, method, out)),
            _ => None,
        };
        done.map_or(Turn::Failed, |()| Turn::Wait)
    }

    fn attend(&mut self) -> bool {
        self.callee.answer_all()
    }

    fn again(&self) -> u64 {
        self.callee.again()
    }
}

impl Caller {
    /// INVITE, with the answer to a challenge if there was one.
    fn invite(&self, slot: usize, number: u64, nonce: Option<&[u8]>, out: &mut Outbox) {
        let (call, length) = (self.run + number, BODY.len());
        let (local, server) = (self.places.of(self.phone(number)), self.server);
        let (cseq, caller) = (1 + u32::from(nonce.is_some()), self.caller(call));
        let uri = format!("sip:user{}@{server}", number % CALLEES);
        let out = out.message();
        write!(
            out,
            "INVITE {uri} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {local};branch={BRANCH}{slot}.{number}.i{call}.{cseq};rport\r\n\
             Max-Forwards: 70\r\n\
             From: <sip:{caller}@{server}>;tag=c{call}\r\n\
             To: <{uri}>\r\n\
             Call-ID: call-{call}\r\n\
             CSeq: {cseq} INVITE\r\n\
             Contact: <sip:{caller}@{local}>\r\n\
             User-Agent: load\r\n"
        )
        .expect("memory takes it");
        if let (Some(nonce), Some(digests)) = (nonce, &self.digests) {
            out.extend_from_slice(b"Proxy-Authorization: ");
            digests.write(call % USERS, ["INVITE", &uri], nonce, 1, out);
            out.extend_from_slice(b"\r\n");
        }
        write!(
            out,
            "Content-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{BODY}"
        )
        .expect("memory takes it");
    }

    /// The caller: another user each time, where users are asked for a password.
    fn caller(&self, call: u64) -> String {
        match self.digests {
            Some(_) => format!("user{}", call % USERS),
            None => "caller".to_owned(),
        }
    }

    /// What follows the answer to an INVITE. To a 407, ACK in the same transaction
    /// (RFC 3261 §17.1.1.3); to a 200, ACK and BYE along its Record-Route (§12.2.1.1).
    fn follow(
        &self,
        slot: usize,
        number: u64,
        answer: &[u8],
        method: &str,
        out: &mut Outbox,
    ) -> Option<()> {
        let call = self.run + number;
        let (local, server) = (self.places.of(self.phone(number)), self.server);
        let caller = self.caller(call);
        let to = str::from_utf8(message::header(answer, "To")?).ok()?;
        let (invite, _) = message::number(message::header(answer, "CSeq")?)?;
        let (target, routes, branch) = match message::status(answer)? {
            200 => {
                let target = message::uri(message::header(answer, "Contact")?)?;
                let target = str::from_utf8(target).ok()?.to_owned();
                (target, self.routes(answer)?, format!("{method}{call}"))
            }
            _ => {
                let target = format!("sip:user{}@{server}", number % CALLEES);
                (target, Vec::new(), format!("i{call}.{invite}"))
            }
        };
        let message = out.message();
        write!(
            message,
            "{method} {target} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {local};branch={BRANCH}{slot}.{number}.{branch};rport\r\n\
             Max-Forwards: 70\r\n"
        )
        .ok()?;
        for route in &routes {
            message.extend_from_slice(b"Route: ");
            message.extend_from_slice(route.trim_ascii());
            message.extend_from_slice(b"\r\n");
        }
        let cseq = invite + u64::from(method == "BYE");
        write!(
            message,
            "From: <sip:{caller}@{server}>;tag=c{call}\r\n\
             To: {to}\r\n\
             Call-ID: call-{call}\r\n\
             CSeq: {cseq} {method}\r\n\
             User-Agent: load\r\n\
             Content-Length: 0\r\n\r\n"
        )
        .ok()
    }

    /// The way back along the proxies that recorded themselves.
    fn routes<'m>(&self, ok: &'m [u8]) -> Option<Vec<&'m [u8]>> {
        let mut routes: Vec<&[u8]> = message::headers(ok)
            .filter(|(name, _)| name.eq_ignore_ascii_case(b"Record-Route"))
            .flat_map(|(_, value)| value.split(|&byte| byte == b','))
            .collect();
        routes.reverse();
        // A proxy that did not record itself is not measured here.
        let route = str::from_utf8(message::uri(routes.first()?)?).ok()?;
        assert!(
            route.contains(&self.server.to_string()),
            "a route to the server: {route}"
        );
        Some(routes)
    }
}
