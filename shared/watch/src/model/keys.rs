//! By what a message finds those it belongs to. What is forgotten leaves the tables with it.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};

use sip_message::Method;

use super::ring::Kept;

/// A request on one hop: branch and method, from one party to another.
type Hop = (String, Method, usize, usize);

/// A request as a party received it: what a proxy passes on has this branch below its own.
type Received = (String, Method, usize);

#[derive(Debug, Default)]
pub(crate) struct Keys {
    /// The first transmission of each request.
    requests: HashMap<Hop, u64>,
    received: HashMap<Received, u64>,
    /// The last challenge with a nonce.
    nonces: HashMap<String, u64>,
    /// The first message with these bytes from one party to another.
    copies: HashMap<(u64, usize, usize), u64>,
    hasher: RandomState,
}

impl Keys {
    /// The same message sent before.
    pub(crate) fn original(&self, bytes: &[u8], from: usize, to: usize) -> Option<u64> {
        let hash = self.hasher.hash_one(bytes);
        self.copies.get(&(hash, from, to)).copied()
    }

    /// The request with that branch from one party to another.
    pub(crate) fn request(&self, branch: &str, method: &Method, ends: [usize; 2]) -> Option<u64> {
        let [from, to] = ends;
        let hop = (branch.to_owned(), method.clone(), from, to);
        self.requests.get(&hop).copied()
    }

    /// The request with that branch that a party received.
    pub(crate) fn received(&self, branch: &str, method: &Method, by: usize) -> Option<u64> {
        let key = (branch.to_owned(), method.clone(), by);
        self.received.get(&key).copied()
    }

    /// The last challenge with that nonce.
    pub(crate) fn challenge(&self, nonce: &str) -> Option<u64> {
        self.nonces.get(nonce).copied()
    }

    /// How many entries there are.
    #[cfg(test)]
    pub(crate) fn size(&self) -> usize {
        self.requests.len() + self.received.len() + self.nonces.len() + self.copies.len()
    }

    /// Enters a message that is not a retransmission.
    pub(crate) fn enter(&mut self, kept: &Kept) {
        let n = kept.row.n;
        self.copies.insert(self.copy(kept), n);
        for nonce in &kept.facts.asked {
            self.nonces.insert(nonce.clone(), n);
        }
        if let Some((hop, received)) = hop(kept) {
            self.requests.insert(hop, n);
            self.received.insert(received, n);
        }
    }

    /// Forgets a message, unless a later one has taken its place.
    pub(crate) fn forget(&mut self, kept: &Kept) {
        let n = kept.row.n;
        let copy = self.copy(kept);
        remove(&mut self.copies, &copy, n);
        for nonce in &kept.facts.asked {
            remove(&mut self.nonces, nonce, n);
        }
        if let Some((hop, received)) = hop(kept) {
            remove(&mut self.requests, &hop, n);
            remove(&mut self.received, &received, n);
        }
    }

    fn copy(&self, kept: &Kept) -> (u64, usize, usize) {
        let [from, to] = kept.ends();
        (self.hasher.hash_one(&*kept.message.bytes), from, to)
    }
}

impl Kept {
    /// Its sender and its receiver.
    pub(crate) fn ends(&self) -> [usize; 2] {
        [self.row.from, self.row.to.unwrap_or(usize::MAX)]
    }
}

fn hop(kept: &Kept) -> Option<(Hop, Received)> {
    if kept.facts.status.is_some() {
        return None;
    }
    let [from, to] = kept.ends();
    let branch = kept.facts.branch()?.to_owned();
    let method = kept.facts.method.clone()?;
    let hop = (branch.clone(), method.clone(), from, to);
    Some((hop, (branch, method, to)))
}

fn remove<K: Eq + Hash>(map: &mut HashMap<K, u64>, key: &K, n: u64) {
    if map.get(key) == Some(&n) {
        map.remove(key);
    }
}
