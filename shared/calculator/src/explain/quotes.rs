//! Quotes kept around several values at once, as by a reader that only cuts at the commas.

use super::case::Case;
use super::change::{Change, Mistakes};
use super::value::Value::{self, Cnonce, Nc, Nonce, Qop, Realm, Uri, Username};
use crate::recipe::{Known, Recipe};

/// Adds every set of two values or more, small ones first. Each set is one mistake: a phone that
/// keeps the quotes of one value keeps those of others.
pub(crate) fn add(mistakes: &mut Mistakes<'_>, case: &Case<'_>) {
    const FIX: &str =
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
            let what = in_words(&set, mistakes.right, case);
            mistakes.add(Change::Quotes(set), what, FIX);
        }
    }
}

/// The values that count. A known HA1 contains user and realm already.
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

fn in_words(set: &[Value], recipe: &Recipe, case: &Case<'_>) -> String {
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
    let is_asked = case.asked.is_some();
    let offers_qop = case.challenged("qop").is_some();
    let quotable = quotable(recipe);
    // RFC 2617 §3.2.2 puts no quotes around qop and nc of an answer; phones do.
    let mut in_quotes = quotable.iter().filter(|v| !matches!(v, Qop | Nc));
    if in_quotes.all(|value| set.contains(value)) {
        return Some("the header field");
    }
    match set {
        [Realm, Nonce, Qop] if offers_qop => Some("the challenge"),
        [Realm, Nonce] if is_asked && !offers_qop => Some("the challenge"),
        [Username, Realm] => Some("HA1"),
        [Username, Realm, Uri] => Some("HA1 and HA2"),
        [Username, Realm, Nonce, Uri] => Some("RFC 2069"),
        _ => None,
    }
}
