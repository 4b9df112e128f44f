//! What phones do to method, nonce, qop, algorithm and body.

use sip_digest::{Algorithm, Qop};

use super::case::Case;
use super::change::{Change, Mistakes};
use crate::paste::{METHODS, unescaped};
use crate::recipe::{Body, Form, Protection};

/// Adds the other methods.
pub(crate) fn add_methods(mistakes: &mut Mistakes<'_>) {
    const MEND: &str = "hash the method of the request that carries the answer";
    let right = mistakes.right.method.clone();
    let mut put = |method: String| {
        let told = format!("the method {method}, where the request is {right}");
        mistakes.add(Change::Method(method), told, MEND);
    };
    METHODS.iter().for_each(|method| put((*method).to_owned()));
    put("GET".to_owned());
    put(right.to_ascii_lowercase());
    put(String::new());
}

/// Adds the nonces of the challenges, and what is done to one.
pub(crate) fn add_nonces(mistakes: &mut Mistakes<'_>, case: &Case<'_>) {
    const MEND: &str =
        "hash the nonce that the answer names, which is to be that of the latest challenge";
    let right = mistakes.right.nonce.clone();
    let mut put = |nonce: String, what: &str| {
        let told = format!("the nonce {nonce} ({what}), where the header field says {right}");
        mistakes.add(Change::Nonce(nonce), told, MEND);
    };
    let challenge = case.challenge.as_ref();
    let challenged = |name| challenge.and_then(|c| c.digest.params.value(name));
    if let Some(nonce) = challenged("nonce") {
        put(nonce.to_owned(), "that of the challenge");
    }
    for nonce in &case.nonces {
        put(nonce.clone(), "the nonce or opaque of another challenge");
    }
    if let Some(opaque) = case.answer.params.value("opaque").or(challenged("opaque")) {
        put(opaque.to_owned(), "the opaque");
    }
    put(format!("\"{right}\""), "its quotes kept");
    put(right.to_ascii_lowercase(), "in lower case");
    put(right.to_ascii_uppercase(), "in upper case");
    put(
        right.trim_end_matches('=').to_owned(),
        "without the = at its end",
    );
    put(right.trim().to_owned(), "without the blanks around it");
    put(unescaped(&right), "its backslashes read");
    put(String::new(), "left empty");
}

/// Adds qop ignored, qop hashed though the answer has none, other counts, cnonces and tokens.
pub(crate) fn add_protection(mistakes: &mut Mistakes<'_>, case: &Case<'_>) {
    let right = mistakes.right.protection.clone();
    let mut put = |protection: Option<Protection>, what: &str| {
        mistakes.add(Change::Protection(protection), what, AS_THEY_STAND);
    };
    let Some(right) = right else {
        let cnonce = case.answer.params.value("cnonce").unwrap_or_default();
        let nc = case.answer.params.value("nc").unwrap_or("00000001");
        for qop in [Qop::Auth, Qop::AuthInt] {
            let token = qop.as_str();
            let what = format!(
                "qop={token}, nc={nc} and the cnonce {cnonce:?}, while the header field has no qop"
            );
            let protection = Protection {
                qop,
                token: token.to_owned(),
                nc: nc.to_owned(),
                cnonce: cnonce.to_owned(),
            };
            put(Some(protection), &what);
        }
        return;
    };
    put(
        None,
        "qop ignored: nonce alone, in the manner of RFC 2069, while the header field says qop",
    );
    let with = |change: &dyn Fn(&mut Protection)| {
        let mut protection = right.clone();
        change(&mut protection);
        Some(protection)
    };
    let other = match right.qop {
        Qop::Auth => Qop::AuthInt,
        Qop::AuthInt => Qop::Auth,
    };
    let what = format!(
        "qop={}, while the header field says {}",
        other.as_str(),
        right.token
    );
    put(
        with(&|p| (p.qop, p.token) = (other, other.as_str().to_owned())),
        &what,
    );
    add_labels(mistakes, &right, other);
    add_parameters(mistakes, case, &right, other);
}

/// What to do about other parameters than those of the answer.
const AS_THEY_STAND: &str = "hash nonce, nc, cnonce and qop as they stand in the answer; without a qop there, the nonce alone";

