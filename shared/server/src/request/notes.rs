//! A request under way: what the core notes of it, and what is kept while a script has it.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Instant;

use sip_message::{Connection, Flow, HeaderName, Method};

use super::Request;
use crate::account::Account;
use crate::calls::Proof;
use crate::keys::{LoopMark, ServerKey};
use crate::loop_mark::loop_mark;

/// Provisional responses that scripts have made and the core is to send.
pub(crate) type Early = Rc<RefCell<Vec<Provisional>>>;

/// A provisional response, and what opens the transaction it belongs to.
#[derive(Debug)]
pub(crate) struct Provisional {
    pub(crate) waits: Waits,
    pub(crate) bytes: Vec<u8>,
}

/// A request on which a script or a look-up takes its time: what must be known meanwhile.
#[derive(Debug)]
pub struct Waits {
    /// The transaction that it opens.
    pub(crate) key: ServerKey,
    /// Where it is answered.
    pub(crate) flow: Flow,
    /// The port it came from.
    pub(crate) source_port: u16,
    pub(crate) is_invite: bool,
    pub(crate) account: Account,
    /// The request as it came.
    pub(crate) copy: Vec<u8>,
}

impl Waits {
    /// What is kept of a request while it is away; nothing of an ACK, which opens no transaction.
    pub fn of(request: &Request) -> Option<Self> {
        (!request.is_ack()).then(|| Self {
            key: request.notes.key,
            flow: request.notes.answered_on,
            source_port: request.arrival().flow.remote.port(),
            is_invite: *request.method() == Method::Invite,
            account: request.account(),
            copy: request.as_it_came().to_vec(),
        })
    }
}

/// What the core notes of a request beside the message.
#[derive(Debug)]
pub(crate) struct Notes {
    /// The transaction it belongs to; an ACK to its INVITE's.
    pub(crate) key: ServerKey,
    /// Its size as it came, in bytes.
    pub(crate) size: usize,
    /// When it came.
    pub(crate) came: Instant,
    /// Where it is answered.
    pub(crate) answered_on: Flow,
    /// This server has sent it to itself.
    pub(crate) is_spiral: bool,
    loop_mark: Option<LoopMark>,
    /// What Max-Forwards is to say when it leaves.
    pub(crate) hops_left: Option<u8>,
    /// The script asks to stay on the path of its call.
    pub(crate) record_route: bool,
    /// The connection that the Route taken away names.
    pub(crate) next_flow: Option<Connection>,
    /// The address of ours that the Route taken away names: the side the request leaves to.
    pub(crate) next_local: Option<SocketAddr>,
    /// What its Routes prove.
    pub(crate) inside: Option<Proof>,
    /// A Route of it is signed for a call that is over, or for an end that has moved.
    pub(crate) is_after_call: bool,
    /// The script relays it inside its call.
    pub(crate) is_in_dialog: bool,
}

impl Notes {
    /// The notes of a request of that transaction and size, that came at this moment.
    pub(crate) fn new(key: ServerKey, size: usize, came: Instant, answered_on: Flow) -> Self {
        Self {
            key,
            size,
            came,
            answered_on,
            is_spiral: false,
            loop_mark: None,
            hops_left: None,
            record_route: false,
            next_flow: None,
            next_local: None,
            inside: None,
            is_after_call: false,
            is_in_dialog: false,
        }
    }
}

impl Request {
    /// Whether it is an ACK, which is never answered and opens no transaction.
    pub(crate) fn is_ack(&self) -> bool {
        *self.method() == Method::Ack
    }

    /// The account it counts for: that of its user, too, once the user is known.
    pub(crate) fn account(&self) -> Account {
        Account::of(&self.message, self.myself().secret())
    }

    /// What marks the branches of this request (§16.6 step 8): computed over the request as it
    /// came, so at the latest before its first change.
    pub(crate) fn loop_mark(&mut self) -> LoopMark {
        let mark = self.notes.loop_mark;
        let mark = mark.unwrap_or_else(|| loop_mark(&self.message, self.myself().secret()));
        self.notes.loop_mark = Some(mark);
        mark
    }

    /// The message as it is to leave.
    pub(crate) fn into_message(mut self) -> sip_message::Request {
        if let Some(left) = self.notes.hops_left {
            self.message.set(HeaderName::MaxForwards, &left.to_string());
        }
        self.message
    }
}
