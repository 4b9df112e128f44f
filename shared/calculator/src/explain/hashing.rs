//! What phones do wrong while they hash: the algorithm, the last hash, the body.

use sip_digest::{Algorithm, Qop};

use super::change::{Change, Mistakes};
use crate::recipe::{Body, Form};

/// Adds the other algorithms.
pub(crate) fn add_algorithms(mistakes: &mut Mistakes<'_>) {
    const FIX: &str = "hash with the algorithm that the answer names, or MD5 if it names none";
    let right = mistakes.right.algorithm.as_str();
    for algorithm in Algorithm::ALL {
        let name = algorithm.as_str();
        let what = format!("{name}, but the header field means {right}");
        mistakes.add(Change::Algorithm(algorithm), what, FIX);
    }
}

/// Last hashes that only an answer with a qop can have.
const WITH_QOP: [(Form, &str); 4] = [
    (Form::WithoutNc, "nc left out of the last hash"),
    (Form::WithoutCnonce, "cnonce left out of the last hash"),
    (
        Form::WithoutQop,
        "qop left out of the last hash, but not nc and cnonce",
    ),
    (Form::CnonceFirst, "cnonce before nc in the last hash"),
];

/// Last hashes that any answer can have.
const FORMS: [(Form, &str); 5] = [
    (
        Form::SessionText,
        "HA1 of the session not hashed: HA1, nonce and cnonce as they are in the last hash",
    ),
    (
        Form::SessionBytes,
        "HA1 of the session over the 16 or 32 bytes of HA1 rather than its hex digits, as in the program of RFC 2617 §5",
    ),
    (Form::UpperBoth, "HA1 and HA2 in upper-case hex"),
    (Form::UpperHa1, "HA1 in upper-case hex"),
    (Form::UpperHa2, "HA2 in upper-case hex"),
];

/// Adds last hashes that are put together wrongly.
pub(crate) fn add_forms(mistakes: &mut Mistakes<'_>) {
    const FIX: &str =
        "put the last hash together as in RFC 2617 §3.2.2.1, its parts in lower-case hex";
    let with_qop = mistakes.right.protection.as_ref().map(|_| WITH_QOP);
    for (form, what) in with_qop.into_iter().flatten().chain(FORMS) {
        mistakes.add(Change::Form(form), what, FIX);
    }
}

/// Adds what happens to a body between phone and server. It counts for auth-int alone.
pub(crate) fn add_bodies(mistakes: &mut Mistakes<'_>) {
    const FIX: &str = "hash the body byte for byte as it is sent; anything that changes it on the way breaks auth-int";
    let protection = mistakes.right.protection.as_ref();
    if protection.is_none_or(|p| p.qop != Qop::AuthInt) {
        return;
    }
    let text = String::from_utf8_lossy(&mistakes.right.body.bytes).into_owned();
    for (body, what) in [
        (String::new(), "an empty body"),
        (
            text.replace("\r\n", "\n"),
            "a body with the line ends of Unix",
        ),
        (
            text.trim_end().to_owned(),
            "a body without its last line end",
        ),
        (format!("{text}\r\n"), "a body with one more line end"),
        (
            format!("\r\n{text}"),
            "a body with the empty line before it",
        ),
    ] {
        let body = Body::new(body.into_bytes());
        mistakes.add(Change::Body(body), what, FIX);
    }
}
