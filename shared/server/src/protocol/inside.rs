//! What relayed requests and their answers change in the table of calls: they begin a call, move
//! one of its ends (RFC 3261 §12.2, RFC 3311, RFC 6141), or end it.

use std::time::Instant;

use sip_message::{Flow, HeaderName, Message, Method, Response, Status};

use super::Core;
use super::timers::{Kind, Owner};
use super::via::key_of;
use crate::account::Account;
use crate::call_token::{call_key, dialog_key, place};
use crate::calls::{Begun, Proof, Whereabouts};
use crate::keys::CallKey;
use crate::record_route::contact;
use crate::request::Request;

/// What a request that is relayed may change, once it is answered.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// It may begin a call, or a subscription.
    Begins(Begun, Use),
    /// It has proved to be inside one.
    Inside(Proof, Change),
}

/// What a dialog is used for (RFC 5057).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    Call,
    Subscription,
}

/// What a request inside a call changes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change {
    /// BYE.
    Ends,
    /// A target refresh: its sender is reached here, if it names a Contact. What it does to a
    /// subscription: SUBSCRIBE and REFER begin or renew one, a NOTIFY renews it or is the last.
    Moves {
        to: Option<Whereabouts>,
        subscription: Option<bool>,
        /// It left without a Route: what answers is the other end itself.
        is_last_hop: bool,
    },
}

impl Core {
    /// Notes a request that is about to leave.
    pub(crate) fn step(&mut self, request: &Request) -> Option<Step> {
        match request.notes.inside.filter(|_| request.notes.is_in_dialog) {
            Some(proof) => self.step_inside(proof, request),
            None if request.notes.record_route && !request.has_to_tag() => {
                self.step_begins(request)
            }
            None => None,
        }
    }

    /// A call begins with an INVITE, a subscription with a SUBSCRIBE or REFER; what other methods
    /// ask for is done with their answer (RFC 3428 §6), and no Route is needed after it.
    fn step_begins(&mut self, request: &Request) -> Option<Step> {
        let now = self.turn.now;
        let purpose = match request.method() {
            Method::Invite | Method::Other(_) => Use::Call,
            Method::Subscribe | Method::Refer => Use::Subscription,
            _ => return None,
        };
        let id = request.call_id().unwrap_or_default();
        let tag = request.tag(HeaderName::From).unwrap_or_default();
        let call = call_key(self.myself.secret(), id, tag);
        let arrival = request.arrival();
        let account = request.account();
        let before = self.leaves_at(call);
        let began = self
            .calls
            .borrow_mut()
            .begin(call, account, arrival.at, now);
        let (since, is_kept) = began;
        self.watch(call, before);
        let begun = Begun {
            call,
            account,
            since,
            is_kept,
        };
        Some(Step::Begins(begun, purpose))
    }

    fn step_inside(&mut self, proof: Proof, request: &Request) -> Option<Step> {
        let subscription = match request.method() {
            Method::Bye => return Some(Step::Inside(proof, Change::Ends)),
            Method::Invite | Method::Update => None,
            Method::Subscribe | Method::Refer => Some(true),
            Method::Notify => Some(!is_terminated(request)),
            _ => return None,
        };
        let mut others = request.vias().skip(1).flatten();
        let is_first_visit = !others.any(|via| key_of(via.branch()).is_some());
        let to = self.whereabouts(request, &request.arrival().flow, is_first_visit);
        let side = proof.token.side;
        if let Some(dialog) = self.calls.borrow_mut().dialog(&proof) {
            dialog.wants(side, to);
        }
        let is_last_hop = !request.has_route();
        let change = Change::Moves {
            to,
            subscription,
            is_last_hop,
        };
        Some(Step::Inside(proof, change))
    }

    /// Where a message says that its sender is reached.
    fn whereabouts(&self, message: &Message, flow: &Flow, is_direct: bool) -> Option<Whereabouts> {
        let contact = Some(contact(message)).filter(|contact| !contact.is_empty())?;
        let target = place(self.myself.secret(), contact);
        let over = flow.connection.filter(|_| is_direct);
        Some(Whereabouts { target, over })
    }

    /// A provisional response passes. One that is sent reliably moves the ends as a 2xx does
    /// (RFC 6141 §4.6).
    pub(crate) fn step_goes_on(&mut self, step: Option<Step>, response: &Response) {
        if let Some(Step::Inside(proof, change @ Change::Moves { .. })) = step
            && response.other("RSeq").is_some()
        {
            self.moves(&proof, change, response);
        }
    }

