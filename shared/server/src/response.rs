//! A response as a script handles it.

use std::ops::{Deref, DerefMut};

use crate::myself::Myself;

/// A response to a request that was relayed: the message, and the server that has received it.
#[derive(Debug)]
pub struct Response {
    message: sip_message::Response,
    myself: Myself,
}

impl Response {
    pub(crate) fn new(message: sip_message::Response, myself: Myself) -> Self {
        Self { message, myself }
    }

    /// The server that has received it.
    pub fn myself(&self) -> &Myself {
        &self.myself
    }
}

impl Deref for Response {
    type Target = sip_message::Response;

    fn deref(&self) -> &sip_message::Response {
        &self.message
    }
}

impl DerefMut for Response {
    fn deref_mut(&mut self) -> &mut sip_message::Response {
        &mut self.message
    }
}
