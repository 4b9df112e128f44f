use std::ops::{Deref, DerefMut};

use sip_message::{Connection, Reply};

use crate::names::Names;

/// A request as a script handles it: the message, and what the script asked for.
#[derive(Debug)]
pub struct Request {
    message: sip_message::Request,
    pub(crate) record_route: bool,
    pub(crate) next_flow: Option<Connection>,
}

impl Request {
    /// A request as it came.
    pub fn new(message: sip_message::Request) -> Self {
        Self {
            message,
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
        let _ = default;
        Ok(())
    }

    /// Checks the size of the message as it came (`msg:len > max_len` of the texts).
    ///
    /// # Errors
    /// 513 Message Too Large.
    pub fn check_length(&self, max_bytes: usize) -> Result<(), Reply> {
        let _ = max_bytes;
        Ok(())
    }

    /// Whether the Request-URI names this server (`uri == myself` of the texts).
    pub fn is_for(&self, names: &Names) -> bool {
        self.uri()
            .is_ok_and(|uri| names.is_myself(&uri, &self.arrival().flow))
    }

    /// Takes our own Route entries away (§16.4). True when they prove that this request is
    /// inside a call which passed here before: they carry the signature that
    /// [`Request::record_route`] gave that call.
    pub fn loose_route(&mut self, names: &Names) -> bool {
        let _ = names;
        false
    }

    /// Asks to stay on the path of the call this request begins (§16.6 step 4).
    pub fn record_route(&mut self) {
        self.record_route = true;
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
