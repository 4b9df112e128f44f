//! What a REGISTER does to the bindings of its address-of-record. Everything is decided before
//! anything is done, so that it happens completely or not at all (RFC 3261 §10.3 step 7).

use sip_message::Reply;

use crate::matching::{Identity, Order, order};
use crate::packed::Packed;
use crate::registration::{Registration, Wanted, Wish, too_many};

/// The changes to one address-of-record. Indices are places in its list of bindings.
pub(crate) struct Plan<'r> {
    /// Bindings to remove: by request, expired, duplicate, or to make room.
    pub(crate) removed: Vec<usize>,
    /// Contacts to write, each over the binding it is the same as, if there is one.
    pub(crate) written: Vec<(Option<usize>, &'r Wanted<'r>)>,
    /// Bindings that stay as they are, because the REGISTER repeats them.
    repeated: Vec<usize>,
}

impl<'r> Plan<'r> {
    /// Decides what `registration` does to `current`.
    ///
    /// # Errors
    /// 500 with Retry-After for a request that a later one may have overtaken, 403 for more new
    /// contacts than an address-of-record may have.
    pub(crate) fn new(
        current: &[Packed],
        registration: &'r Registration<'_>,
        limit: usize,
    ) -> Result<Self, Reply> {
        let mut plan = Self {
            removed: Vec::new(),
            written: Vec::new(),
            repeated: Vec::new(),
        };
        match &registration.wish {
            Wish::RemoveAll => plan.remove_all(current, registration)?,
            Wish::Contacts(contacts) => {
                // A phone that moves adds its new contact and removes its old one in one REGISTER, in
                // either order, and both can be the same binding (RFC 5626 §6). Registrations are
                // planned first, so that no removal undoes them.
                for wanted in contacts.iter().filter(|contact| contact.expires > 0) {
                    plan.write(current, registration, wanted)?;
                }
                for unwanted in contacts.iter().filter(|contact| contact.expires == 0) {
                    plan.remove(current, registration, unwanted)?;
                }
            }
        }
        plan.clean(current, registration.now);
        plan.make_room(current, limit)?;
        Ok(plan)
    }

    pub(crate) fn changes_nothing(&self) -> bool {
        self.removed.is_empty() && self.written.is_empty()
    }

    /// By how much the number of bindings will grow or shrink.
    pub(crate) fn growth(&self) -> isize {
        let new = self.written.iter().filter(|(over, _)| over.is_none());
        new.count() as isize - self.removed.len() as isize
    }

    /// §10.3 step 6.
    fn remove_all(&mut self, current: &[Packed], by: &Registration<'_>) -> Result<(), Reply> {
        for (index, binding) in current.iter().enumerate() {
            if let Order::Same | Order::Earlier(_) = compare(binding, by) {
                return Err(overtaken(binding, by));
            }
            self.removed.push(index);
        }
        Ok(())
    }

    /// §10.3 step 7, for a contact that is registered or refreshed.
    fn write(
        &mut self,
        current: &[Packed],
        by: &Registration<'_>,
        wanted: &'r Wanted<'r>,
    ) -> Result<(), Reply> {
        let identity = wanted.identity();
        let before = self.forget(&identity);
        let mut over = before;
        for (index, binding) in current.iter().enumerate() {
            if self.changes(index) || !identity.is(&Identity::of(binding)) {
                continue;
            }
            match compare(binding, by) {
                Order::Later => {}
                Order::Same if is_repeated(binding, wanted) => {
                    self.repeated.push(index);
                    return Ok(());
                }
                Order::Same | Order::Earlier(_) => return Err(overtaken(binding, by)),
            }
            match over {
                None => over = Some(index),
                Some(kept) if kept == index => {}
                Some(_) => self.removed.push(index),
            }
        }
        self.written.push((over, wanted));
        Ok(())
    }

    /// §10.3 step 7, for a contact with `expires=0`: its binding is removed, unless this REGISTER
    /// also registers it.
    fn remove(
        &mut self,
        current: &[Packed],
        by: &Registration<'_>,
        unwanted: &Wanted<'_>,
    ) -> Result<(), Reply> {
        let identity = unwanted.identity();
        for (index, binding) in current.iter().enumerate() {
            if self.touches(index) || !identity.is(&Identity::of(binding)) {
                continue;
            }
            match compare(binding, by) {
                Order::Later => self.removed.push(index),
                Order::Same | Order::Earlier(_) => return Err(overtaken(binding, by)),
            }
        }
        Ok(())
    }

    /// Drops an earlier mention of the same contact in this request; returns its place.
    fn forget(&mut self, identity: &Identity<'_>) -> Option<usize> {
        let said = |(_, wanted): &(Option<usize>, &Wanted<'_>)| identity.is(&wanted.identity());
        let at = self.written.iter().position(said)?;
        self.written.remove(at).0
    }

    fn touches(&self, index: usize) -> bool {
        self.changes(index) || self.repeated.contains(&index)
    }

    fn changes(&self, index: usize) -> bool {
        self.removed.contains(&index) || self.written.iter().any(|(over, _)| *over == Some(index))
    }

    /// Removes expired bindings, which are only waiting to be freed.
    fn clean(&mut self, current: &[Packed], now: u32) {
        for (index, binding) in current.iter().enumerate() {
            if binding.has_expired(now) && !self.touches(index) {
                self.removed.push(index);
            }
        }
    }

    /// Keeps the address-of-record within its limit. The binding refreshed longest ago makes room for
    /// the new one: most likely a phone left it behind when it came back with another port. A
    /// refusal would lock out that very phone until its old bindings expire.
    fn make_room(&mut self, current: &[Packed], limit: usize) -> Result<(), Reply> {
        while (current.len() as isize + self.growth()) as usize > limit && self.growth() > 0 {
            let untouched = (0..current.len()).filter(|index| !self.touches(*index));
            let oldest = untouched.min_by_key(|i| (current[*i].modified, current[*i].change));
            self.removed.push(oldest.ok_or_else(|| too_many(limit))?);
        }
        Ok(())
    }
}

fn compare(binding: &Packed, by: &Registration<'_>) -> Order {
    order(binding, by.call_id, by.cseq, by.now)
}

/// Whether a REGISTER with the binding's own CSeq repeats the one that made the binding: a copy that
/// outlived its transaction, or was sent again because the server restarted between writing and
/// answering. It is answered and changes nothing.
fn is_repeated(binding: &Packed, wanted: &Wanted<'_>) -> bool {
    binding.contact() == wanted.uri && binding.params() == wanted.params
}

/// Within a Call-ID the CSeq must be higher, or the request fails (§10.3 steps 6 and 7). That also
/// holds for an equal CSeq, whether it removes or changes. The RFC names no status there; §12.2.2
/// has 500 for a request out of order. Retry-After brings back a phone that really restarted, once
/// the two cases can be distinguished.
fn overtaken(binding: &Packed, by: &Registration<'_>) -> Reply {
    let wait = match compare(binding, by) {
        Order::Earlier(seconds) => seconds,
        _ => 1,
    };
    Reply::new(500, "CSeq Not Higher Than Before")
        .with("Retry-After", wait.to_string())
        .because(format!(
            "CSeq {} after {} in the same Call-ID within {} s: an overtaken copy, or a phone \
             that restarted its CSeq",
            by.cseq,
            binding.cseq,
            crate::matching::LATE_COPY,
        ))
}
