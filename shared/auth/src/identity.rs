//! A verified user may not act as another user.

use std::borrow::Cow;

use sip_message::{NameAddr, Request};

use crate::authorize::Verified;

/// Whether To names the user who answered the challenge: a REGISTER is for the address-of-record
/// in To (RFC 3261 §10.2), and without this check any password registers any number
/// (`check_to` of the texts).
#[track_caller]
pub fn check_to(request: &Request, user: &Verified) -> bool {
    request.note_asked();
    request.to().ok().and_then(|to| user_of(&to)).as_deref() == Some(user.user())
}

/// Whether From names the user who answered the challenge: it is what the callee's phone shows
/// (`check_from` of the texts).
#[track_caller]
pub fn check_from(request: &Request, user: &Verified) -> bool {
    request.note_asked();
    request
        .from()
        .ok()
        .and_then(|from| user_of(&from))
        .as_deref()
        == Some(user.user())
}

/// The user of an address, without escapes.
fn user_of<'a>(address: &NameAddr<'a>) -> Option<Cow<'a, str>> {
    let uri = address.parse_uri().ok()?;
    uri.sip()?.unescaped_user()
}
