use std::ops::{Deref, DerefMut};

use sip_message::{Connection, Name, Reply};

use crate::names::Names;
use crate::record_route::{OwnRoute, own_route, own_uri};

/// A request as a script handles it: the message, and what the script asked for.
#[derive(Debug)]
pub struct Request {
    message: sip_message::Request,
    size: usize,
    pub(crate) loop_mark: u64,
    pub(crate) record_route: bool,
    pub(crate) next_flow: Option<Connection>,
}

impl Request {
    /// A request as it came, `size` bytes long, with the mark its branches will carry
    /// (RFC 3261 §16.6 step 8).
    pub(crate) fn new(message: sip_message::Request, size: usize, loop_mark: u64) -> Self {
        Self {
            message,
            size,
            loop_mark,
            record_route: false,
            next_flow: None,
        }
    }

    /// Takes one from Max-Forwards, or adds the header with `default` (RFC 3261 §16.6 step 3;
    /// `mf_process_maxfwd_header` of the texts).
    ///
    /// # Errors
    /// 483 Too Many Hops when none is left (§16.3 step 3).
    pub fn check_max_forwards(&mut self, default: u8) -> Result<(), Reply> {
        // The parser has read the header already, so it is a number or absent.
        match self.max_forwards().unwrap_or_default() {
            Some(0) => return Err(Reply::of(483).because("Max-Forwards is 0")),
            Some(left) => self.set(Name::MaxForwards, &(left - 1).to_string()),
            None => self.set(Name::MaxForwards, &default.to_string()),
        }
        Ok(())
    }

    /// Checks the size of the message as it came, in bytes (`msg:len > max_len` of the texts).
    ///
    /// # Errors
    /// 513 Message Too Large (RFC 3261 §21.5.7).
    pub fn check_length(&self, max_bytes: usize) -> Result<(), Reply> {
        if self.size > max_bytes {
            let why = format!("{} bytes, at most {max_bytes} are allowed", self.size);
            return Err(Reply::of(513).because(why));
        }
        Ok(())
    }

    /// Whether the Request-URI names this server (`uri == myself` of the texts).
    pub fn is_for(&self, names: &Names) -> bool {
        self.uri()
            .is_ok_and(|uri| names.is_myself(&uri, &self.arrival().flow))
    }

    /// Whether the Request-URI has a user part: a number to call, rather than the server itself.
    pub fn has_user(&self) -> bool {
        self.uri()
            .is_ok_and(|uri| uri.sip().is_some_and(|uri| uri.user.is_some()))
    }

    /// Whether a Route is left, which would lead the request elsewhere than its Request-URI.
    pub fn has_route(&self) -> bool {
        self.value(Name::Route).is_some()
    }

    /// Takes our own Route entries away (§16.4). True when they prove that this request is
    /// inside a call which passed here before: they carry the signature that
    /// [`Request::record_route`] gave that call.
    pub fn loose_route(&mut self, names: &Names) -> bool {
        self.undo_strict_routing(names);
        let mut is_inside = false;
        while let Some(own) = self.first_route_if_own(names) {
            is_inside |= own.is_signed;
            self.next_flow = own.connection;
            self.message.remove_first(Name::Route);
        }
        is_inside && self.has_to_tag()
    }

    fn first_route_if_own(&self, names: &Names) -> Option<OwnRoute> {
        let route = self.message.routes().next()?.ok()?;
        own_route(names, &self.message, &route)
    }

    /// A strict router before us put our Record-Route into the Request-URI, and the real one
    /// behind the last Route (§16.4).
    fn undo_strict_routing(&mut self, names: &Names) {
        let own = self
            .uri()
            .ok()
            .and_then(|uri| own_uri(names, &self.message, &uri));
        let Some(own) = own.filter(|own| own.is_signed) else {
            return;
        };
        let Some(Ok(last)) = self.message.routes().last() else {
            return;
        };
        let uri = last.uri.to_owned();
        self.next_flow = own.connection;
        self.message.remove_last(Name::Route);
        self.message.set_uri(&uri);
    }

    /// Asks to stay on the path of the call this request begins (§16.6 step 4).
    pub fn record_route(&mut self) {
        self.record_route = true;
    }

    pub(crate) fn into_message(self) -> sip_message::Request {
        self.message
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
        &mut self.message
    }
}
