//! Which answers of a text are explained.

use std::collections::HashSet;

use sip_paste::{Digest, Excerpt};

use super::asked::Challenges;
use super::case::Case;
use super::userhash;

/// How many answers of a text are explained.
pub(crate) const MOST: usize = 20_000;

/// Every answer of the text, or of this user if one is named, and how many more there are than
/// are explained. A server that logs a message twice repeats its answer, which counts once.
pub(crate) fn cases<'a>(excerpts: &'a [Excerpt], username: Option<&str>) -> (Vec<Case<'a>>, usize) {
    let challenges = Challenges::of(excerpts);
    let mut cases: Vec<Case<'_>> = Vec::new();
    let mut known = HashSet::new();
    let mut left_out = 0;
    for (index, request) in excerpts.iter().enumerate() {
        for answer in request.credentials() {
            let (asked, nonces) = challenges.around(index, &answer);
            let case = Case {
                asked,
                nonces,
                answer,
                request,
            };
            let Digest { values, faults, .. } = case.answer.clone();
            let key = (&request.start, case.answer.name, values, faults);
            if !is_of(&case, username) || !known.insert(key) {
                continue;
            }
            if cases.len() < MOST {
                cases.push(case);
            } else {
                left_out += 1;
            }
        }
    }
    (cases, left_out)
}

/// Whether it is the answer of this user, by name or by the hash of it.
fn is_of(case: &Case<'_>, username: Option<&str>) -> bool {
    let Some(wanted) = username else { return true };
    case.answered("username") == Some(wanted)
        || userhash::owner(case, Some(wanted)).as_deref() == Some(wanted)
}
