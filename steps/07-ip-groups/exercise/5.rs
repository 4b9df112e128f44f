//! Chapter 7: known by address. Scanners hear that somebody is here.
#![allow(unused_imports)]

/// Decides about one new request. A refusal is an `Err`, so `?` leaves it as `exit` does a ser.cfg.
async fn request_route(cx: &Cx, request: &mut Request) -> Result<Action, Reply> {
    request.check_max_forwards(70)?; // 483 Too Many Hops
    request.check_length(cx.max_length)?; // 513 Message Too Large

    // A request inside a call that was set up through here goes where its Route says.
    if request.loose_route() {
        cx.addresses.check_identity(request, CARRIERS); // nobody else may assert one
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
