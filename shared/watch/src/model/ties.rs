//! Which messages belong to a message: the request of a response, the challenge of credentials,
//! the same message before and after a proxy, the ACK of an answer.

use sip_message::Method;

use super::changes::Change;
use super::marks::{MISSING_ACK, MISSING_ANSWER, RETRANSMISSION};
use super::ring::Kept;
use super::store::Store;
use crate::view::Mark;

impl Store {
    /// Ties a new message to those before it.
    pub(super) fn tie(&mut self, kept: &mut Kept) {
        let [from, to] = kept.ends();
        let original = self.keys.original(&kept.message.bytes, from, to);
        if let Some(first) = original.and_then(|n| self.ring.get(n)) {
            kept.row.tied.original = Some(first.row.n);
            kept.row.tied.request = first.row.tied.request;
            kept.row.fork = first.row.fork;
            kept.row.marks.push(Mark {
                kind: RETRANSMISSION,
                text: format!("Message {} was sent again.", first.row.n),
                of: Some(first.row.n),
            });
            return;
        }
        if kept.facts.status.is_some() {
            self.tie_response(kept);
        } else if kept.facts.method.is_some() {
            self.tie_request(kept);
        }
    }

    fn tie_response(&mut self, kept: &mut Kept) {
        let n = kept.row.n;
        let [from, to] = kept.ends();
        let (Some(branch), Some(method)) = (kept.facts.branch(), &kept.facts.method) else {
            return;
        };
        let asked = self.keys.request(branch, method, [to, from]);
        let Some(request) = asked.and_then(|asked| self.ring.get_mut(asked)) else {
            return;
        };
        request.responses.push(n);
        kept.row.tied.request = Some(request.row.n);
        kept.row.fork = request.row.fork;
        kept.row.why = request.decision.is_some();
        self.changes.push(Change::Row(request.row.n));
        let onward = request.row.tied.sent.clone();
        let asked = request.row.n;
        self.unmark(asked, MISSING_ANSWER);
        let received = self.last_response(&onward, kept);
        self.pass_on(received, kept);
        if kept.facts.ends_invite()
            && let Some(entry) = kept.row.group.and_then(|group| self.groups.entry(group))
        {
            entry.open.push(n);
        }
    }

    /// The last response with this status to the requests that a proxy sent on.
    fn last_response(&self, onward: &[u64], kept: &Kept) -> Option<u64> {
        let requests = onward.iter().filter_map(|n| self.ring.get(*n));
        let responses = requests.flat_map(|request| &request.responses);
        let responses = responses.filter_map(|n| self.ring.get(*n));
        let same = responses.filter(|response| {
            response.facts.status == kept.facts.status && response.row.to == Some(kept.row.from)
        });
        let same = same.filter(|response| response.facts.to.tag == kept.facts.to.tag);
        same.map(|response| response.row.n).max()
    }

    fn tie_request(&mut self, kept: &mut Kept) {
        let [from, to] = kept.ends();
        let method = kept.facts.method.clone().unwrap_or(Method::Ack);
        let before = kept.facts.branches.get(1);
        let received = before.and_then(|branch| self.keys.received(branch, &method, from));
        self.pass_on(received, kept);
        if let Some(received) = received {
            self.fork(received, kept);
        }
        if method == Method::Ack {
            self.acknowledge(kept);
        }
        // A CANCEL, and the ACK to a refusal, have the branch of their INVITE.
        let branch = kept.facts.branch().unwrap_or_default();
        let invite = self.keys.request(branch, &Method::Invite, [from, to]);
        let invite = invite.and_then(|n| self.ring.get(n));
        kept.row.fork = kept.row.fork.or(invite.and_then(|invite| invite.row.fork));
        for nonce in &kept.facts.answered {
            let asked = self.keys.challenge(nonce);
            let Some(challenge) = asked.and_then(|asked| self.ring.get_mut(asked)) else {
                continue;
            };
            if challenge.ends() == [to, from] {
                kept.row.tied.challenge = Some(challenge.row.n);
                challenge.row.tied.answer.get_or_insert(kept.row.n);
                self.changes.push(Change::Row(challenge.row.n));
            }
        }
    }

    /// Ties a message to the same message before the proxy passed it on.
    fn pass_on(&mut self, received: Option<u64>, kept: &mut Kept) {
        let Some(before) = received.and_then(|n| self.ring.get_mut(n)) else {
            return;
        };
        before.row.tied.sent.push(kept.row.n);
        kept.row.tied.received = Some(before.row.n);
        self.changes.push(Change::Row(before.row.n));
    }

    /// Numbers the branches of a request that went to several targets.
    fn fork(&mut self, received: u64, kept: &mut Kept) {
        let Some(before) = self.ring.get(received) else {
            return;
        };
        let siblings = before.row.tied.sent.clone();
        if siblings.len() < 2 {
            return;
        }
        for (fork, n) in siblings.iter().enumerate() {
            if *n == kept.row.n {
                kept.row.fork = Some(fork);
            } else if let Some(sibling) = self.ring.get_mut(*n)
                && sibling.row.fork.is_none()
            {
                sibling.row.fork = Some(fork);
                self.changes.push(Change::Row(*n));
            }
        }
        if let Some(entry) = kept.row.group.and_then(|group| self.groups.entry(group)) {
            entry.view.forks = entry.view.forks.max(siblings.len());
        }
    }

    /// Finds the answer that an ACK is for, on the same hop.
    fn acknowledge(&mut self, kept: &Kept) {
        let [from, to] = kept.ends();
        let group = kept.row.group;
        let Some(entry) = group.and_then(|group| self.groups.entry(group)) else {
            return;
        };
        let is_answer = |n: &u64| {
            self.ring.get(*n).is_some_and(|response| {
                response.ends() == [to, from]
                    && response.facts.cseq == kept.facts.cseq
                    && response.facts.to.tag == kept.facts.to.tag
            })
        };
        let Some(place) = entry.open.iter().position(is_answer) else {
            return;
        };
        let n = entry.open.remove(place);
        if let Some(response) = self.ring.get_mut(n) {
            response.row.tied.ack = Some(kept.row.n);
            self.changes.push(Change::Row(n));
            self.unmark(n, MISSING_ACK);
        }
    }
}
