//! One change after the other, then two at a time.

use super::case::Case;
use super::change::{Change, Mistake, Mistakes};
use super::verdict::Verdict;
use super::{people, protocol, quotes, uris};
use crate::paste::METHODS;
use crate::recipe::Recipe;

/// How many pairs are tried for one answer: a second of work for a slow machine.
const MOST_PAIRS: usize = 60_000;

/// How many answers of one text have their cause looked for, and how many pairs are tried for all
/// of them: a log of a thousand wrong answers has one cause, or a few.
const MOST_SEARCHES: usize = 200;
const MOST_PAIRS_IN_ALL: usize = 120_000;

/// What is left to be spent on a text.
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

/// What explains the given response: the recipe as it stands in the header field, or another
/// one. Gives the recipe that was meant, too, whose method may have been unknown.
pub(crate) fn explain(
    recipe: &Recipe,
    case: &Case<'_>,
    given: &str,
    method_is_known: bool,
    effort: &mut Effort,
) -> (Recipe, Verdict) {
    let given = given.trim();
    let matched = |recipe: &Recipe| recipe.response().eq_ignore_ascii_case(given);
    if matched(recipe) {
        return (recipe.clone(), Verdict::right(given));
    }
    if !method_is_known {
        for method in METHODS {
            let other = Change::Method(method.to_owned()).apply(recipe);
            if matched(&other) {
                return (other, Verdict::right(given));
            }
        }
    }
    let verdict = mistaken(recipe, case, given, effort);
    (recipe.clone(), verdict)
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
    let matched = |recipe: &Recipe| recipe.response().eq_ignore_ascii_case(given);
    for mistake in &singles {
        let changed = mistake.change.apply(recipe);
        if matched(&changed) {
            return Verdict::mistake(given, vec![mistake.clone()], changed);
        }
    }
    let mut pairs = 0;
    let most = MOST_PAIRS.min(effort.pairs);
    for (index, first) in singles.iter().enumerate() {
        let changed = first.change.apply(recipe);
        for second in &singles[index + 1..] {
            if pairs == most {
                break;
            }
            if first.change.meets(&second.change) {
                continue;
            }
            pairs += 1;
            effort.pairs -= 1;
            let both = second.change.apply(&changed);
            if matched(&both) {
                let mistakes = vec![first.clone(), second.clone()];
                return Verdict::mistake(given, mistakes, both);
            }
        }
    }
    Verdict::Unexplained {
        given: given.to_owned(),
        right: recipe.response(),
        singles: singles.len(),
        pairs,
        has_password: matches!(recipe.secret, crate::recipe::Known::Password(_)),
    }
}

/// Every single mistake, the likely ones first.
fn singles(recipe: &Recipe, case: &Case<'_>) -> Vec<Mistake> {
    let mut mistakes = Mistakes::of(recipe);
    protocol::add_protection(&mut mistakes, case);
    protocol::add_algorithms(&mut mistakes);
    protocol::add_methods(&mut mistakes);
    people::add_passwords(&mut mistakes);
    protocol::add_forms(&mut mistakes);
    protocol::add_bodies(&mut mistakes);
    protocol::add_nonces(&mut mistakes, case);
    // A known HA1 holds user and realm, and nothing else can be tried for them.
    if matches!(recipe.secret, crate::recipe::Known::Password(_)) {
        people::add_usernames(&mut mistakes, case);
        people::add_realms(&mut mistakes, case);
    }
    uris::add(&mut mistakes, case);
    quotes::add(&mut mistakes, case);
    mistakes.list
}
