//! How a REGISTER changes the bindings and is answered.

use sip_message::{HeaderName, Reply, Request};

use crate::journal::{Change, JournalError};
use crate::location::{Inner, Location};
use crate::packed::{Numbers, Packed, Texts};
use crate::plan::Plan;
use crate::registration::{Registration, Wanted};
use crate::settings::Settings;
use crate::settling::Settling;
use crate::unsettled::Before;

/// For the log: RFC 3327 is not supported. A REGISTER that requires it gets a 420. One that only
/// brings a Path is accepted (RFC 3327 §5.3), because the phone may be reachable without it.
const NO_PATH: &str = "the Path is not kept, calls go straight to the Contact";

impl Location {
    /// Carries out a REGISTER (RFC 3261 §10.3) and returns the reply: 200 with every binding that the
    /// address-of-record now has, latest first, each with its remaining `expires`.
    ///
    /// - All of its contacts are accepted or none.
    /// - A Contact replaces the binding it is the same as: the same `+sip.instance` and
    ///   `reg-id`, or the same URI. If several in one REGISTER are one binding, the last one with a
    ///   time counts: a Contact with `expires=0` never removes one that is registered beside it, in
    ///   either order (RFC 5626 §6).
    /// - Within a Call-ID, a CSeq that is not higher is refused while it can be an overtaken copy;
    ///   later it must come from a phone that restarted its count. An equal CSeq with the same
    ///   content is answered and changes nothing.
    /// - An address-of-record has at most [`crate::Limits::contacts`] bindings; a further one replaces
    ///   the one refreshed longest ago.
    /// - With a journal, the reply waits until the change is kept; without one, it never waits.
    ///
    /// # Errors
    /// The refusal: 420 for a required extension; 400 for a Contact or Call-ID that is malformed or
    /// too long, for `*` unless it is alone with Expires: 0, or for one flow registered twice; 403
    /// for too many contacts at once; 404 for a To without a user; 423 with Min-Expires; 500 for a
    /// request out of order, or if the journal failed; 503 when the table is full. A refusal changes
    /// nothing.
    #[track_caller]
    pub fn save(&self, request: &Request) -> impl Future<Output = Result<Reply, Reply>> {
        request.note_asked();
        async {
            let (reply, written) = self.save_in_memory(request)?;
            if let Some(written) = written {
                written.settle().await.map_err(not_kept)?;
            }
            Ok(reply)
        }
    }

    fn save_in_memory<'a>(
        &'a self,
        request: &'a Request,
    ) -> Result<(Reply, Option<Settling<'a>>), Reply> {
        let Inner {
            settings,
            table,
            common,
            ..
        } = &*self.inner;
        request.check_require()?; // §10.3 step 2: without a required Path, calls would be lost
        let by = Registration::read(request, settings)?;
        let (arrival, longest) = (request.arrival(), settings.expiry.max);
        let (socket, date) = (common.socket(&arrival.flow), common.date(arrival.at));

        let (hash, mut part) = table.part_of(&by.aor);
        let current = part.find(hash, &by.aor);
        let plan = Plan::new(current, &by, settings.limits.contacts)?;
        if plan.growth() > 0 && table.bindings() >= settings.limits.bindings {
            return Err(Reply::of(503).with("Retry-After", "60").because(format!(
                "all {} bindings are in use",
                settings.limits.bindings
            )));
        }
        if plan.changes_nothing() {
            if !by.wish.is_query() && part.unsettled.concerns(&by.aor, current) {
                return Err(still_being_written());
            }
            return Ok((reply(current, by.now, longest, &date), None));
        }
        let change = table.number();
        let has_path = request.value(HeaderName::Path).is_some() && !plan.written.is_empty();
        let (reply, before) = part.edit(table, hash, &by.aor, |bindings| {
            let pack = |over: Option<&Packed>, wanted: &Wanted<'_>| {
                self.pack_wanted(&by, &socket, over, wanted, change)
            };
            let before = apply(bindings, &plan, change, pack);
            (reply(bindings, by.now, longest, &date), before)
        });
        let reply = if has_path {
            reply.because(NO_PATH)
        } else {
            reply
        };
        let Some(journal) = &self.inner.journal else {
            return Ok((reply, None));
        };
        let after = part.find(hash, &by.aor);
        let changes = changes(after, &before, change, settings);
        part.unsettled.extend(before);
        let written = journal.write(changes);
        drop(part);
        let settling = Settling::new(table, (by.aor, hash), change, written);
        Ok((reply, Some(settling)))
    }

    fn pack_wanted(
        &self,
        by: &Registration<'_>,
        socket: &str,
        over: Option<&Packed>,
        wanted: &Wanted<'_>,
        change: u64,
    ) -> Packed {
        let texts = Texts {
            aor: &by.aor,
            contact: wanted.uri,
            params: &wanted.params,
            call_id: by.call_id,
            user_agent: &by.user_agent,
            socket,
            foreign_ruid: over.map(Packed::foreign_ruid).unwrap_or_default(),
        };
        let numbers = Numbers {
            id: over.map_or_else(|| self.inner.table.number(), |over| over.id),
            change,
            flow: wanted.flow.map(Box::new),
            expires: by.now.saturating_add(wanted.expires),
            modified: by.now,
            cseq: by.cseq,
            q: wanted.q,
        };
        Packed::new(texts, numbers)
    }

    /// The part of [`Location::remove`] that does not wait, for the selected bindings.
    pub(crate) fn remove_in_memory<'a>(
        &'a self,
        aor: &'a str,
        is_meant: impl Fn(&Packed) -> bool,
    ) -> (usize, Option<Settling<'a>>) {
        let Inner {
            settings,
            table,
            journal,
            ..
        } = &*self.inner;
        let (hash, mut part) = table.part_of(aor);
        let removed: Vec<Packed> = part.edit(table, hash, aor, |bindings| {
            bindings
                .extract_if(.., |binding| is_meant(binding))
                .collect()
        });
        let count = removed.len();
        let Some(journal) = journal.as_ref().filter(|_| count > 0) else {
            return (count, None);
        };
        let change = table.number();
        let deleted = removed
            .iter()
            .map(|binding| Change::Delete(binding.ruid(settings.seed)));
        let deleted = deleted.collect();
        let before = removed
            .into_iter()
            .map(|binding| Before::removed(change, binding));
        part.unsettled.extend(before);
        let written = journal.write(deleted);
        drop(part);
        let settling = Settling::new(table, (aor.into(), hash), change, written);
        (count, Some(settling))
    }
}

