//! Quotes kept around several values at once, as a reader does that cuts at the commas.

use super::case::Case;
use super::change::{Change, Mistakes};
use super::value::Value::{self, Cnonce, Nc, Nonce, Qop, Realm, Uri, Username};
use crate::recipe::{Known, Recipe};

/// Adds every set of two values and more, small ones first. Each is one mistake: who keeps the
/// quotes of one value keeps those of others.
pub(crate) fn add(mistakes: &mut Mistakes<'_>, case: &Case<'_>) {
    const MEND: &str =
        "take the quotes off each value when it is read, and put them back only when it is sent";
    let values = quotable(mistakes.right);
    let of_mask = |mask: u32| -> Vec<Value> {
        let in_mask = values.iter().enumerate();
        let in_mask = in_mask.filter(|(at, _)| mask & (1 << at) != 0);
        in_mask.map(|(_, value)| *value).collect()
    };
    for size in 2..=values.len() {
        let masks = (0..1_u32 << values.len()).filter(|mask| mask.count_ones() as usize == size);
        for set in masks.map(of_mask) {
            let told = told(&set, mistakes.right, case);
            mistakes.add(Change::Quotes(set), told, MEND);
        }
    }
}

/// The values that count. A known HA1 holds user and realm already.
fn quotable(recipe: &Recipe) -> Vec<Value> {
    let mut values = vec![Nonce, Uri];
    if matches!(recipe.secret, Known::Password(_)) {
        values = vec![Username, Realm, Nonce, Uri];
    }
    if recipe.protection.is_some() || recipe.cnonce.is_some() {
        values.push(Cnonce);
    }
    if recipe.protection.is_some() {
        values.extend([Qop, Nc]);
    }
    values
}

fn told(set: &[Value], recipe: &Recipe, case: &Case<'_>) -> String {
    let names: Vec<&str> = set.iter().map(|value| value.name()).collect();
    let (last, others) = names.split_last().unwrap_or((&"", &[]));
    let names = format!("{} and {last}", others.join(", "));
    match whole(set, recipe, case) {
        Some(whole) => format!("the quotes kept around every value of {whole}: {names}"),
        None => format!("the quotes kept around {names}"),
    }
}

/// What a set is all of.
fn whole(set: &[Value], recipe: &Recipe, case: &Case<'_>) -> Option<&'static str> {
    let challenge = case.challenge.as_ref();
    let offers_qop = challenge.is_some_and(|c| c.digest.params.value("qop").is_some());
    let in_quotes = quotable(recipe);
    let in_quotes = in_quotes.iter().filter(|v| !matches!(v, Qop | Nc));
    match set {
        // RFC 2617 §3.2.2 puts no quotes around qop and nc of an answer; phones do.
        _ if in_quotes.clone().all(|value| set.contains(value)) => Some("the header field"),
        [Realm, Nonce, Qop] if offers_qop => Some("the challenge"),
        [Realm, Nonce] if challenge.is_some() && !offers_qop => Some("the challenge"),
        [Username, Realm] => Some("HA1"),
        [Username, Realm, Uri] => Some("HA1 and HA2"),
        [Username, Realm, Nonce, Uri] => Some("RFC 2069"),
        _ => None,
    }
}
