//! A request as a script handles it: what a script may ask of it and do with it.

mod notes;

use std::ops::{Deref, DerefMut};

use sip_message::{HeaderName, Reply, Uri};

use crate::calls::SharedCalls;
use crate::myself::Myself;
pub use notes::Waits;
pub(crate) use notes::{Early, Notes, Provisional};

/// A request as a script handles it: the message, and what the script asked for.
#[derive(Debug)]
pub struct Request {
    pub(crate) message: sip_message::Request,
    myself: Myself,
    early: Early,
    pub(crate) calls: SharedCalls,
    pub(crate) notes: Notes,
}

impl Request {
    /// A request as it came; `early` and `calls` are what it has in common with the core.
    pub(crate) fn new(
        message: sip_message::Request,
        notes: Notes,
        myself: Myself,
        early: Early,
        calls: SharedCalls,
    ) -> Self {
        Self {
            message,
            myself,
            early,
            calls,
            notes,
        }
    }

    /// Answers 100 before anything is decided (`sl_send_reply("100", ...)` of the texts). An
    /// INVITE gets its 100 without asking; to anything else over UDP a 100 within 3.5 s helps
    /// nobody, and RFC 4320 §4.1 forbids it.
    pub fn trying(&self, reason: &'static str) {
        let bytes = Reply::new(100, reason).to_bytes(&self.message, "");
        let waits = Waits::of(self);
        let provisional = waits.map(|waits| Provisional { waits, bytes });
        self.early.borrow_mut().extend(provisional);
    }

    /// Takes one from Max-Forwards, or adds the header with `default`, should the request be
    /// relayed (RFC 3261 §16.6 step 3; `mf_process_maxfwd_header` of the texts).
    ///
    /// A request for the server itself, such as a REGISTER or the OPTIONS with which a session
    /// border controller asks whether it is there, travels no further and may have none left:
    /// §16.3 step 3 is about forwarding.
    ///
    /// # Errors
    /// 483 Too Many Hops when none is left (§16.3 step 3).
    #[track_caller]
    pub fn check_max_forwards(&mut self, default: u8) -> Result<(), Reply> {
        self.note_asked();
        // The parser has read the header already, so it is a number or absent.
        self.notes.hops_left = match self.max_forwards().unwrap_or_default() {
            Some(0) if self.ends_here() => Some(0),
            Some(0) => return Err(Reply::of(483).because("Max-Forwards is 0")),
            Some(left) => Some(left - 1),
            None => Some(default),
        };
        Ok(())
    }

    /// Whether the request is for the server itself rather than for somebody behind it.
    #[track_caller]
    fn ends_here(&self) -> bool {
        self.is_for_us() && !self.has_user() && !self.has_route()
    }

    /// Checks the size of the message as it came, in bytes (`msg:len > max_len` of the texts).
    ///
    /// # Errors
    /// 513 Message Too Large (RFC 3261 §21.5.7).
    #[track_caller]
    pub fn check_length(&self, max_bytes: usize) -> Result<(), Reply> {
        self.note_asked();
        if self.notes.size > max_bytes {
            let why = format!("{} bytes, at most {max_bytes} are allowed", self.notes.size);
            return Err(Reply::of(513).because(why));
        }
        Ok(())
    }

    /// Whether the Request-URI names this server (`uri == myself` of the texts).
    #[track_caller]
    pub fn is_for_us(&self) -> bool {
        self.note_asked();
        self.uri().is_ok_and(|uri| self.is_myself(&uri))
    }

    /// Whether From names a user of this server: the caller is one of ours, or says so.
    #[track_caller]
    pub fn is_from_us(&self) -> bool {
        self.note_asked();
        let uri = self.from().and_then(|from| from.parse_uri());
        uri.is_ok_and(|uri| self.is_myself(&uri))
    }

    /// Whether To names a user of this server: the address-of-record of a REGISTER (§10.3).
    #[track_caller]
    pub fn is_to_us(&self) -> bool {
        self.note_asked();
        let uri = self.to().and_then(|to| to.parse_uri());
        uri.is_ok_and(|uri| self.is_myself(&uri))
    }

    fn is_myself(&self, uri: &Uri<'_>) -> bool {
        self.myself.is_myself(uri, &self.arrival().flow)
    }

    /// The server that has received it.
    pub fn myself(&self) -> &Myself {
        &self.myself
    }

    /// Whether the Request-URI has a user part: a number to call, rather than the server itself.
    #[track_caller]
    pub fn has_user(&self) -> bool {
        self.note_asked();
        self.uri()
            .is_ok_and(|uri| uri.sip().is_some_and(|uri| uri.user.is_some()))
    }

    /// Whether a Route is left, which would lead the request elsewhere than its Request-URI.
    #[track_caller]
    pub fn has_route(&self) -> bool {
        self.note_asked();
        self.value(HeaderName::Route).is_some()
    }

    /// Why a request is not for this server, in words for the log: who this is, or what is wrong
    /// with its Route.
    #[track_caller]
    pub fn why_not_here(&self) -> String {
        self.note_asked();
        if self.notes.is_after_call {
            return "its Route is of a call that is over, or whose other end has moved".to_owned();
        }
        if self.is_for_us() {
            return "a Route leads elsewhere".to_owned();
        }
        let domains = match self.myself.domains() {
            [] => String::new(),
            few if few.len() <= 4 => format!(", {}", few.join(", ")),
            many => format!(" and {} domains", many.len()),
        };
        format!("this server is {}{domains}", self.arrival().flow.local)
    }

    /// Whether this server has sent the request to itself: a phone's Contact may name another user
    /// of this server, and then the request passes here once for each of them (a spiral, RFC 3261 §6).
    /// Who is calling was checked on its first visit, and its answer to that challenge is used up.
    #[track_caller]
    pub fn is_spiral(&self) -> bool {
        self.note_asked();
        self.notes.is_spiral
    }

    /// Asks to stay on the path of the call this request begins (§16.6 step 4).
    pub fn record_route(&mut self) {
        self.notes.record_route = true;
    }
}

impl Deref for Request {
    type Target = sip_message::Request;

    fn deref(&self) -> &sip_message::Request {
        &self.message
    }
}

impl DerefMut for Request {
    fn deref_mut(&mut self) -> &mut sip_message::Request {
        self.loop_mark(); // of the request as it came
        &mut self.message
    }
}