/// Adds other tokens, counts and cnonces.
fn add_parameters(mistakes: &mut Mistakes<'_>, case: &Case<'_>, right: &Protection, other: Qop) {
    let mut put = |protection: Option<Protection>, what: &str| {
        mistakes.add(Change::Protection(protection), what, AS_THEY_STAND);
    };
    let with = |change: &dyn Fn(&mut Protection)| {
        let mut protection = right.clone();
        change(&mut protection);
        Some(protection)
    };
    put(
        with(&|p| p.token = right.qop.as_str().to_owned()),
        "one qop, while the header field has a list",
    );
    put(with(&|p| p.nc.clear()), "an empty nc");
    put(with(&|p| p.cnonce.clear()), "an empty cnonce");
    put(
        with(&|p| (p.nc, p.cnonce) = (String::new(), String::new())),
        "nc and cnonce empty",
    );
    put(
        with(&|p| p.token = format!("\"{}\"", p.token)),
        "the quotes of qop kept",
    );
    put(
        with(&|p| p.token = p.token.to_ascii_lowercase()),
        "qop in lower case",
    );
    let challenge = case.challenge.as_ref();
    let offered = challenge.and_then(|c| c.digest.params.value("qop"));
    for list in offered
        .into_iter()
        .chain(["auth,auth-int", "auth-int,auth"])
    {
        let what = format!("all that the challenge offers as the qop: {list}");
        put(with(&|p| p.token = list.to_owned()), &what);
        put(
            with(&|p| (p.qop, p.token) = (other, list.to_owned())),
            &what,
        );
    }
    put(
        with(&|p| p.cnonce = format!("\"{}\"", p.cnonce)),
        "the quotes of cnonce kept",
    );
    put(
        with(&|p| p.cnonce = p.cnonce.to_ascii_lowercase()),
        "cnonce in lower case",
    );
    put(
        with(&|p| p.cnonce = p.cnonce.to_ascii_uppercase()),
        "cnonce in upper case",
    );
    put(
        with(&|p| p.nc = format!("\"{}\"", p.nc)),
        "the quotes of nc kept",
    );
    put(
        with(&|p| p.nc = format!("{:0>8}", p.nc)),
        "nc with 8 digits, while the header field has fewer",
    );
    let short = right.nc.trim_start_matches('0').to_owned();
    put(with(&|p| p.nc = short.clone()), "nc without its zeros");
    let count = u32::from_str_radix(&right.nc, 16).unwrap_or_default();
    for count in [0, 1, count.saturating_sub(1), count.saturating_add(1)] {
        let nc = format!("{count:08x}");
        put(
            with(&|p| p.nc = nc.clone()),
            &format!("nc {nc}, while the header field says {}", right.nc),
        );
    }
}

/// Adds a HA2 of one qop under the label of the other.
fn add_labels(mistakes: &mut Mistakes<'_>, right: &Protection, other: Qop) {
    const MEND: &str = "hash the body into HA2 for auth-int alone, and say so: qop=auth-int, \
                        where the challenge offers it";
    let (says, own) = (&right.token, right.qop.as_str());
    let ha2 = Protection {
        qop: other,
        ..right.clone()
    };
    let what = format!(
        "HA2 in the manner of {}, while the header field says {says}",
        other.as_str()
    );
    mistakes.add(Change::Protection(Some(ha2)), what, MEND);
    let token = Protection {
        token: other.as_str().to_owned(),
        ..right.clone()
    };
    let what = format!(
        "HA2 in the manner of {own}, and the qop {} in the last hash, while the header field says {says}",
        other.as_str()
    );
    mistakes.add(Change::Protection(Some(token)), what, MEND);
}

/// Adds the other algorithms.
pub(crate) fn add_algorithms(mistakes: &mut Mistakes<'_>) {
    const MEND: &str = "hash with the algorithm that the answer names, MD5 where it names none";
    let right = mistakes.right.algorithm.as_str();
    for algorithm in Algorithm::ALL {
        let told = format!(
            "{}, while the header field means {right}",
            algorithm.as_str()
        );
        mistakes.add(Change::Algorithm(algorithm), told, MEND);
    }
}

/// Adds last hashes that are put together wrongly.
pub(crate) fn add_forms(mistakes: &mut Mistakes<'_>) {
    const MEND: &str =
        "put the last hash together as RFC 2617 §3.2.2.1 says, its parts in lower-case hex";
    let with_qop = mistakes.right.protection.is_some();
    for (form, needs_qop, what) in [
        (Form::WithoutNc, true, "nc left out of the last hash"),
        (
            Form::WithoutCnonce,
            true,
            "cnonce left out of the last hash",
        ),
        (
            Form::WithoutQop,
            true,
            "qop left out of the last hash, nc and cnonce not",
        ),
        (Form::CnonceFirst, true, "cnonce before nc in the last hash"),
        (
            Form::SessionText,
            false,
            "HA1 of the session not hashed: HA1, nonce and cnonce as they are in the last hash",
        ),
        (
            Form::SessionBytes,
            false,
            "HA1 of the session over the 16 or 32 bytes of HA1 rather than its hex digits, as the program in RFC 2617 §5 has it",
        ),
        (Form::UpperBoth, false, "HA1 and HA2 in upper-case hex"),
        (Form::UpperHa1, false, "HA1 in upper-case hex"),
        (Form::UpperHa2, false, "HA2 in upper-case hex"),
    ] {
        if with_qop || !needs_qop {
            mistakes.add(Change::Form(form), what, MEND);
        }
    }
}

/// Adds what happens to a body between phone and server; it counts with auth-int only.
pub(crate) fn add_bodies(mistakes: &mut Mistakes<'_>) {
    const MEND: &str =
        "hash the body byte for byte as it is sent; whatever changes it on the way breaks auth-int";
    let protection = mistakes.right.protection.as_ref();
    if protection.is_none_or(|p| p.qop != Qop::AuthInt) {
        return;
    }
    let right = mistakes.right.body.bytes.clone();
    let text = String::from_utf8_lossy(&right).into_owned();
    let mut put = |text: String, what: &str| {
        mistakes.add(Change::Body(Body::new(text.into_bytes())), what, MEND);
    };
    put(String::new(), "an empty body");
    put(text.replace("\r\n", "\n"), "a body with line ends of Unix");
    put(
        text.trim_end().to_owned(),
        "a body without its last line end",
    );
    put(format!("{text}\r\n"), "a body with one line end more");
    put(
        format!("\r\n{text}"),
        "a body with the empty line before it",
    );
}
