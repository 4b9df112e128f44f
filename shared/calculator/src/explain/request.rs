//! What phones hash in place of the method and the nonce.

use sip_message::Method;
use sip_paste::unescaped;

use super::case::Case;
use super::change::{Change, Mistakes};

/// Adds the other methods.
pub(crate) fn add_methods(mistakes: &mut Mistakes<'_>) {
    const FIX: &str = "hash the method of the request that carries the answer";
    let right = mistakes.right.method.clone();
    let lower = right.to_ascii_lowercase();
    let known = Method::KNOWN;
    let known = known.iter().map(Method::as_str);
    for method in known.chain(["GET", &lower, ""]) {
        let what = format!("the method {method}, but the request is {right}");
        mistakes.add(Change::Method(method.to_owned()), what, FIX);
    }
}

/// Adds the nonces of the challenges, and other spellings of the answer's.
pub(crate) fn add_nonces(mistakes: &mut Mistakes<'_>, case: &Case<'_>) {
    const FIX: &str =
        "hash the nonce that the answer has, which must be the one of the latest challenge";
    let right = mistakes.right.nonce.clone();
    let mut put = |nonce: &str, what: &str| {
        let what = format!("the nonce {nonce} ({what}), but the header field says {right}");
        mistakes.add(Change::Nonce(nonce.to_owned()), what, FIX);
    };
    if let Some(nonce) = case.challenged("nonce") {
        put(nonce, "the challenge's");
    }
    for nonce in &case.nonces {
        put(nonce, "the nonce or opaque of another challenge");
    }
    if let Some(opaque) = case.answered("opaque").or(case.challenged("opaque")) {
        put(opaque, "the opaque");
    }
    let quoted = format!("\"{right}\"");
    for (nonce, what) in [
        (quoted.as_str(), "with its quotes"),
        (&right.to_ascii_lowercase(), "in lower case"),
        (&right.to_ascii_uppercase(), "in upper case"),
        (right.trim_end_matches('='), "without the = at its end"),
        (right.trim(), "without the spaces around it"),
        (&unescaped(&right), "with its backslash escapes read"),
        ("", "empty"),
    ] {
        put(nonce, what);
    }
}