    /// A 2xx passes; `is_first` when it is the first final answer.
    pub(crate) fn step_succeeds(
        &mut self,
        step: Option<Step>,
        is_first: bool,
        response: &Response,
    ) {
        let now = self.turn.now;
        match step {
            Some(Step::Begins(begun, purpose)) if begun.is_kept => {
                let tag = response.tag(HeaderName::To).unwrap_or_default();
                let dialog = dialog_key(self.myself.secret(), begun.call, tag);
                let way = self.whereabouts(response, &response.arrival().flow, true);
                let mut calls = self.calls.borrow_mut();
                if let Some(dialog) = calls.answered(&begun, dialog, now) {
                    dialog.confirm(purpose == Use::Call, way, now);
                }
                if is_first {
                    calls.settle(begun.call, now);
                }
            }
            Some(Step::Inside(proof, Change::Ends)) => self.ends(&proof, Some(response)),
            Some(Step::Inside(proof, change)) => self.moves(&proof, change, response),
            _ => {}
        }
    }

    /// A request ends without a 2xx: nobody has moved (RFC 6141 §4.9). A 481 says that the other
    /// side knows of no call (§12.2.1.2); after any other refusal of a BYE the call goes on.
    pub(crate) fn step_fails(&mut self, step: Option<Step>, status: Status) {
        let now = self.turn.now;
        match step {
            Some(Step::Begins(begun, _)) if begun.is_kept => {
                self.calls.borrow_mut().settle(begun.call, now);
            }
            Some(Step::Inside(proof, Change::Ends)) if status == 481 => {
                self.ends(&proof, None);
            }
            Some(Step::Inside(proof, Change::Moves { subscription, .. })) => {
                let before = self.leaves_at(proof.call);
                let mut calls = self.calls.borrow_mut();
                if let Some(dialog) = calls.dialog(&proof) {
                    dialog.wants(proof.token.side, None);
                    if status == 481 && subscription.is_some() {
                        dialog.subscription(false, now);
                    }
                }
                calls.may_be_over(proof.call);
                drop(calls);
                self.watch(proof.call, before);
            }
            _ => {}
        }
    }

    /// A BYE has ended a call. One that is not in the table is entered where the other side
    /// confirmed the BYE, so that its Route ends with it.
    fn ends(&mut self, proof: &Proof, confirmed: Option<&Response>) {
        let now = self.turn.now;
        let before = self.leaves_at(proof.call);
        let mut calls = self.calls.borrow_mut();
        let dialog = match confirmed.map(|response| response.arrival()) {
            Some(arrival) => calls.learn(
                proof,
                Account::at(arrival.flow.remote.ip()),
                arrival.at,
                now,
            ),
            None => calls.dialog(proof),
        };
        if let Some(dialog) = dialog {
            dialog.end_call(now);
        }
        calls.may_be_over(proof.call);
        drop(calls);
        self.watch(proof.call, before);
    }

    /// Both ends are where the target refresh and its answer say.
    fn moves(&mut self, proof: &Proof, change: Change, response: &Response) {
        let now = self.turn.now;
        let Change::Moves {
            to,
            subscription,
            is_last_hop,
        } = change
        else {
            return;
        };
        let before = self.leaves_at(proof.call);
        let arrival = response.arrival();
        let answerer = self.whereabouts(response, &arrival.flow, is_last_hop);
        let mut calls = self.calls.borrow_mut();
        let dialog = calls.learn(
            proof,
            Account::at(arrival.flow.remote.ip()),
            arrival.at,
            now,
        );
        if let Some(dialog) = dialog {
            let side = proof.token.side;
            dialog.wants(side, None);
            for (side, way) in [(side, to), (side.other(), answerer)] {
                if let Some(way) = way {
                    dialog.moved(side, way, now);
                }
            }
            if let Some(goes_on) = subscription {
                dialog.subscription(goes_on, now);
            }
        }
        calls.may_be_over(proof.call);
        drop(calls);
        self.watch(proof.call, before);
    }

    fn leaves_at(&self, call: CallKey) -> Option<Instant> {
        self.calls.borrow().leaves_at(call)
    }

    /// Has a call leave the table in time, where that is not when it was before.
    fn watch(&mut self, call: CallKey, before: Option<Instant>) {
        let at = self.leaves_at(call);
        if let Some(at) = at.filter(|_| at != before) {
            self.agenda.add(at, Owner::Call(call), Kind::End);
        }
    }
}

/// Whether a NOTIFY is the last of its subscription (RFC 6665 §4.1.3).
fn is_terminated(notify: &Message) -> bool {
    let state = notify.other("Subscription-State").unwrap_or_default();
    let state = state.trim_ascii_start();
    let word = state.get(.."terminated".len());
    word.is_some_and(|word| word.eq_ignore_ascii_case(b"terminated"))
}
