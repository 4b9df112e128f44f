//! What has one Call-ID: calls, registrations, and single requests.

use std::collections::HashMap;

use sip_message::Method;

use super::ring::Kept;
use super::states;
use crate::message::Facts;
use crate::view::{Group, Mark};

/// The most of each list in a group: a call has a few methods and users.
const MOST: usize = 32;

/// The most tags of a group whose branch is kept.
const MOST_TAGS: usize = 256;

#[derive(Debug, Default)]
pub(crate) struct Groups {
    groups: HashMap<usize, Entry>,
    by_call_id: HashMap<String, usize>,
    next: usize,
}

/// A group, and what is known of it beside.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) view: Group,
    /// The pairs of parties that speak with each other.
    pairs: Vec<[usize; 2]>,
    /// Which branch of a fork has given this tag.
    tags: HashMap<String, usize>,
    /// Final responses to INVITEs that have no ACK yet.
    pub(crate) open: Vec<u64>,
    /// How many of its messages have each kind of mark.
    marked: HashMap<&'static str, usize>,
    /// How many of its messages are kept.
    kept: u64,
}

impl Groups {
    /// The groups in the order of their first messages.
    pub(crate) fn list(&self) -> Vec<&Group> {
        let mut groups: Vec<&Group> = self.groups.values().map(|entry| &entry.view).collect();
        groups.sort_by_key(|group| group.id);
        groups
    }

    pub(crate) fn get(&self, id: usize) -> Option<&Group> {
        self.groups.get(&id).map(|entry| &entry.view)
    }

    pub(crate) fn entry(&mut self, id: usize) -> Option<&mut Entry> {
        self.groups.get_mut(&id)
    }

    /// The group of a message, a new one if its Call-ID is unknown.
    pub(crate) fn of(&mut self, facts: &Facts, n: u64) -> Option<usize> {
        let call_id = facts.call_id.as_deref()?;
        if let Some(id) = self.by_call_id.get(call_id) {
            return Some(*id);
        }
        let id = self.next;
        self.next += 1;
        self.by_call_id.insert(call_id.to_owned(), id);
        self.groups.insert(id, Entry::new(id, call_id, n));
        Some(id)
    }

    /// Forgets one message of a group, and the group with its last one.
    pub(crate) fn forget(&mut self, id: usize) {
        let Some(entry) = self.groups.get_mut(&id) else {
            return;
        };
        entry.kept -= 1;
        if entry.kept == 0
            && let Some(gone) = self.groups.remove(&id)
        {
            self.by_call_id.remove(&gone.view.call_id);
        }
    }
}

impl Entry {
    fn new(id: usize, call_id: &str, n: u64) -> Self {
        let view = Group {
            id,
            kind: "other",
            call_id: call_id.to_owned(),
            title: String::new(),
            from: None,
            to: None,
            users: Vec::new(),
            methods: Vec::new(),
            statuses: Vec::new(),
            state: "asked",
            parties: Vec::new(),
            legs: 0,
            forks: 1,
            first: n,
            last: n,
            count: 0,
            marks: Vec::new(),
        };
        Self {
            view,
            pairs: Vec::new(),
            tags: HashMap::new(),
            open: Vec::new(),
            marked: HashMap::new(),
            kept: 0,
        }
    }

    /// Adds a message: gives it its leg and its branch of a fork, and follows the group's state.
    pub(crate) fn add(&mut self, kept: &mut Kept) {
        self.kept += 1;
        self.place(kept);
        let (facts, view) = (&kept.facts, &mut self.view);
        if view.from.is_none() && view.to.is_none() {
            view.from.clone_from(&facts.from.user);
            view.to.clone_from(&facts.to.user);
        }
        for user in [&facts.from.user, &facts.to.user].into_iter().flatten() {
            add(&mut view.users, user.clone());
        }
        if let (Some(method), None) = (&facts.method, facts.status) {
            add(&mut view.methods, method.to_string());
        }
        if let Some(status) = facts.status {
            add(&mut view.statuses, status);
        }
        for party in [Some(kept.row.from), kept.row.to].into_iter().flatten() {
            add(&mut view.parties, party);
        }
        view.last = kept.row.n;
        view.count += 1;
        states::follow(view, facts, kept.row.leg);
        view.title = title(view);
    }

    fn place(&mut self, kept: &mut Kept) {
        let [from, to] = kept.ends();
        let pair = [from.min(to), from.max(to)];
        let known = self.pairs.iter().position(|known| *known == pair);
        kept.row.leg = known.unwrap_or_else(|| {
            if self.pairs.len() < MOST {
                self.pairs.push(pair);
            }
            self.pairs.len() - 1
        });
        self.view.legs = self.pairs.len();
        let tags = [&kept.facts.to.tag, &kept.facts.from.tag];
        match (kept.row.fork, tags[0]) {
            (Some(fork), Some(tag)) if kept.facts.status.is_some() => self.learn_tag(tag, fork),
            (None, _) => {
                let mut forks = tags.into_iter().flatten().map(|tag| self.tags.get(tag));
                kept.row.fork = forks.find_map(|fork| fork.copied());
            }
            _ => {}
        }
    }

    fn learn_tag(&mut self, tag: &str, fork: usize) {
        if self.tags.len() < MOST_TAGS {
            self.tags.insert(tag.to_owned(), fork);
        }
    }

    /// Puts a mark on the group; the last one of each kind stays.
    pub(crate) fn mark(&mut self, mark: &Mark) {
        self.view.marks.retain(|known| known.kind != mark.kind);
        self.view.marks.push(mark.clone());
        *self.marked.entry(mark.kind).or_default() += 1;
    }

    /// A message has lost a mark of this kind. With the last of them the group loses it, too.
    pub(crate) fn unmark(&mut self, kind: &str) {
        if let Some(count) = self.marked.get_mut(kind) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.view.marks.retain(|known| known.kind != kind);
            }
        }
    }
}

fn add<T: PartialEq>(list: &mut Vec<T>, value: T) {
    if list.len() < MOST && !list.contains(&value) {
        list.push(value);
    }
}

fn title(group: &Group) -> String {
    let from = group.from.as_deref().unwrap_or("somebody");
    let to = group.to.as_deref().unwrap_or("somebody");
    match group.kind {
        "call" => format!("{from} calls {to}"),
        "registration" => format!("{to} registers"),
        _ => match group.methods.first() {
            Some(method) if *method == Method::Options.as_str() => {
                format!("{from} asks with OPTIONS")
            }
            Some(method) => format!("{method} from {from}"),
            None => format!("a response to {from}"),
        },
    }
}
