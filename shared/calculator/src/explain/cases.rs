//! The answers of a text.

use std::collections::HashSet;

use super::case::Case;
use super::challenge::Challenges;
use super::userhash;
use crate::paste::{self, ANSWERS, Message};

/// A text with more answers than this is looked at up to here.
pub(crate) const MOST: usize = 20_000;

/// Every answer of the text, of this user if one is named, each once: servers that log a message
/// twice repeat it. Also how many more there are than are looked at.
pub(crate) fn cases<'a>(messages: &'a [Message], username: Option<&str>) -> (Vec<Case<'a>>, usize) {
    let challenges = Challenges::of(messages);
    let mut cases: Vec<Case<'_>> = Vec::new();
    let mut known = HashSet::new();
    let mut left_out = 0;
    for (index, request) in messages.iter().enumerate() {
        for answer in paste::digests(request, ANSWERS) {
            let (challenge, nonces) = challenges.around(index, &answer);
            let case = Case {
                challenge,
                nonces,
                answer,
                request,
            };
            let key = (&request.start, case.answer.name, case.answer.params.clone());
            if is_of(&case, username) && known.insert(key) {
                match cases.len() < MOST {
                    true => cases.push(case),
                    false => left_out += 1,
                }
            }
        }
    }
    (cases, left_out)
}

/// Whether it is the answer of this user, by name or by the hash of it.
fn is_of(case: &Case<'_>, username: Option<&str>) -> bool {
    let Some(wanted) = username else { return true };
    case.answer.params.value("username") == Some(wanted)
        || userhash::owner(case, Some(wanted)).as_deref() == Some(wanted)
}
