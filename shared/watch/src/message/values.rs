//! Which parts of a header field have names of their own.

use sip_message::{CSeq, HeaderName, NameAddr, Uri, Via, full_name};

use super::marked::Marked;

/// Marks the parts of a header field's value. What cannot be read has no parts.
pub(super) fn mark(marked: &mut Marked<'_>, name: &str, value: &str) {
    let full = full_name(name.as_bytes());
    let is = |known: HeaderName| full.eq_ignore_ascii_case(known.as_str().as_bytes());
    let has = |known: &[HeaderName]| known.iter().any(|known| is(*known));
    if is(HeaderName::Via) {
        for via in value.split(',') {
            mark_via(marked, via.trim());
        }
    } else if has(&[HeaderName::From, HeaderName::To]) {
        mark_address(marked, value);
    } else if has(&[
        HeaderName::Contact,
        HeaderName::Route,
        HeaderName::RecordRoute,
    ]) {
        for address in value.split(',') {
            mark_address(marked, address.trim());
        }
    } else if is(HeaderName::CallId) {
        marked.value(value, "call-id");
    } else if is(HeaderName::CSeq) {
        mark_cseq(marked, value);
    } else if has(&[
        HeaderName::Authorization,
        HeaderName::ProxyAuthorization,
        HeaderName::WwwAuthenticate,
        HeaderName::ProxyAuthenticate,
    ]) {
        mark_digest(marked, value);
    }
}

/// Marks the parts of a first line.
pub(super) fn mark_first(marked: &mut Marked<'_>, line: &str) {
    let mut words = line.splitn(3, ' ');
    let (Some(first), Some(second)) = (words.next(), words.next()) else {
        return;
    };
    if first.eq_ignore_ascii_case("SIP/2.0") {
        marked.mark(second, "status");
        marked.mark(words.next().unwrap_or_default(), "reason");
    } else {
        marked.mark(first, "method");
        marked.mark(second, "uri");
    }
}

fn mark_via(marked: &mut Marked<'_>, value: &str) {
    let Ok(via) = Via::parse(value.as_bytes()) else {
        return;
    };
    // The parts borrow from the line, so they know their places.
    let transport = via.transport;
    let from = value.find(transport).map_or(0, |at| at + transport.len());
    marked.mark(part(value, transport), "transport");
    let sent_by = value.get(from..).unwrap_or_default();
    marked.mark(sent_by.split(';').next().unwrap_or_default().trim(), "host");
    marked.value(part(value, via.branch()), "branch");
}

fn mark_address(marked: &mut Marked<'_>, value: &str) {
    let Ok(address) = NameAddr::parse(value.as_bytes()) else {
        return;
    };
    if let Ok(Uri::Sip(sip)) = Uri::parse(part(value, address.uri)) {
        marked.mark(sip.user.unwrap_or_default(), "user");
        let host = sip.host.to_string();
        let after = sip
            .user
            .map_or(0, |user| value.find(user).unwrap_or(0) + user.len());
        let rest = value.get(after..).unwrap_or_default();
        if let Some(at) = rest.find(&host) {
            marked.mark(&rest[at..at + host.len()], "host");
        }
    }
    let tag = address.tag().unwrap_or_default();
    marked.value(part(value, tag), "tag");
}

fn mark_cseq(marked: &mut Marked<'_>, value: &str) {
    if CSeq::parse(value.as_bytes()).is_err() {
        return;
    }
    let mut words = value.split_ascii_whitespace();
    marked.mark(words.next().unwrap_or_default(), "cseq");
    marked.mark(words.next().unwrap_or_default(), "method");
}

fn mark_digest(marked: &mut Marked<'_>, value: &str) {
    let Some(Ok(params)) = sip_digest::params(value) else {
        return;
    };
    for param in params {
        let kind = match &*param.name.to_ascii_lowercase() {
            "username" => "username",
            "realm" => "realm",
            "nonce" => "nonce",
            "uri" => "uri",
            "response" => "response",
            "cnonce" => "cnonce",
            "nc" => "nc",
            "qop" => "qop",
            "opaque" => "opaque",
            "algorithm" => "algorithm",
            _ => continue,
        };
        match kind {
            "nonce" | "cnonce" | "opaque" => marked.value(param.value, kind),
            _ => marked.mark(param.value, kind),
        }
    }
}

/// The part of a text that equals another one, at its own place.
fn part<'a>(text: &'a str, wanted: &str) -> &'a str {
    let start = (wanted.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
    let borrowed = text.get(start..start.saturating_add(wanted.len()));
    match borrowed {
        Some(borrowed) if borrowed == wanted => borrowed,
        _ => "",
    }
}
