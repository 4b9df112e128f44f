//! The mark that distinguishes a loop from a spiral (RFC 5393 §4.2.1).

use sip_message::{HeaderName, Request};

use crate::keys::LoopMark;
use crate::myself::Secret;

/// What a branch says of the request it was made for: all that decides where this server sends
/// it. A request that comes back with the same mark would go the same way again; one that comes
/// back changed is a spiral, which is allowed.
///
/// RFC 3261 §16.6 step 8 counts Proxy-Authorization, too. It decides nothing about the way here, and
/// this server removes its own credentials before a request leaves: with them in the mark, a request
/// that comes back would be new, and its caller would be asked for the password again.
pub(crate) fn loop_mark(request: &Request, secret: &Secret) -> LoopMark {
    let [from, to] =
        [HeaderName::From, HeaderName::To].map(|side| request.tag(side).unwrap_or_default());
    let number = request.cseq().map_or(0, |cseq| cseq.number).to_be_bytes();
    let mut parts = Vec::with_capacity(12);
    parts.extend([
        from.as_bytes(),
        to.as_bytes(),
        &number,
        request.value(HeaderName::CallId).unwrap_or_default(),
        request.uri_text().as_bytes(),
    ]);
    for name in [HeaderName::Route, HeaderName::ProxyRequire] {
        parts.extend(request.raw(name));
    }
    LoopMark(secret.sign("loop", &parts))
}
