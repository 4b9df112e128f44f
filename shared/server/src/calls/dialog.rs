//! One dialog of a call (RFC 3261 §12): who may still send what, and where each side is now.

use std::time::Duration;

use sip_message::{Connection, Method};
use std::time::Instant;

use crate::call_token::Side;
use crate::keys::{DialogKey, PlaceKey};

/// Where one side of a dialog is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Whereabouts {
    /// [`crate::call_token::place`] of its Contact.
    pub(crate) target: PlaceKey,
    /// The connection it has to this server, if it has one.
    pub(crate) over: Option<Connection>,
}

/// How a request that proved its Route goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leads {
    /// As its Route says.
    AsSigned,
    /// The target has moved: over this connection, or to the Request-URI.
    Over(Option<Connection>),
}

/// Where the requests of one side lead.
#[derive(Debug, Default)]
struct Towards {
    /// The last target learnt; none while the one that the Route names holds.
    now: Option<Whereabouts>,
    /// The one before.
    before: Option<Whereabouts>,
    /// When it moved: requests sent before that may still come.
    moved: Option<Instant>,
    /// What a target refresh asks for that is not answered yet.
    wanted: Option<Whereabouts>,
}

impl Towards {
    fn leads(
        &self,
        signed: PlaceKey,
        target: PlaceKey,
        now: Instant,
        grace: Duration,
    ) -> Option<Leads> {
        let over = |way: &Option<Whereabouts>| {
            let way = way.filter(|way| way.target == target);
            way.map(|way| Leads::Over(way.over))
        };
        let known = over(&self.now).or_else(|| over(&self.wanted));
        let is_late = self.moved.is_some_and(|moved| moved + grace <= now);
        if known.is_some() || is_late {
            return known;
        }
        over(&self.before).or((signed == target).then_some(Leads::AsSigned))
    }

    /// Where another server is between this one and the phone, the connection is not the phone's,
    /// and nothing is learnt of it that is not known.
    fn move_to(&mut self, way: Whereabouts, now: Instant) {
        let is_known =
            |known: Whereabouts| known == way || way.over.is_none() && known.target == way.target;
        if !self.now.is_some_and(is_known) {
            self.before = self.now;
            self.now = Some(way);
            self.moved = Some(now);
        }
    }
}

/// What an INVITE makes of a dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Session {
    /// No 2xx has come.
    Not,
    On,
    /// A BYE has ended it. A copy of the 2xx does not begin it again.
    Over,
}

/// A dialog between the caller and one of the phones that answered.
#[derive(Debug)]
pub(crate) struct Dialog {
    /// [`crate::call_token::dialog_key`].
    pub(super) key: DialogKey,
    session: Session,
    /// A subscription uses it, too (RFC 5057): SUBSCRIBE, or REFER, whose NOTIFYs may come after
    /// the BYE.
    has_subscription: bool,
    /// When the call or the last subscription ended.
    ended: Option<Instant>,
    /// Where the caller's requests lead, and the callee's.
    towards: [Towards; 2],
}

impl Dialog {
    pub(super) fn new(key: DialogKey) -> Self {
        Self {
            key,
            session: Session::Not,
            has_subscription: false,
            ended: None,
            towards: Default::default(),
        }
    }

    /// Whether no 2xx has confirmed it yet (§12: an early dialog).
    pub(super) fn is_early(&self) -> bool {
        self.session == Session::Not && !self.has_subscription && self.ended.is_none()
    }

    /// Whether nothing is left of it.
    pub(super) fn is_over(&self) -> bool {
        self.ended.is_some() && !self.has_subscription
    }

    /// When the call or the last subscription ended.
    pub(super) fn ended(&self) -> Option<Instant> {
        self.ended
    }

    /// Whether a request of `side` may still pass, and where to: `signed` is the target its Route
    /// names, `target` the one it has. After the end only what is late passes: a BYE of the other
    /// side or one sent again, an ACK, and the NOTIFYs of a subscription.
    pub(super) fn leads(
        &self,
        side: Side,
        method: &Method,
        [signed, target]: [PlaceKey; 2],
        now: Instant,
        grace: Duration,
    ) -> Option<Leads> {
        if let Some(ended) = self.ended {
            let is_late = ended + grace <= now;
            let may_pass = match method {
                Method::Bye | Method::Ack => !is_late,
                Method::Notify => self.has_subscription || !is_late,
                Method::Subscribe => self.has_subscription,
                _ => false,
            };
            if !may_pass {
                return None;
            }
        }
        self.towards[side as usize].leads(signed, target, now, grace)
    }

    /// What a target refresh of `side` asks for, until it is answered.
    pub(crate) fn wants(&mut self, side: Side, way: Option<Whereabouts>) {
        self.towards[side.other() as usize].wanted = way;
    }

    /// `side` is reached there from now on (§12.2.1.2, §12.2.2).
    pub(crate) fn moved(&mut self, side: Side, way: Whereabouts, now: Instant) {
        self.towards[side.other() as usize].move_to(way, now);
    }

    /// A 2xx has confirmed it. One that is confirmed already stays as it is: the answer to a
    /// request outside the dialog proves nothing about it.
    pub(crate) fn confirm(&mut self, is_call: bool, way: Option<Whereabouts>, now: Instant) {
        match is_call {
            true if self.session == Session::Not => {
                self.session = Session::On;
                self.ended = None;
            }
            false if self.is_early() => self.has_subscription = true,
            _ => return,
        }
        if let Some(way) = way {
            self.moved(Side::Callee, way, now);
        }
    }

    /// A BYE has ended the call.
    pub(crate) fn end_call(&mut self, now: Instant) {
        self.session = Session::Over;
        self.ended = self.ended.or(Some(now));
    }

    /// A subscription goes on, or has ended.
    pub(crate) fn subscription(&mut self, goes_on: bool, now: Instant) {
        self.has_subscription = goes_on;
        if !goes_on && self.session != Session::On {
            self.ended = self.ended.or(Some(now));
        }
    }
}