/// Carries out the plan; returns the bindings as they were before.
fn apply(
    bindings: &mut Vec<Packed>,
    plan: &Plan<'_>,
    change: u64,
    pack: impl Fn(Option<&Packed>, &Wanted<'_>) -> Packed,
) -> Vec<Before> {
    let mut before = Vec::with_capacity(plan.written.len() + plan.removed.len());
    for (over, wanted) in &plan.written {
        let new = pack(over.and_then(|at| bindings.get(at)), wanted);
        let id = new.id;
        let binding = match over.and_then(|at| bindings.get_mut(at)) {
            Some(place) => Some(std::mem::replace(place, new)),
            None => {
                bindings.push(new);
                None
            }
        };
        before.push(Before {
            id,
            change,
            binding,
        });
    }
    let mut removed = plan.removed.clone();
    removed.sort_unstable();
    for at in removed.into_iter().rev() {
        before.push(Before::removed(change, bindings.remove(at)));
    }
    before
}

/// A change as the journal keeps it: the bindings that were written and removed.
fn changes(after: &[Packed], before: &[Before], change: u64, settings: &Settings) -> Vec<Change> {
    let written = after.iter().filter(|binding| binding.change == change);
    let written = written.map(|binding| Change::Put(Box::new(binding.unpack(settings.seed))));
    let is_gone = |id: u64| !after.iter().any(|binding| binding.id == id);
    let removed = before.iter().filter(|before| is_gone(before.id));
    let removed = removed.filter_map(|before| before.binding.as_ref());
    let removed = removed.map(|binding| Change::Delete(binding.ruid(settings.seed)));
    // Removals first: the new binding may take the place of a removed one.
    removed.chain(written).collect()
}

/// The 200 (§10.3 step 8). Date is for phones without a clock. A binding that another program wrote
/// may have no end; then the 200 has the longest time that a phone can ask for.
fn reply(bindings: &[Packed], now: u32, longest: u32, date: &str) -> Reply {
    let mut live: Vec<&Packed> = bindings.iter().filter(|b| !b.has_expired(now)).collect();
    live.sort_by_key(|binding| std::cmp::Reverse(binding.change));
    let mut reply = Reply::of(200);
    reply.headers.reserve_exact(live.len() + 1);
    for binding in live {
        let (contact, params) = (binding.contact(), binding.params());
        let mut value = String::with_capacity(contact.len() + params.len() + 24);
        let left = (binding.expires - now).min(longest).to_string();
        value.extend(["<", contact, ">", params, ";expires=", &left]);
        reply.headers.push(("Contact", value.into()));
    }
    reply.with("Date", date.to_owned())
}

/// Another transaction asked for the same a moment ago, and it is not on disk yet: no 200 may be sent
/// before that.
fn still_being_written() -> Reply {
    Reply::new(500, "Registration Not Saved Yet")
        .with("Retry-After", "1")
        .because("a REGISTER with the same content is still being written")
}

fn not_kept(error: JournalError) -> Reply {
    match error {
        JournalError::Busy => Reply::of(503)
            .with("Retry-After", "5")
            .because(error.to_string()),
        JournalError::Failed(cause) => {
            Reply::new(500, "Registration Not Saved").because(cause.to_string())
        }
    }
}
