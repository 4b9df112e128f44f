//! What an event changes: the messages kept, their parties and groups, the notes.

use std::collections::VecDeque;

use sip_control::watch::{Decision, Direction, Event, Message, Node, Note};

use super::Limits;
use super::changes::{Change, Changes};
use super::groups::Groups;
use super::keys::Keys;
use super::parties::Parties;
use super::ring::{Kept, Ring};
use super::rows::{milliseconds, row};
use crate::message::Facts;
use crate::view::{NoteView, Table};

/// The messages of a source, and what is known about them.
#[derive(Debug)]
pub(crate) struct Store {
    pub(super) ring: Ring,
    pub(super) keys: Keys,
    pub(super) groups: Groups,
    pub(super) parties: Parties,
    pub(super) notes: VecDeque<NoteView>,
    /// When an answer or an ACK will be missing, in microseconds, and to which message.
    pub(super) due: VecDeque<(u64, u64)>,
    pub(super) changes: Changes,
    pub(super) tables: Vec<Table>,
    limits: Limits,
    next_note: u64,
}

impl Store {
    /// An empty one. An exchange names its parties.
    pub(crate) fn new(limits: Limits, nodes: &[Node]) -> Self {
        Self {
            ring: Ring::new(limits),
            keys: Keys::default(),
            groups: Groups::default(),
            parties: Parties::named(nodes),
            notes: VecDeque::new(),
            due: VecDeque::new(),
            changes: Changes::default(),
            tables: Vec::new(),
            limits,
            next_note: 1,
        }
    }

    /// Forgets everything: another server has begun to answer.
    pub(crate) fn reset(&mut self) {
        let changes = std::mem::take(&mut self.changes);
        *self = Self::new(self.limits, &[]);
        self.changes = changes;
        self.changes.push(Change::Reset);
    }

    /// Takes what happened next.
    pub(crate) fn take(&mut self, event: Event) {
        match event {
            Event::Message(message) => self.add(message),
            Event::Decision(decision) => self.decide(decision),
            Event::Note(note) => self.note(note),
            Event::Missed(count) => {
                let after = self.ring.next() - 1;
                self.changes.push(Change::Missed { count, after });
            }
        }
    }

    /// The messages kept.
    pub(crate) fn messages(&self) -> impl DoubleEndedIterator<Item = &Kept> {
        self.ring.iter()
    }

    /// The message with that number, if it is still kept.
    pub(crate) fn message(&self, n: u64) -> Option<&Kept> {
        self.ring.get(n)
    }

    /// How many messages are kept, and the number of the oldest.
    pub(crate) fn size(&self) -> (usize, u64) {
        (self.ring.len(), self.ring.first())
    }

    pub(crate) fn parties(&self) -> &Parties {
        &self.parties
    }

    pub(crate) fn notes(&self) -> impl Iterator<Item = &NoteView> {
        self.notes.iter()
    }

    /// Takes the tables as they are now.
    pub(crate) fn set_tables(&mut self, tables: Vec<Table>) {
        self.tables = tables;
        self.changes.push(Change::Tables);
    }

    /// Notes that the source itself changed.
    pub(crate) fn source_changed(&mut self) {
        self.changes.push(Change::Source);
    }

    fn add(&mut self, message: Message) {
        let facts = Facts::of(&message.bytes);
        let (from, to) = self.ends(&message);
        let group = self.groups.of(&facts, self.ring.next());
        let row = row(self.ring.next(), &message, &facts, [from, to], group);
        let mut kept = Kept {
            message,
            facts,
            row,
            decision: None,
            responses: Vec::new(),
        };
        self.tie(&mut kept);
        self.mark_new(&mut kept);
        if acts_as_server(&kept) && self.parties.note_server(from) {
            self.put_in_order();
        }
        if self.parties.learn(from, &kept.facts) {
            self.changes.push(Change::Party(from));
        }
        if let Some(entry) = group.and_then(|group| self.groups.entry(group)) {
            entry.add(&mut kept);
            for mark in &kept.row.marks {
                entry.mark(mark);
            }
            self.changes.push(Change::Group(entry.view.id));
        }
        if kept.row.tied.original.is_none() {
            self.keys.enter(&kept);
        }
        self.changes.push(Change::Row(kept.row.n));
        self.ring.push(kept);
        self.drop_excess();
    }

    /// The parties of a message; the lanes are put in order if one is new.
    fn ends(&mut self, message: &Message) -> (usize, usize) {
        let before = self.parties.list().len();
        let from = self.parties.of(&message.from);
        let to = self.parties.of(&message.to);
        let server = match message.direction {
            Some(Direction::In) => Some(to),
            Some(Direction::Out) => Some(from),
            None => None,
        };
        let is_new = server.is_some_and(|server| self.parties.note_server(server));
        if is_new || self.parties.list().len() > before {
            self.put_in_order();
        }
        (from, to)
    }

    fn put_in_order(&mut self) {
        self.parties.put_in_order();
        for party in self.parties.list() {
            self.changes.push(Change::Party(party.id));
        }
    }

    fn drop_excess(&mut self) {
        let mut has_dropped = false;
        while let Some(oldest) = self.ring.excess() {
            self.keys.forget(&oldest);
            if let Some(group) = oldest.row.group {
                self.groups.forget(group);
            }
            has_dropped = true;
        }
        if has_dropped {
            let first = self.ring.first();
            while self
                .notes
                .front()
                .is_some_and(|note| note.after + 1 < first)
            {
                self.notes.pop_front();
            }
            self.changes.push(Change::Dropped);
        }
    }

    /// Puts a decision on the request it is about.
    fn decide(&mut self, decision: Decision) {
        let from = self.parties.of(&decision.from);
        let is_it = |kept: &&Kept| {
            kept.row.from == from
                && kept.facts.branch() == Some(&*decision.branch)
                && kept.facts.call_id.as_deref() == Some(&*decision.call_id)
                && kept.facts.status.is_none()
                && kept.is_cseq(&decision.cseq)
        };
        // A decision follows its request soon; a slow script lets some messages pass.
        let recent = self.ring.iter().rev().take(1_000);
        let Some(n) = recent
            .filter(|kept| is_it(kept))
            .map(|kept| kept.row.n)
            .next()
        else {
            return;
        };
        if let Some(kept) = self.ring.get_mut(n) {
            kept.decision = Some(decision);
            kept.row.why = true;
            self.changes.push(Change::Row(n));
        }
    }

    fn note(&mut self, note: Note) {
        let view = NoteView {
            id: self.next_note,
            after: self.ring.next() - 1,
            at: milliseconds(note.at),
            kind: note.kind,
            title: note.title,
            text: note.text,
        };
        self.next_note += 1;
        self.changes.push(Change::Note(view.id));
        self.notes.push_back(view);
        if self.notes.len() > self.limits.notes {
            self.notes.pop_front();
        }
    }
}

impl Kept {
    fn is_cseq(&self, cseq: &str) -> bool {
        let method = self.facts.method.as_ref();
        method.is_some_and(|method| format!("{} {method}", self.facts.cseq) == cseq)
    }
}

/// Whether the sender of a message must be a server: it passes a request on, or asks for a
/// password. A trace or a capture does not say who the server is.
fn acts_as_server(kept: &Kept) -> bool {
    let passes_on = kept.facts.status.is_none() && kept.row.tied.received.is_some();
    let asks = !kept.facts.asked.is_empty() && kept.row.tied.received.is_none();
    kept.message.direction.is_none() && (passes_on || asks)
}
