//! How the users, addresses and domains in a message are found and replaced.

use super::hosts::Hosts;
use super::users;
use super::way::Way;

/// What comes before a user.
const BEFORE_USERS: [&str; 4] = ["sip:", "sips:", "tel:", "username=\""];

/// The ends of the exchanges' domains.
const DOMAINS: [&str; 2] = [".com", ".example"];

/// The text with its users, addresses and domains replaced.
pub(super) fn rewrite(text: &str, way: Way, salt: &str, hosts: &Hosts) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let (before, rest) = text.split_at(at);
        let found = user(before, rest, way, salt)
            .or_else(|| tag(before, rest, way, salt))
            .or_else(|| address(before, rest, way, hosts))
            .or_else(|| domain(before, rest, way, salt));
        match found {
            Some((length, new)) => {
                out.push_str(&new);
                at += length;
            }
            None => {
                out.push(c);
                at += c.len_utf8();
            }
        }
    }
    out
}

fn user(before: &str, rest: &str, way: Way, salt: &str) -> Option<(usize, String)> {
    let prefix = BEFORE_USERS
        .iter()
        .find(|prefix| before.ends_with(**prefix))?;
    let length = rest.find(['@', ';', '>', '"', ' ', ',', '\r', '?', ':']);
    let name = &rest[..length.unwrap_or(rest.len())];
    let is_in_uri = prefix.starts_with("sip");
    if name.is_empty() || is_in_uri && !rest[name.len()..].starts_with('@') {
        return None;
    }
    let new = match way {
        Way::Out => users::sent(name, salt),
        Way::In => users::written(name, salt),
    };
    Some((name.len(), new))
}

/// A tag that an exchange writes, as in `;tag=made-up`. Those that are made are 16 hex digits, and
/// new already.
fn tag(before: &str, rest: &str, way: Way, salt: &str) -> Option<(usize, String)> {
    if !before.ends_with(";tag=") {
        return None;
    }
    let length = rest.find([';', '>', ',', '\r']).unwrap_or(rest.len());
    let tag = &rest[..length];
    if tag.len() == 16 && tag.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let new = match way {
        Way::Out => format!("{tag}{salt}"),
        Way::In => tag.strip_suffix(salt)?.to_owned(),
    };
    Some((length, new))
}

fn address(before: &str, rest: &str, way: Way, hosts: &Hosts) -> Option<(usize, String)> {
    let is_inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
    if before.ends_with(is_inside) && !before.ends_with("sip:") && !before.ends_with("sips:") {
        return None;
    }
    hosts.v4(rest, way).or_else(|| hosts.v6(rest, way))
}

fn domain(before: &str, rest: &str, way: Way, salt: &str) -> Option<(usize, String)> {
    let is_end = |domain: &&&str| {
        let end = rest.get(..domain.len());
        end.is_some_and(|end| end.eq_ignore_ascii_case(domain))
    };
    let length = DOMAINS.iter().find(is_end)?.len();
    let (end, after) = rest.split_at(length);
    let after = match way {
        Way::Out => after,
        Way::In => after.strip_prefix(salt)?,
    };
    let goes_on = after.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    if goes_on || !before.ends_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    Some(match way {
        Way::Out => (length, format!("{end}{salt}")),
        Way::In => (length + salt.len(), end.to_owned()),
    })
}
