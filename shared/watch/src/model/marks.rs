//! What is wrong: challenges answered in vain, answers without an ACK, requests without an answer.

use sip_message::Method;

use super::changes::Change;
use super::ring::Kept;
use super::store::Store;
use crate::view::Mark;

pub(super) const RETRANSMISSION: &str = "retransmission";
pub(super) const MISSING_ACK: &str = "missing_ack";
pub(super) const MISSING_ANSWER: &str = "missing_answer";
const LOOP: &str = "loop";
const REFUSED: &str = "refused";
const WRONG_PASSWORD: &str = "wrong_password";
const LOST: &str = "lost";

/// After this many refused answers to challenges, a phone goes round in circles.
const VAIN: usize = 3;

/// How long an ACK or an answer may take, in microseconds: four transmissions over UDP.
const PATIENCE: u64 = 2_000_000;

impl Store {
    /// Marks a new message by what is known when it comes.
    pub(super) fn mark_new(&mut self, kept: &mut Kept) {
        if kept.message.lost {
            kept.row.marks.push(Mark {
                kind: LOST,
                text: "This message never arrived.".to_owned(),
                of: None,
            });
        }
        if kept.row.tied.original.is_some() {
            return;
        }
        if let Some(401 | 407) = kept.facts.status {
            self.mark_challenge(kept);
        }
        let is_asked = kept.facts.status.is_none() && kept.facts.method.is_some();
        let needs_answer = is_asked && !kept.facts.requests(&Method::Ack);
        if needs_answer || kept.facts.ends_invite() {
            self.due.push_back((kept.at() + PATIENCE, kept.row.n));
        }
    }

    /// A challenge to a request that had an answer already: that answer was refused.
    fn mark_challenge(&self, kept: &mut Kept) {
        let vain = self.answered_in_vain(kept);
        if vain == 0 || kept.facts.is_stale {
            return;
        }
        let request = kept.row.tied.request.and_then(|n| self.ring.get(n));
        let decision = request.and_then(|request| request.decision.as_ref());
        let because = decision.and_then(|decision| decision.because.clone());
        let challenge = request.and_then(|request| request.row.tied.challenge);
        let is_password = because
            .as_ref()
            .is_some_and(|it| it.contains("wrong password"));
        kept.row.marks.push(Mark {
            kind: if is_password { WRONG_PASSWORD } else { REFUSED },
            text: match because {
                Some(because) => format!("The answer to the challenge was refused: {because}."),
                None => "The answer to the challenge was refused.".to_owned(),
            },
            of: challenge,
        });
        if vain >= VAIN {
            kept.row.marks.push(Mark {
                kind: LOOP,
                text: format!(
                    "The phone has answered {vain} challenges in vain: its password, user or \
                     realm is wrong."
                ),
                of: challenge,
            });
        }
    }

    /// How many challenges in a row were answered before this one.
    fn answered_in_vain(&self, kept: &Kept) -> usize {
        let mut count = 0;
        let mut request = kept.row.tied.request;
        while let Some(challenge) = request
            .and_then(|n| self.ring.get(n))
            .and_then(|request| request.row.tied.challenge)
            && count < 1_000
        {
            count += 1;
            request = self.ring.get(challenge).and_then(|it| it.row.tied.request);
        }
        count
    }

    /// Marks what is missing at that time, in microseconds since 1970.
    pub(crate) fn tick(&mut self, now: u64) {
        while let Some((at, n)) = self.due.front().copied()
            && at <= now
        {
            self.due.pop_front();
            self.mark_missing(n);
        }
    }

    /// Nothing more comes: what is missing stays missing.
    pub(crate) fn end(&mut self) {
        let last = self.ring.iter().next_back().map_or(0, Kept::at);
        self.tick(last);
        while let Some((_, n)) = self.due.pop_front() {
            if self
                .ring
                .get(n)
                .is_some_and(|kept| kept.facts.ends_invite())
            {
                self.mark_missing(n);
            }
        }
    }

    fn mark_missing(&mut self, n: u64) {
        let Some(kept) = self.ring.get_mut(n) else {
            return;
        };
        let (kind, text) = if kept.facts.ends_invite() {
            (
                MISSING_ACK,
                "No ACK came to this answer: the caller has not heard it, or the ACK got lost.",
            )
        } else {
            (MISSING_ANSWER, "No answer came to this request.")
        };
        let has_all = match kind {
            MISSING_ACK => kept.row.tied.ack.is_some(),
            _ => !kept.responses.is_empty(),
        };
        if has_all {
            return;
        }
        let mark = Mark {
            kind,
            text: text.to_owned(),
            of: None,
        };
        kept.row.marks.push(mark.clone());
        let group = kept.row.group;
        self.changes.push(Change::Row(n));
        if let Some(entry) = group.and_then(|group| self.groups.entry(group)) {
            entry.mark(&mark);
            self.changes.push(Change::Group(entry.view.id));
        }
    }

    /// What was missing came after all.
    pub(super) fn unmark(&mut self, n: u64, kind: &str) {
        let Some(kept) = self.ring.get_mut(n) else {
            return;
        };
        let before = kept.row.marks.len();
        kept.row.marks.retain(|mark| mark.kind != kind);
        let group = kept.row.group;
        if kept.row.marks.len() < before
            && let Some(entry) = group.and_then(|group| self.groups.entry(group))
        {
            entry.unmark(kind);
            self.changes.push(Change::Group(entry.view.id));
        }
    }
}
