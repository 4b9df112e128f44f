//! The calls that go on: which of them have ended, and where each side is now.
//!
//! A signed Route proves that a call was let in, not that it goes on, and it names the Contact a
//! phone had at the beginning. This table knows the rest. It is bounded, and it is in memory: a
//! call that does not fit, or that began before this server started, has nothing but its
//! signature, which holds for [`LIFETIME`] and for the first Contact.

mod call;
mod dialog;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use sip_message::Method;
use std::time::Instant;

use crate::account::{Account, Rank};
use crate::keys::{CallKey, DialogKey, PlaceKey};
use crate::shares::Shares;
use crate::table::{Table, shrink, shrink_queue};
use call::Call;
pub(crate) use call::{Begun, Proof};
pub(crate) use dialog::{Dialog, Leads, Whereabouts};

/// How long a Route is good at most: 12 hours, after which Kamailio's dialog module gives a call
/// up, too (its `default_timeout`).
pub(crate) const LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);

/// Phones that may answer one call; what another one moves is not learnt.
const MOST_DIALOGS: usize = 16;

/// Nothing else wants these places, so none is reserved.
const PLACE: Rank = Rank::Reserved;

/// The table, as the core and the requests under way share it.
pub(crate) type SharedCalls = Rc<RefCell<Calls>>;

/// The table of calls.
#[derive(Debug)]
pub(crate) struct Calls {
    /// When this server started, in milliseconds since 1970.
    start: u64,
    /// How long what is late may come: 64*T1.
    grace: Duration,
    calls: Table<CallKey, Call>,
    /// The places for dialogs.
    places: Shares,
    /// Calls that are over and wait for what is late; they take no place, the oldest goes first.
    over: VecDeque<CallKey>,
    most_over: usize,
}

impl Calls {
    /// An empty table for `most` dialogs, of a server that starts at this time. A call takes a
    /// place for its first dialog when it begins, and one for every further dialog.
    pub(crate) fn new(start: SystemTime, grace: Duration, most: usize) -> Self {
        Self {
            start: milliseconds(start),
            grace,
            calls: Table::default(),
            places: Shares::new(most),
            over: VecDeque::new(),
            most_over: most / 4,
        }
    }

    /// How many calls there are.
    pub(crate) fn len(&self) -> usize {
        self.calls.len()
    }

    /// Whether a call is in the table.
    pub(crate) fn has(&self, call: CallKey) -> bool {
        self.calls.contains_key(&call)
    }

    /// A request that may begin a call is relayed. Returns what its Route is to say: since when
    /// the call is on, and whether it is in this table.
    pub(crate) fn begin(
        &mut self,
        call: CallKey,
        account: Account,
        at: SystemTime,
        now: Instant,
    ) -> (u64, bool) {
        // What began in the millisecond of the start was begun before it.
        let since = milliseconds(at).max(self.start.saturating_add(1));
        if let Some(known) = self.calls.get_mut(&call) {
            // The same request once more, on its way through other servers. It may not join a
            // call that is answered already.
            let joins = known.open > 0 && known.is_kept;
            known.open += u32::from(joins);
            return if joins {
                (known.since, true)
            } else {
                (since, false)
            };
        }
        let until = now + LIFETIME;
        let is_kept = self.enter(call, account, (since, true), until);
        if let Some(entered) = self.calls.get_mut(&call).filter(|_| is_kept) {
            entered.open = 1;
        }
        (since, is_kept)
    }

    /// Puts a call into the table, if the share of its account allows it.
    fn enter(
        &mut self,
        call: CallKey,
        account: Account,
        token: (u64, bool),
        until: Instant,
    ) -> bool {
        if self.calls.contains_key(&call) {
            return false;
        }
        let Some(places) = self.places.take(account, 1, PLACE) else {
            return false;
        };
        let (since, is_kept) = token;
        let entered = Call {
            since,
            is_kept,
            places,
            until,
            open: 0,
            settled: None,
            dialogs: Vec::new(),
        };
        self.calls.insert(call, entered);
        true
    }

    /// A request that might have begun a call got its final answer. Without a dialog the call
    /// does not exist, and its Routes lead nowhere any more.
    pub(crate) fn settle(&mut self, call: CallKey, now: Instant) {
        let Some(known) = self.calls.get_mut(&call) else {
            return;
        };
        known.open = known.open.saturating_sub(1);
        known.settled = Some(now);
        if known.open == 0 && known.dialogs.iter().all(Dialog::is_early) {
            self.remove(call);
        }
    }

