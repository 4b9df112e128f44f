//! The response context of a relayed request (RFC 3261 §16.7): what its branches answered, and
//! which answer is the best.

use sip_message::{Name, Response};

/// What became of one branch.
#[derive(Debug)]
pub(crate) struct Branch {
    /// The client transaction.
    pub(crate) client: u64,
    /// Whether its final response is here.
    pub(crate) is_final: bool,
}

/// The answer a forked request has so far.
#[derive(Debug)]
pub(crate) enum Answer {
    /// A response of a branch, its top Via already taken away.
    Relayed(Box<Response>),
    /// What this proxy says itself: 408, 487 or 503 for a branch without a response.
    Local(u16),
}

impl Answer {
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Relayed(response) => response.status(),
            Self::Local(status) => *status,
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Context {
    pub(crate) branches: Vec<Branch>,
    pub(crate) best: Option<Answer>,
    /// A final response went upstream.
    pub(crate) is_answered: bool,
    /// The challenges of every 401 and 407, which the best of them carries all (§16.7 step 7).
    challenges: Vec<(Name, String)>,
}

impl Context {
    pub(crate) fn is_complete(&self) -> bool {
        self.branches.iter().all(|branch| branch.is_final)
    }

    /// Marks a branch final; false when it already was.
    pub(crate) fn finish(&mut self, client: u64) -> bool {
        let branch = self
            .branches
            .iter_mut()
            .find(|b| b.client == client && !b.is_final);
        branch.map(|branch| branch.is_final = true).is_some()
    }

    /// Keeps the better of the best so far and this one.
    pub(crate) fn offer(&mut self, answer: Answer) {
        if let Answer::Relayed(response) = &answer {
            for name in [Name::WwwAuthenticate, Name::ProxyAuthenticate] {
                let texts = response
                    .raw(name)
                    .map(|v| String::from_utf8_lossy(v).into_owned());
                self.challenges.extend(texts.map(|text| (name, text)));
            }
        }
        let better = |best: &Answer| rank(answer.status()) < rank(best.status());
        if self.best.as_ref().is_none_or(better) {
            self.best = Some(answer);
        }
    }

    /// The best answer, with everybody's challenges when it is one.
    pub(crate) fn take_best(&mut self) -> Option<Answer> {
        let mut best = self.best.take()?;
        if let Answer::Relayed(response) = &mut best
            && matches!(response.status(), 401 | 407)
        {
            response
                .retain(|name, _| !matches!(name, Name::WwwAuthenticate | Name::ProxyAuthenticate));
            for (name, text) in self.challenges.drain(..) {
                response.push_back(name, &text);
            }
        }
        Some(best)
    }
}

/// The order of §16.7 step 6: 6xx before all, then the lowest class. Inside 4xx, what helps the
/// caller mend the request first, then what tells most about the callee.
fn rank(status: u16) -> (u16, u16) {
    let class = match status / 100 {
        6 => 0,
        class => class,
    };
    let order = match status {
        401 | 407 => 0,
        415 | 420 | 484 => 1,
        486 => 2,
        480 => 3,
        404 => 5,
        487 => 6,
        408 => 7,
        _ => 4,
    };
    (class, order)
}

#[cfg(test)]
mod tests {
    use super::rank;

    #[test]
    fn a_fork_answers_with_the_best_response() {
        let mut statuses = [503, 408, 487, 404, 480, 486, 407, 302, 603];
        statuses.sort_by_key(|status| rank(*status));
        assert_eq!(statuses, [603, 302, 407, 486, 480, 404, 487, 408, 503]);
    }
}
