//! Chapter 1: where is everybody? A registrar and proxy that does not answer OPTIONS.

/// What becomes of one new request. A refusal is an `Err`, so `?` leaves the script as `exit`
/// leaves a ser.cfg.
pub async fn route(cx: &Cx, request: &mut Request) -> Result<Action, Reply> {
    request.check_max_forwards(70)?; // 483 Too Many Hops
    request.check_length(cx.max_length)?; // 513 Message Too Large

    // A request inside a call that was set up through here goes where its Route says.
    if request.loose_route() {
        return Ok(relay_in_dialog());
    }
    // A server that carries other people's requests anywhere is an open relay.
    if !request.is_for_us() || request.has_route() {
        return Err(Reply::new(403, "Relaying Denied").because(request.why_not_here()));
    }
    match request.method() {
        Method::Register => register(cx, request).await,
        Method::Ack => Ok(Action::Drop), // RFC 3261 §17: an ACK is never answered
        _ if request.has_user() => call(cx, request),
        _ => Ok(Action::Drop),
    }
}
