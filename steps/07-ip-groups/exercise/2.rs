//! Chapter 7: known by address. One way leads to our users.
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
        _ => call(cx, request),
    }
}
