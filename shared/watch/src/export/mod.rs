//! A ladder and its messages as files: SVG, Mermaid, text, pcap.

mod mermaid;
mod recording;

use std::collections::BTreeSet;

use crate::model::Store;

pub(crate) use mermaid::mermaid;
pub(crate) use recording::recording;

/// Which messages go into a file: those of these groups, or all.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chosen(Option<BTreeSet<usize>>);

impl Chosen {
    /// The groups of a list such as `3,4`; none is all.
    ///
    /// # Errors
    /// If the list has something that is not a number.
    pub(crate) fn of(groups: Option<&str>) -> Result<Self, String> {
        let Some(groups) = groups.filter(|groups| !groups.is_empty()) else {
            return Ok(Self(None));
        };
        let ids = groups.split(',').map(str::parse).collect::<Result<_, _>>();
        let ids = ids.map_err(|_| format!("groups={groups} is not a list of numbers."))?;
        Ok(Self(Some(ids)))
    }

    /// One group.
    pub(crate) fn group(id: usize) -> Self {
        Self(Some(BTreeSet::from([id])))
    }

    /// The numbers of the messages that are chosen.
    pub(crate) fn messages(&self, store: &Store) -> Vec<u64> {
        let Self(groups) = self;
        let is_chosen = |group: Option<usize>| match groups {
            None => true,
            Some(groups) => group.is_some_and(|group| groups.contains(&group)),
        };
        let chosen = store.messages().filter(|kept| is_chosen(kept.row.group));
        chosen.map(|kept| kept.row.n).collect()
    }
}
