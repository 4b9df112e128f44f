//! A reader of a source: it gets everything that is known, then what changes, and a count of what
//! it missed if it reads too slowly.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::json;

use super::changes::Change;
use super::store::Store;
use crate::view::{Group, NoteView, Party, Row, SourceView};

/// The most messages in one event.
const BATCH: usize = 500;

/// The most changes that are read at once.
const AT_ONCE: usize = 2_000;

/// What a reader that fell behind gets of the messages before: the last ones.
const CAUGHT_UP: u64 = 1_000;

/// Events for a page: each a name and a line of JSON.
pub(crate) type Batch = Vec<(&'static str, String)>;

/// A place in the changes of a source.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// The place in the log of changes; `None` before the first batch.
    place: Option<u64>,
    /// The next message of those that were known at the beginning.
    backlog: Option<u64>,
    /// The last message that was sent.
    sent: u64,
}

impl Reader {
    /// What comes next; nothing if nothing is new.
    pub(crate) fn next(&mut self, store: &Store, source: &SourceView) -> Batch {
        let mut batch = Batch::new();
        let Some(place) = self.place else {
            self.place = Some(store.changes.end());
            self.backlog = Some(store.ring.first());
            put(&mut batch, "source", source);
            everyone(&mut batch, store);
            return batch;
        };
        if let Some(next) = self.backlog {
            self.go_through_backlog(&mut batch, store, next);
            return batch;
        }
        match store.changes.since(place) {
            Some(changes) => {
                let changes: Vec<Change> = changes.take(AT_ONCE).collect();
                self.place = Some(place + changes.len() as u64);
                self.report(&mut batch, store, source, &changes);
            }
            None => self.catch_up(&mut batch, store, source),
        }
        batch
    }

    fn go_through_backlog(&mut self, batch: &mut Batch, store: &Store, next: u64) {
        let next = next.max(store.ring.first());
        let rows = (next..store.ring.next()).take(BATCH);
        let rows: Vec<&Row> = rows.filter_map(|n| Some(&store.ring.get(n)?.row)).collect();
        if let Some(last) = rows.last() {
            self.sent = last.n;
            self.backlog = Some(last.n + 1);
            put(batch, "messages", json!({ "messages": rows }));
            return;
        }
        self.backlog = None;
        let notes: Vec<&NoteView> = store.notes.iter().collect();
        put(batch, "notes", json!({ "notes": notes }));
        put(batch, "tables", json!({ "tables": store.tables }));
    }

    /// Skips what the log of changes has lost.
    fn catch_up(&mut self, batch: &mut Batch, store: &Store, source: &SourceView) {
        let end = store.ring.next();
        let from = end.saturating_sub(CAUGHT_UP).max(store.ring.first());
        let after = self.sent;
        let count = from.saturating_sub(after + 1);
        if count > 0 {
            put(
                batch,
                "missed",
                json!({ "count": count, "by": "browser", "after": after }),
            );
        }
        put(batch, "dropped", json!({ "first": store.ring.first() }));
        put(batch, "source", source);
        everyone(batch, store);
        self.place = Some(store.changes.end());
        self.backlog = Some(from.max(after + 1));
    }

    fn report(
        &mut self,
        batch: &mut Batch,
        store: &Store,
        source: &SourceView,
        changes: &[Change],
    ) {
        let last_reset = changes.iter().rposition(|change| *change == Change::Reset);
        if last_reset.is_some() {
            *self = Self::default();
            put(batch, "reset", json!({}));
            return;
        }
        let has = |change: Change| changes.contains(&change);
        let mut rows = BTreeSet::new();
        let mut parties = BTreeSet::new();
        let mut groups = BTreeSet::new();
        let mut notes = BTreeSet::new();
        for change in changes {
            let _ = match change {
                Change::Row(n) => rows.insert(*n),
                Change::Party(id) => parties.insert(*id),
                Change::Group(id) => groups.insert(*id),
                Change::Note(id) => notes.insert(*id),
                _ => false,
            };
        }
        if has(Change::Source) {
            put(batch, "source", source);
        }
        if has(Change::Dropped) {
            put(batch, "dropped", json!({ "first": store.ring.first() }));
        }
        let parties: Vec<&Party> = parties
            .iter()
            .filter_map(|id| store.parties.get(*id))
            .collect();
        let groups: Vec<&Group> = groups
            .iter()
            .filter_map(|id| store.groups.get(*id))
            .collect();
        let rows: Vec<&Row> = rows
            .iter()
            .filter_map(|n| Some(&store.ring.get(*n)?.row))
            .collect();
        let notes = store.notes.iter().filter(|note| notes.contains(&note.id));
        let notes: Vec<&NoteView> = notes.collect();
        if !parties.is_empty() {
            put(batch, "parties", json!({ "parties": parties }));
        }
        if !groups.is_empty() {
            put(batch, "groups", json!({ "groups": groups }));
        }
        for rows in rows.chunks(BATCH) {
            put(batch, "messages", json!({ "messages": rows }));
        }
        if let Some(last) = rows.last() {
            self.sent = self.sent.max(last.n);
        }
        if !notes.is_empty() {
            put(batch, "notes", json!({ "notes": notes }));
        }
        for change in changes {
            if let Change::Missed { count, after } = change {
                put(
                    batch,
                    "missed",
                    json!({ "count": count, "by": "watch", "after": after }),
                );
            }
        }
        if has(Change::Tables) {
            put(batch, "tables", json!({ "tables": store.tables }));
        }
    }
}

fn everyone(batch: &mut Batch, store: &Store) {
    put(batch, "parties", json!({ "parties": store.parties.list() }));
    put(batch, "groups", json!({ "groups": store.groups.list() }));
}

/// Adds an event. What cannot be written as JSON is left out: these types always can.
fn put(batch: &mut Batch, name: &'static str, value: impl Serialize) {
    if let Ok(json) = serde_json::to_string(&value) {
        batch.push((name, json));
    }
}
