//! Loop detection (RFC 3261 §16.3 step 4, RFC 5393 §4) and the bound on forking (RFC 5393 §5).

use sip_message::{Name, Request};

use crate::names::Secret;

/// What a branch says of the request it was made for: all that decides where this server sends
/// it. A request that comes back with the same mark would go the same way again; one that comes
/// back changed is a spiral, which is allowed.
pub(crate) fn loop_mark(request: &Request, secret: &Secret) -> u64 {
    let tag = |address: Result<sip_message::NameAddr<'_>, _>| {
        address
            .ok()
            .and_then(|address| address.tag().map(str::to_owned))
            .unwrap_or_default()
    };
    let (from, to) = (tag(request.from()), tag(request.to()));
    let number = request.cseq().map_or(0, |cseq| cseq.number).to_be_bytes();
    let call_id = request.call_id().unwrap_or_default();
    let uri = request.uri_text();
    let mut parts = vec![
        from.as_bytes(),
        to.as_bytes(),
        &number,
        call_id.as_bytes(),
        uri.as_bytes(),
    ];
    for name in [Name::Route, Name::ProxyRequire, Name::ProxyAuthorization] {
        parts.extend(request.raw(name));
    }
    secret.sign("loop", &parts)
}

/// Whether a Via of ours marks the request as one that was here before, unchanged.
pub(crate) fn is_looped(request: &Request, mark: u64) -> bool {
    let ending = format!(".{mark:016x}");
    request
        .vias()
        .flatten()
        .any(|via| via.branch().ends_with(&ending))
}

/// How many branches each of `branches` hops may make in turn; `None` when there are more hops
/// than the request may still fork into (440).
pub(crate) fn share_breadth(request: &Request, branches: u32, default: u32) -> Option<u32> {
    let value = request
        .value(Name::MaxBreadth)
        .and_then(|value| std::str::from_utf8(value).ok());
    let breadth = value
        .and_then(|value| value.parse().ok())
        .unwrap_or(default)
        .min(default);
    (branches <= breadth).then(|| breadth / branches.max(1))
}
