//! What phones do to qop, nc and cnonce.

use sip_digest::Qop;

use super::case::Case;
use super::change::{Change, Mistakes};
use crate::recipe::Protection;

const FIX: &str =
    "hash nonce, nc, cnonce and qop as the answer has them; if it has no qop, the nonce alone";

const FIX_LABEL: &str = "hash the body into HA2 for auth-int alone, and say so: qop=auth-int, if the challenge offers it";

/// Adds qop ignored, qop hashed though the answer has none, and other tokens, counts and cnonces.
pub(crate) fn add(mistakes: &mut Mistakes<'_>, case: &Case<'_>) {
    let Some(right) = mistakes.right.protection.clone() else {
        return add_qop(mistakes, case);
    };
    let other = match right.qop {
        Qop::Auth => Qop::AuthInt,
        Qop::AuthInt => Qop::Auth,
    };
    let says = &right.token;
    let ignored = "qop ignored: the nonce alone, as in RFC 2069, but the header field has a qop";
    mistakes.add(Change::Protection(None), ignored, FIX);
    let mut put = |protection: Protection, what: String, fix| {
        mistakes.add(Change::Protection(Some(protection)), what, fix);
    };
    let name = other.as_str();
    let own = right.qop.as_str();
    let both = Protection {
        qop: other,
        token: name.to_owned(),
        ..right.clone()
    };
    put(
        both,
        format!("qop={name}, but the header field says {says}"),
        FIX,
    );
    let ha2 = Protection {
        qop: other,
        ..right.clone()
    };
    let what = format!("HA2 as for {name}, but the header field says {says}");
    put(ha2, what, FIX_LABEL);
    let label = Protection {
        token: name.to_owned(),
        ..right.clone()
    };
    let what = format!(
        "HA2 as for {own}, and the qop {name} in the last hash, but the header field says {says}"
    );
    put(label, what, FIX_LABEL);
    for (protection, what) in misspelt(&right) {
        put(protection, what.to_owned(), FIX);
    }
    for (protection, what) in listed(&right, other, case) {
        put(protection, what, FIX);
    }
    for (protection, what) in miscounted(&right) {
        put(protection, what, FIX);
    }
}

/// Adds both qops for an answer without one.
fn add_qop(mistakes: &mut Mistakes<'_>, case: &Case<'_>) {
    let cnonce = case.answered("cnonce").unwrap_or_default();
    let nc = case.answered("nc").unwrap_or("00000001");
    for qop in [Qop::Auth, Qop::AuthInt] {
        let token = qop.as_str();
        let what = format!(
            "qop={token}, nc={nc} and the cnonce {cnonce:?}, but the header field has no qop"
        );
        let protection = Protection {
            qop,
            token: token.to_owned(),
            nc: nc.to_owned(),
            cnonce: cnonce.to_owned(),
        };
        mistakes.add(Change::Protection(Some(protection)), what, FIX);
    }
}

/// A change of the three values and words for it.
type Spelling = (fn(&mut Protection), &'static str);

const SPELLINGS: [Spelling; 11] = [
    (
        |p| p.token = p.qop.as_str().to_owned(),
        "one qop, but the header field has a list",
    ),
    (|p| p.nc.clear(), "an empty nc"),
    (|p| p.cnonce.clear(), "an empty cnonce"),
    (
        |p| {
            p.nc.clear();
            p.cnonce.clear();
        },
        "an empty nc and an empty cnonce",
    ),
    (
        |p| p.token = format!("\"{}\"", p.token),
        "qop with its quotes",
    ),
    (|p| p.token.make_ascii_lowercase(), "qop in lower case"),
    (
        |p| p.cnonce = format!("\"{}\"", p.cnonce),
        "cnonce with its quotes",
    ),
    (|p| p.cnonce.make_ascii_lowercase(), "cnonce in lower case"),
    (|p| p.cnonce.make_ascii_uppercase(), "cnonce in upper case"),
    (|p| p.nc = format!("\"{}\"", p.nc), "nc with its quotes"),
    (
        |p| p.nc = p.nc.trim_start_matches('0').to_owned(),
        "nc without its leading zeros",
    ),
];

/// The values in other spellings.
fn misspelt(right: &Protection) -> impl Iterator<Item = (Protection, &'static str)> {
    SPELLINGS.into_iter().map(|(change, what)| {
        let mut protection = right.clone();
        change(&mut protection);
        (protection, what)
    })
}

/// A whole list in place of one qop.
fn listed(right: &Protection, other: Qop, case: &Case<'_>) -> Vec<(Protection, String)> {
    let offered = case.challenged("qop").into_iter();
    let mut changed = Vec::new();
    for list in offered.chain(["auth,auth-int", "auth-int,auth"]) {
        for qop in [right.qop, other] {
            let protection = Protection {
                qop,
                token: list.to_owned(),
                ..right.clone()
            };
            let what = format!("the whole offer of the challenge as the qop: {list}");
            changed.push((protection, what));
        }
    }
    changed
}

/// Other counts, and the count with all its digits.
fn miscounted(right: &Protection) -> Vec<(Protection, String)> {
    let with = |nc: String, what: String| {
        let protection = Protection {
            nc,
            ..right.clone()
        };
        (protection, what)
    };
    let padded = format!("{:0>8}", right.nc);
    let what = "nc with 8 digits, but the header field has fewer".to_owned();
    let mut changed = vec![with(padded, what)];
    let count = u32::from_str_radix(&right.nc, 16).unwrap_or_default();
    for count in [0, 1, count.saturating_sub(1), count.saturating_add(1)] {
        let nc = format!("{count:08x}");
        let what = format!("nc {nc}, but the header field says {}", right.nc);
        changed.push(with(nc, what));
    }
    changed
}
