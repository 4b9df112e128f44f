//! The response context of a relayed request (RFC 3261 §16.7): what its branches answered, and
//! which answer is the best.

use sip_message::{HeaderName, Status};

use crate::keys::ClientKey;
use crate::protocol::inside::Step;
use crate::record_route::{RecordRoute, Signed};
use crate::response::Response;

/// What became of one branch.
#[derive(Debug)]
struct Branch {
    /// The client transaction.
    client: ClientKey,
    /// Whether its final response is here.
    is_final: bool,
}

/// The answer a forked request has so far.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// A response of a branch.
    Relayed(Box<Response>),
    /// What this proxy says itself for a branch without a response: 408, 487, 503, 513.
    Local(Status),
}

impl Outcome {
    pub(crate) fn status(&self) -> Status {
        match self {
            Self::Relayed(response) => response.status(),
            Self::Local(status) => *status,
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Context {
    branches: Vec<Branch>,
    best: Option<Outcome>,
    /// Our Record-Routes that the request left with.
    pub(crate) signed: Vec<Signed>,
    /// What its answer changes in the table of calls.
    pub(crate) step: Option<Step>,
    /// A final response went upstream.
    pub(crate) is_answered: bool,
}

impl Context {
    /// The context of a request whose answer changes that in the table of calls.
    pub(crate) fn new(step: Option<Step>) -> Self {
        Self {
            step,
            ..Self::default()
        }
    }

    /// A branch is about to be sent.
    pub(crate) fn begin(&mut self, client: ClientKey) {
        let is_final = false;
        self.branches.push(Branch { client, is_final });
    }

    /// A branch leaves with these.
    pub(crate) fn leaves_with(&mut self, routes: &[RecordRoute]) {
        self.signed.extend(routes.iter().map(|route| route.signed));
    }

    /// The client transactions without a final response.
    pub(crate) fn pending(&self) -> Vec<ClientKey> {
        let pending = self.branches.iter().filter(|branch| !branch.is_final);
        pending.map(|branch| branch.client).collect()
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.branches.iter().all(|branch| branch.is_final)
    }

    /// Marks a branch final; false when it already was.
    pub(crate) fn finish(&mut self, client: ClientKey) -> bool {
        let mut open = self.branches.iter_mut().filter(|branch| !branch.is_final);
        let branch = open.find(|branch| branch.client == client);
        branch.map(|branch| branch.is_final = true).is_some()
    }

    /// Keeps the better of the best so far and this one. Of challenges the first stays and
    /// takes those of the others along, so that the caller can answer them all (§16.7 step 7).
    pub(crate) fn offer(&mut self, answer: Outcome) {
        match (&mut self.best, answer) {
            (Some(Outcome::Relayed(best)), Outcome::Relayed(other))
                if best.status().is_challenge() && other.status().is_challenge() =>
            {
                for name in [HeaderName::WwwAuthenticate, HeaderName::ProxyAuthenticate] {
                    for challenge in other.raw(name) {
                        best.push_back(name, &String::from_utf8_lossy(challenge));
                    }
                }
            }
            (Some(best), answer) if rank(answer.status()) >= rank(best.status()) => {}
            (best, answer) => *best = Some(answer),
        }
    }

    /// The best answer so far.
    pub(crate) fn take_best(&mut self) -> Option<Outcome> {
        self.best.take()
    }
}

/// The order of §16.7 step 6: 6xx before all, then the lowest class. Inside 4xx, first what helps
/// the caller to correct the request, then what says most about the callee.
fn rank(status: Status) -> (u16, u16) {
    let class = match status.class() {
        6 => 0,
        class => class,
    };
    let order = match status.code() {
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
    use super::{Status, rank};

    #[test]
    fn a_fork_answers_with_the_best_response() {
        let mut statuses = [503, 408, 487, 404, 480, 486, 407, 302, 603];
        statuses.sort_by_key(|code| rank(Status::of(*code)));
        assert_eq!(statuses, [603, 302, 407, 486, 480, 404, 487, 408, 503]);
    }
}
