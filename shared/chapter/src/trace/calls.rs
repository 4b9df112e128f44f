//! Which messages belong to one call or one registration, and when it is over.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use sip_message::Method;
use sip_server::Direction;

use super::facts::Observed;

/// Calls and registrations under way that are followed. Beyond it the oldest one is given up.
const MOST_CALLS: usize = 1_000;
/// Messages of one of them that are kept; further ones are counted.
pub(crate) const MOST_MESSAGES: usize = 100;
/// Bytes of all messages kept.
const MOST_BYTES: usize = 8 << 20;

/// How long nothing has to come until it is over: a phone that was asked for a password and goes
/// away, a transaction that nobody answers (RFC 3261 §17, 64 times T1), a phone that rings
/// (timer C).
const AFTER_CHALLENGE: Duration = Duration::from_secs(5);
const WITHOUT_ANSWER: Duration = Duration::from_secs(32);
const WHILE_RINGING: Duration = Duration::from_secs(200);

/// How far a call or registration has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It waits for an answer.
    Asked,
    /// It was asked for a password.
    Challenged(String),
    /// A phone rings.
    Ringing,
    /// The call was answered.
    Answered,
    /// The call was refused, and the caller has not confirmed it.
    Refused(String),
    /// It is over. A registration ends with a status, such as `200 OK`.
    Over(Option<String>),
}

/// A call or a registration: every message with its Call-ID.
pub(crate) struct Call {
    pub(crate) is_registration: bool,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) stage: Stage,
    /// When it was answered, if it was.
    pub(crate) answered: Option<SystemTime>,
    pub(crate) last: SystemTime,
    pub(crate) messages: Vec<Observed>,
    /// Messages that were not kept.
    pub(crate) left_out: usize,
    /// Its place among all that began.
    number: u64,
}

/// All that is under way.
#[derive(Default)]
pub(crate) struct Calls {
    under_way: HashMap<String, Call>,
    begun: u64,
    bytes: usize,
    given_up: u64,
}

impl Calls {
    /// Takes the next message. Returns the call or registration that is over with it.
    pub(crate) fn see(&mut self, message: Observed) -> Option<Call> {
        let call_id = message.facts.call_id.clone();
        if !self.under_way.contains_key(&call_id) && !self.begin(&message) {
            return None;
        }
        let call = self.under_way.get_mut(&call_id)?;
        call.last = message.at;
        call.advance(&message);
        if call.messages.len() < MOST_MESSAGES {
            self.bytes += message.bytes.len();
            call.messages.push(message);
        } else {
            call.left_out += 1;
        }
        if matches!(call.stage, Stage::Over(_)) {
            return self.remove(&call_id);
        }
        self.make_room();
        None
    }

    /// Those in which nothing happened for so long that they must be over, the oldest first.
    pub(crate) fn quiet(&mut self, now: SystemTime) -> Vec<Call> {
        let is_quiet = |call: &Call| {
            let silence = now.duration_since(call.last).unwrap_or_default();
            call.patience().is_some_and(|patience| silence > patience)
        };
        let quiet = self.under_way.iter().filter(|(_, call)| is_quiet(call));
        let quiet: Vec<String> = quiet.map(|(call_id, _)| call_id.clone()).collect();
        let mut over: Vec<Call> = quiet.iter().filter_map(|it| self.remove(it)).collect();
        over.sort_unstable_by_key(|call| call.number);
        over
    }

    /// Whether anything is under way that only time can end.
    pub(crate) fn waits(&self) -> bool {
        self.under_way
            .values()
            .any(|call| call.patience().is_some())
    }

    /// How many were given up since the last call of this.
    pub(crate) fn take_given_up(&mut self) -> u64 {
        std::mem::take(&mut self.given_up)
    }

    /// Begins with an INVITE or a REGISTER that comes in.
    fn begin(&mut self, message: &Observed) -> bool {
        let facts = &message.facts;
        let is_registration = match (message.direction, &facts.status, &facts.method) {
            (Direction::In, None, Method::Register) => true,
            (Direction::In, None, Method::Invite) => false,
            _ => return false,
        };
        self.begun += 1;
        let call = Call {
            is_registration,
            from: facts.from.clone(),
            to: facts.to.clone(),
            stage: Stage::Asked,
            answered: None,
            last: message.at,
            messages: Vec::new(),
            left_out: 0,
            number: self.begun,
        };
        self.under_way.insert(facts.call_id.clone(), call);
        true
    }

    fn remove(&mut self, call_id: &str) -> Option<Call> {
        let call = self.under_way.remove(call_id)?;
        self.bytes -= call.messages.iter().map(|it| it.bytes.len()).sum::<usize>();
        Some(call)
    }

    fn make_room(&mut self) {
        while self.under_way.len() > MOST_CALLS || self.bytes > MOST_BYTES {
            let oldest = self.under_way.iter().min_by_key(|(_, call)| call.number);
            let Some(call_id) = oldest.map(|(call_id, _)| call_id.clone()) else {
                return;
            };
            self.remove(&call_id);
            self.given_up += 1;
        }
    }
}

impl Call {
    /// What the server answers decides how far it is, and the ACK that ends a refused call.
    fn advance(&mut self, message: &Observed) {
        let facts = &message.facts;
        match (&facts.method, &facts.status, message.direction) {
            (Method::Ack, None, Direction::In) => {
                if let Stage::Refused(status) = &self.stage {
                    self.stage = Stage::Over(Some(status.clone()));
                }
            }
            (Method::Invite | Method::Register, None, Direction::In) => {
                if matches!(self.stage, Stage::Challenged(_)) {
                    self.stage = Stage::Asked;
                }
            }
            (method, Some((code, status)), Direction::Out) => {
                self.answer(method, *code, status, message.at);
            }
            _ => {}
        }
    }

    fn answer(&mut self, method: &Method, code: u16, status: &str, at: SystemTime) {
        let is_challenge = matches!(code, 401 | 407);
        match method {
            Method::Register | Method::Invite if self.stage == Stage::Answered => {}
            Method::Register | Method::Invite if is_challenge => {
                self.stage = Stage::Challenged(status.to_owned());
            }
            Method::Register if code >= 200 => self.stage = Stage::Over(Some(status.to_owned())),
            Method::Invite => match code {
                0..=100 => {}
                101..=199 => self.stage = Stage::Ringing,
                200..=299 => {
                    self.stage = Stage::Answered;
                    self.answered = Some(at);
                }
                _ => self.stage = Stage::Refused(status.to_owned()),
            },
            Method::Bye if code >= 200 && !is_challenge => self.stage = Stage::Over(None),
            _ => {}
        }
    }

    /// How long nothing may come. A conversation is over only with its BYE.
    fn patience(&self) -> Option<Duration> {
        match self.stage {
            Stage::Challenged(_) => Some(AFTER_CHALLENGE),
            Stage::Asked | Stage::Refused(_) => Some(WITHOUT_ANSWER),
            Stage::Ringing => Some(WHILE_RINGING),
            Stage::Answered | Stage::Over(_) => None,
        }
    }
}
