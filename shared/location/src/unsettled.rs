//! The bindings as they were before changes that the journal has not confirmed yet.

use crate::packed::Packed;

/// One binding before one change.
#[derive(Debug)]
pub(crate) struct Before {
    /// The binding's number.
    pub(crate) id: u64,
    /// The number of the change; all of one REGISTER have one.
    pub(crate) change: u64,
    /// The binding as it was; `None` when there was none.
    pub(crate) binding: Option<Packed>,
}

impl Before {
    /// Before a change that removed this binding.
    pub(crate) fn removed(change: u64, binding: Packed) -> Self {
        Self {
            id: binding.id,
            change,
            binding: Some(binding),
        }
    }
}

/// The unconfirmed changes in one part of the table. The journal limits their number.
#[derive(Debug, Default)]
pub(crate) struct Unsettled(Vec<Before>);

impl Unsettled {
    pub(crate) fn extend(&mut self, before: impl IntoIterator<Item = Before>) {
        self.0.extend(before);
    }

    /// The journal kept a change: the state before it is forgotten, and also that before earlier
    /// changes of the same bindings, because those were written first.
    pub(crate) fn keep(&mut self, change: u64) {
        let kept = self.take(change);
        let is_older = |entry: &Before| {
            let same = |kept: &Before| entry.id == kept.id && entry.change < kept.change;
            kept.iter().any(same)
        };
        self.0.retain(|entry| !is_older(entry));
    }

    /// The journal failed: returns the bindings to restore. A binding with a later unconfirmed change
    /// is not restored now; if that change fails too, it goes back to the state before this one.
    pub(crate) fn fail(&mut self, change: u64) -> Vec<Before> {
        let failed = self.take(change);
        failed
            .into_iter()
            .filter_map(|entry| self.inherit(entry))
            .collect()
    }

    fn take(&mut self, change: u64) -> Vec<Before> {
        self.0
            .extract_if(.., |entry| entry.change == change)
            .collect()
    }

    fn inherit(&mut self, failed: Before) -> Option<Before> {
        let later = |entry: &&mut Before| entry.id == failed.id && entry.change > failed.change;
        match self
            .0
            .iter_mut()
            .filter(later)
            .min_by_key(|entry| entry.change)
        {
            Some(next) => {
                next.binding = failed.binding;
                None
            }
            None => Some(failed),
        }
    }

    /// Whether a change of this binding is unconfirmed, so that it may be restored.
    pub(crate) fn holds(&self, id: u64) -> bool {
        self.0.iter().any(|entry| entry.id == id)
    }

    /// Whether a change of this address-of-record is unconfirmed; `current` are its bindings.
    pub(crate) fn concerns(&self, aor: &str, current: &[Packed]) -> bool {
        self.0.iter().any(|entry| {
            let of = |binding: &Packed| binding.aor() == aor;
            entry.binding.as_ref().is_some_and(of) || current.iter().any(|b| b.id == entry.id)
        })
    }
}
