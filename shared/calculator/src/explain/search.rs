//! One change after the other, then two at a time.

use super::case::Case;
use super::change::{Change, Mistake, Mistakes};
use super::verdict::Verdict;
use super::{people, protocol, quotes, uris};
use crate::paste::METHODS;
use crate::recipe::Recipe;

/// How many pairs are tried at most: a second of work for a slow machine.
const MOST_PAIRS: usize = 60_000;

/// What explains the given response: the recipe as it stands in the header field, or another
/// one. Gives the recipe that was meant, too, whose method may have been unknown.
pub(crate) fn explain(
    recipe: &Recipe,
    case: &Case<'_>,
    given: &str,
    method_is_known: bool,
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
    (recipe.clone(), mistaken(recipe, case, given))
}

fn mistaken(recipe: &Recipe, case: &Case<'_>, given: &str) -> Verdict {
    if let Some(verdict) = Verdict::misshapen(given, recipe) {
        return verdict;
    }
    let singles = singles(recipe, case);
    let matched = |recipe: &Recipe| recipe.response().eq_ignore_ascii_case(given);
    for mistake in &singles {
        let changed = mistake.change.apply(recipe);
        if matched(&changed) {
            return Verdict::mistake(given, vec![mistake.clone()], changed);
        }
    }
    let mut pairs = 0;
    for (index, first) in singles.iter().enumerate() {
        let changed = first.change.apply(recipe);
        for second in &singles[index + 1..] {
            if pairs == MOST_PAIRS {
                break;
            }
            if first.change.meets(&second.change) {
                continue;
            }
            pairs += 1;
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
