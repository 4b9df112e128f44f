//! Which URI schemes a request may name (RFC 3261 §16.3 step 2, §8.2.2.1).

use sip_message::{Name, Reply, Request};

use crate::record_route::uri_of;

/// Refuses what this server cannot carry, before anybody is asked for a password.
///
/// The Request-URI must be a `sip` URI. A `sips` URI asks for TLS on every hop (§19.1), which this server
/// does not speak, so it may not appear where the call would later be led: in Route and Contact, nor in
/// From and To, which a request inside the call repeats.
///
/// # Errors
/// 416 that names the scheme and the place (§21.4.14).
pub(crate) fn check_schemes(request: &Request) -> Result<(), Reply> {
    let asked = scheme(request.uri_text());
    if !asked.eq_ignore_ascii_case("sip") {
        return Err(unsupported(asked, "the Request-URI"));
    }
    let is_sips = |value: &[u8]| scheme(uri_of(value)).eq_ignore_ascii_case("sips");
    for name in [Name::From, Name::To] {
        if request.value(name).is_some_and(is_sips) {
            return Err(unsupported("sips", name.as_str()));
        }
    }
    for name in [Name::Route, Name::Contact] {
        if request.list(name).any(is_sips) {
            return Err(unsupported("sips", name.as_str()));
        }
    }
    Ok(())
}

/// What is before the colon of a URI.
fn scheme(uri: &str) -> &str {
    uri.split_once(':').map_or("", |(scheme, _)| scheme)
}

fn unsupported(scheme: &str, place: &str) -> Reply {
    let scheme = sip_message::printable(scheme.as_bytes());
    Reply::new(416, format!("Unsupported URI Scheme: {scheme} in {place}"))
}