    /// What a signed Route is good for: `None` when its call is over or the target is not the
    /// other end's. `at` is the time of day, by which calls that are not in the table end.
    pub(crate) fn leads(
        &self,
        proof: &Proof,
        method: &Method,
        target: PlaceKey,
        at: SystemTime,
        now: Instant,
    ) -> Option<Leads> {
        let token = &proof.token;
        let as_signed = || (token.target == target).then_some(Leads::AsSigned);
        let Some(call) = self.call_of(proof) else {
            let age = milliseconds(at).saturating_sub(token.since);
            let has_ended = token.is_kept && token.since > self.start;
            let is_old = Duration::from_millis(age) >= LIFETIME;
            return if has_ended || is_old {
                None
            } else {
                as_signed()
            };
        };
        if call.until <= now {
            return None;
        }
        let dialog = call
            .dialogs
            .iter()
            .find(|dialog| dialog.key == proof.dialog);
        let is_known = dialog.is_some_and(|dialog| !dialog.is_early());
        if !is_known && !call.is_unsettled(now, self.grace) {
            return None;
        }
        match dialog {
            Some(dialog) => {
                dialog.leads(token.side, method, [token.target, target], now, self.grace)
            }
            None => as_signed(),
        }
    }

    /// The entry of the very call that a Route was signed for.
    fn call_of(&self, proof: &Proof) -> Option<&Call> {
        let call = self.calls.get(&proof.call);
        call.filter(|call| (call.since, call.is_kept) == (proof.token.since, proof.token.is_kept))
    }

    /// The dialog that a request proved to be inside, if it is in the table.
    pub(crate) fn dialog(&mut self, proof: &Proof) -> Option<&mut Dialog> {
        self.call_of(proof)?;
        let call = self.calls.get_mut(&proof.call)?;
        call.dialogs
            .iter_mut()
            .find(|known| known.key == proof.dialog)
    }

    /// As [`Calls::dialog`], entered if it is not in the table: it may be early, or its call began
    /// before this server started, or found the table full.
    pub(crate) fn learn(
        &mut self,
        proof: &Proof,
        account: Account,
        at: SystemTime,
        now: Instant,
    ) -> Option<&mut Dialog> {
        if self.call_of(proof).is_none() {
            let age = milliseconds(at).saturating_sub(proof.token.since);
            let left = LIFETIME.saturating_sub(Duration::from_millis(age));
            let token = (proof.token.since, proof.token.is_kept);
            if !self.enter(proof.call, account, token, now + left) {
                return None;
            }
        }
        self.dialog_of(proof.call, proof.dialog)
    }

    /// The dialog that a 2xx to the first request of a call makes.
    pub(crate) fn answered(
        &mut self,
        begun: &Begun,
        dialog: DialogKey,
        now: Instant,
    ) -> Option<&mut Dialog> {
        let token = (begun.since, true);
        if !begun.is_kept {
            return None;
        }
        // A 2xx may come after another branch's 6xx has ended the call (§16.7 step 5).
        if self.enter(begun.call, begun.account, token, now + LIFETIME) {
            self.calls.get_mut(&begun.call)?.settled = Some(now);
        }
        let call = self.calls.get(&begun.call)?;
        if call.since != begun.since {
            return None;
        }
        self.dialog_of(begun.call, dialog)
    }

    /// A dialog of a call, new if need be and while there is room.
    fn dialog_of(&mut self, call: CallKey, dialog: DialogKey) -> Option<&mut Dialog> {
        let call = self.calls.get_mut(&call)?;
        let place = call.dialogs.iter().position(|known| known.key == dialog);
        let place = place.unwrap_or(call.dialogs.len());
        if place == call.dialogs.len() {
            // A call takes the place of its first dialog when it is entered.
            let is_new = call.places.amount() < place + 1;
            if is_new && (place >= MOST_DIALOGS || !call.places.take_more(1, PLACE)) {
                return None;
            }
            call.dialogs.reserve_exact(1);
            call.dialogs.push(Dialog::new(dialog));
        }
        call.dialogs.get_mut(place)
    }

    /// When a call leaves the table.
    pub(crate) fn leaves_at(&self, call: CallKey) -> Option<Instant> {
        let call = self.calls.get(&call);
        call.map(|call| call.leaves_at(self.grace))
    }

    /// A call may have ended: it gives its places back, and waits for what is late.
    pub(crate) fn may_be_over(&mut self, call: CallKey) {
        let Some(known) = self.calls.get_mut(&call) else {
            return;
        };
        if !known.is_over() || known.places.amount() == 0 {
            return;
        }
        known.places.set(0);
        self.over.push_back(call);
        if self.over.len() > self.most_over
            && let Some(oldest) = self.over.pop_front()
            && self.calls.get(&oldest).is_some_and(Call::is_over)
        {
            self.remove(oldest);
        }
    }

    /// Takes a call off the table if its time has come.
    pub(crate) fn expire(&mut self, call: CallKey, now: Instant) {
        if self.leaves_at(call).is_some_and(|at| at <= now) {
            self.remove(call);
        }
        while self
            .over
            .front()
            .is_some_and(|call| !self.calls.contains_key(call))
        {
            self.over.pop_front();
        }
    }

    fn remove(&mut self, call: CallKey) {
        if self.calls.remove(&call).is_none() {
            return;
        }
        shrink(&mut self.calls);
        shrink_queue(&mut self.over);
    }
}

fn milliseconds(at: SystemTime) -> u64 {
    let since = at
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
