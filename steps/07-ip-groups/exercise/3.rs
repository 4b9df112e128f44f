//! Chapter 7: known by address. Carriers come in, and nobody says who is calling.
#![allow(dead_code, unused_imports)]

/// Decides about one new request. A refusal is an `Err`, so `?` leaves it as `exit` does a ser.cfg.
async fn request_route(cx: &Cx, request: &mut Request) -> Result<Action, Reply> {
    request.check_max_forwards(70)?; // 483 Too Many Hops
    request.check_length(cx.max_length)?; // 513 Message Too Large

    // A request inside a call that was set up through here goes where its Route says.
    if request.loose_route() {
        request.remove_asserted_identity(); // no password was asked for
        return Ok(relay_in_dialog());
    }
    match request.method() {
        Method::Register => register(cx, request).await,
        Method::Ack => Ok(Action::Drop), // RFC 3261 §17: an ACK is never answered
        _ if request.is_for_us() && !request.has_user() => answer(request),
        Method::Invite if cx.addresses.allow_source_address(request, CARRIERS) => {
            carrier_call(cx, request)
        }
        _ => call(cx, request),
    }
}

/// A call from a carrier, to our users and to nobody else: a UDP source can be forged, so an
/// address opens less than a password does.
fn carrier_call(cx: &Cx, request: &mut Request) -> Result<Action, Reply> {
    cx.aliases.lookup_aliases(request)?;
    request.record_route();
    if !request.is_for_us() || request.has_route() {
        return Err(Reply::new(403, "Relaying Denied").because(request.why_not_here()));
    }
    onnet_invite(cx, request)
}

/// What becomes of a response to what was relayed (Kamailio's `onreply_route`), before it is passed on.
pub fn onreply_route(cx: &Cx, response: &mut Response) -> Result<(), Reply> {
    response.remove_asserted_identity(); // a phone that answers was not asked who it is
    cx.auth.remove_false_challenges(response) // 403 where none is left
}
