//! How long the cause of a wrong response is looked for: one change at a time, then two.

use sip_message::Method;

use super::case::Case;
use super::change::{Change, Mistake, Mistakes};
use super::verdict::Verdict;
use super::{hashing, passwords, qop, quotes, realms, request, uris, usernames};
use crate::recipe::{Known, Recipe};

/// How many pairs are tried for one answer: a second of work for a slow machine.
const MOST_PAIRS: usize = 60_000;

/// How many answers of one text have their cause looked for, and how many pairs are tried for all
/// of them together. A log of a thousand wrong answers has one cause, or a few.
const MOST_SEARCHES: usize = 200;
const MOST_PAIRS_IN_ALL: usize = 120_000;

/// What may still be spent on a text.
pub(crate) struct Effort {
    searches: usize,
    pairs: usize,
}

impl Default for Effort {
    fn default() -> Self {
        Self {
            searches: MOST_SEARCHES,
            pairs: MOST_PAIRS_IN_ALL,
        }
    }
}

/// What explains the given response: the recipe of the header field, or another one. Also returns
/// the recipe that was meant, whose method may have been unknown.
pub(crate) fn explain(
    recipe: &Recipe,
    case: &Case<'_>,
    given: &str,
    method_is_known: bool,
    effort: &mut Effort,
) -> (Recipe, Verdict) {
    let given = given.trim();
    if matches(recipe, given) {
        return (recipe.clone(), Verdict::right(given));
    }
    if !method_is_known {
        for method in &Method::KNOWN {
            let other = Change::Method(method.as_str().to_owned()).apply(recipe);
            if matches(&other, given) {
                return (other, Verdict::right(given));
            }
        }
    }
    let verdict = mistaken(recipe, case, given, effort);
    (recipe.clone(), verdict)
}

fn matches(recipe: &Recipe, given: &str) -> bool {
    recipe.response().eq_ignore_ascii_case(given)
}

fn mistaken(recipe: &Recipe, case: &Case<'_>, given: &str, effort: &mut Effort) -> Verdict {
    if let Some(verdict) = Verdict::misshapen(given, recipe) {
        return verdict;
    }
    let singles = match effort.searches {
        0 => Vec::new(),
        _ => singles(recipe, case),
    };
    effort.searches = effort.searches.saturating_sub(1);
    for mistake in &singles {
        let changed = mistake.change.apply(recipe);
        if matches(&changed, given) {
            return Verdict::mistake(given, vec![mistake.clone()], changed);
        }
    }
    let (found, pairs) = pair(&singles, recipe, given, MOST_PAIRS.min(effort.pairs));
    effort.pairs -= pairs;
    if let Some((mistakes, changed)) = found {
        return Verdict::mistake(given, mistakes, changed);
    }
    Verdict::Unexplained {
        given: given.to_owned(),
        right: recipe.response(),
        singles: singles.len(),
        pairs,
        has_password: matches!(recipe.secret, Known::Password(_)),
    }
}

/// Two mistakes that give the response together, with their recipe; and how many pairs were tried.
fn pair(
    singles: &[Mistake],
    recipe: &Recipe,
    given: &str,
    most: usize,
) -> (Option<(Vec<Mistake>, Recipe)>, usize) {
    let mut pairs = 0;
    for (index, first) in singles.iter().enumerate() {
        let changed = first.change.apply(recipe);
        for second in &singles[index + 1..] {
            if first.change.meets(&second.change) {
                continue;
            }
            if pairs == most {
                return (None, pairs);
            }
            pairs += 1;
            let both = second.change.apply(&changed);
            if matches(&both, given) {
                return (Some((vec![first.clone(), second.clone()], both)), pairs);
            }
        }
    }
    (None, pairs)
}

/// Every single mistake, the likely ones first.
fn singles(recipe: &Recipe, case: &Case<'_>) -> Vec<Mistake> {
    let mut mistakes = Mistakes::of(recipe);
    qop::add(&mut mistakes, case);
    hashing::add_algorithms(&mut mistakes);
    request::add_methods(&mut mistakes);
    passwords::add(&mut mistakes);
    hashing::add_forms(&mut mistakes);
    hashing::add_bodies(&mut mistakes);
    request::add_nonces(&mut mistakes, case);
    // A known HA1 contains user and realm, so no others can be tried.
    if matches!(recipe.secret, Known::Password(_)) {
        usernames::add(&mut mistakes, case);
        realms::add(&mut mistakes, case);
    }
    uris::add(&mut mistakes, case);
    quotes::add(&mut mistakes, case);
    mistakes.list
}
