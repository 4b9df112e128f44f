//! Whether two URIs are equivalent (RFC 3261 §19.1.4, RFC 3966 §4).

use std::cmp::Ordering;

use crate::escape::comparable;
use crate::params::Params;
use crate::uri::{SipUri, TelUri, Uri};

/// A parameter's name and value.
type Param<'a> = (&'a str, Option<&'a str>);

/// Parameters that make two URIs differ when only one has them: leaving one out is not the same
/// as writing its default.
const DISTINGUISHING: [&str; 5] = ["transport", "user", "ttl", "method", "maddr"];

impl Uri<'_> {
    /// Whether both name the same resource by the rules of their scheme. URIs of other schemes are
    /// compared as text.
    ///
    /// This is not `==`, because it is not transitive: most parameters are ignored when only one
    /// of the two URIs has them (§19.1.4).
    pub fn is_equivalent(&self, other: &Uri<'_>) -> bool {
        match (self, other) {
            (Self::Sip(a), Uri::Sip(b)) => a.is_equivalent(b),
            (Self::Tel(a), Uri::Tel(b)) => a.is_equivalent(b),
            (Self::Other(a), Uri::Other(b)) => a == b,
            _ => false,
        }
    }
}

impl SipUri<'_> {
    /// Whether both URIs are equivalent by §19.1.4: user and password in the same case, the rest
    /// in any case; an escape equals its character; an absent port differs from 5060; `sip`
    /// differs from `sips`.
    pub fn is_equivalent(&self, other: &SipUri<'_>) -> bool {
        self.secure == other.secure
            && self.host == other.host
            && self.port == other.port
            && same_text(self.user, other.user)
            && same_text(self.password, other.password)
            && same_params(self.params, other.params)
            && same_headers(self.headers, other.headers)
    }
}

impl TelUri<'_> {
    /// Whether both numbers are the same by RFC 3966 §4: without visual separators, and with the
    /// same parameters in any order.
    pub fn is_equivalent(&self, other: &TelUri<'_>) -> bool {
        let same_params = || match (sorted(self.params), sorted(other.params)) {
            (Some(a), Some(b)) => {
                a.len() == b.len() && std::iter::zip(a, b).all(|(a, b)| same_tel_param(a, b))
            }
            _ => self.params == other.params,
        };
        same_number(self.number, other.number) && same_params()
    }
}

fn same_text(a: Option<&str>, b: Option<&str>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => comparable(a).eq(comparable(b)),
        (a, b) => a == b,
    }
}

/// Every parameter that both have is equal, and neither has a distinguishing one that the other
/// lacks.
fn same_params(a: Params<'_>, b: Params<'_>) -> bool {
    let distinguishes = |name: &str| DISTINGUISHING.iter().any(|it| order(it, name).is_eq());
    let (Some(sorted_a), Some(sorted_b)) = (sorted(a), sorted(b)) else {
        return a == b;
    };
    let (mut a, mut b) = (sorted_a.as_slice(), sorted_b.as_slice());
    loop {
        (a, b) = match (a, b) {
            ([(name, _), rest_a @ ..], [(other, _), rest_b @ ..]) => match order(name, other) {
                Ordering::Equal if order_values(a[0].1, b[0].1).is_ne() => return false,
                Ordering::Equal => (rest_a, rest_b),
                Ordering::Less if distinguishes(name) => return false,
                Ordering::Less => (rest_a, b),
                Ordering::Greater if distinguishes(other) => return false,
                Ordering::Greater => (a, rest_b),
            },
            (rest, []) | ([], rest) => return !rest.iter().any(|(name, _)| distinguishes(name)),
        }
    }
}

/// Every header counts, in any order.
fn same_headers(a: Option<&str>, b: Option<&str>) -> bool {
    let (Some(a), Some(b)) = (a, b) else {
        return a == b;
    };
    let compare = |(name, value): &(&str, &str), (other, that): &(&str, &str)| {
        let values = || comparable(value).cmp(comparable(that));
        order(name, other).then_with(values)
    };
    let (Some(mut a), Some(mut b)) = (headers(a), headers(b)) else {
        return a == b;
    };
    a.sort_by(compare);
    b.sort_by(compare);
    a.len() == b.len() && std::iter::zip(&a, &b).all(|(a, b)| compare(a, b).is_eq())
}

fn headers(text: &str) -> Option<Vec<(&str, &str)>> {
    let pair = |header| str::split_once(header, '=').unwrap_or((header, ""));
    few(text.split('&').map(pair))
}

/// The parameters sorted by name, so that one pass compares them.
fn sorted(params: Params<'_>) -> Option<Vec<Param<'_>>> {
    let mut params = few(params.iter())?;
    params.sort_by(|(a, v), (b, w)| order(a, b).then_with(|| order_values(*v, *w)));
    Some(params)
}

/// All of them, or `None` if there are more than any phone writes. Such URIs are compared as text,
/// so that a stranger's 64 KiB are never sorted.
fn few<T>(items: impl Iterator<Item = T>) -> Option<Vec<T>> {
    const MOST: usize = 64;
    let items: Vec<T> = items.take(MOST + 1).collect();
    (items.len() <= MOST).then_some(items)
}

/// Compares in any case, with escapes read as their characters.
fn order(a: &str, b: &str) -> Ordering {
    let lower = |c: u16| match u8::try_from(c) {
        Ok(byte) => u16::from(byte.to_ascii_lowercase()),
        Err(_) => c,
    };
    comparable(a).map(lower).cmp(comparable(b).map(lower))
}

fn order_values(a: Option<&str>, b: Option<&str>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => order(a, b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

/// Digits and letters without the visual separators of RFC 3966 §5.1.1.
fn same_number(a: &str, b: &str) -> bool {
    let counts = |b: &u8| !matches!(b, b'-' | b'.' | b'(' | b')');
    let digits = |number: &str| -> Vec<u8> { number.bytes().filter(counts).collect() };
    digits(a).eq_ignore_ascii_case(&digits(b))
}

/// An extension and a global context are compared as numbers, everything else as text.
fn same_tel_param((name, a): Param<'_>, (other, b): Param<'_>) -> bool {
    let (a, b) = (a.unwrap_or_default(), b.unwrap_or_default());
    let is_number = name.eq_ignore_ascii_case("ext") || a.starts_with('+');
    order(name, other).is_eq()
        && if is_number {
            same_number(a, b)
        } else {
            order(a, b).is_eq()
        }
}
