//! Chapter 1: where is everybody? A registrar and proxy for anybody's requests to anywhere.

/// What becomes of one new request. A refusal is an `Err`, so `?` leaves the script as `exit`
/// leaves a ser.cfg.
pub async fn route(cx: &Cx, request: &mut Request) -> Result<Action, Reply> {
    request.check_max_forwards(70)?; // 483 Too Many Hops

    // A request inside a call that was set up through here goes where its Route says.
    if request.loose_route() {
        return Ok(relay_in_dialog());
    }
    match request.method() {
        Method::Register => register(cx, request).await,
        Method::Ack => Ok(Action::Drop), // RFC 3261 §17: an ACK is never answered
        _ if request.has_user() => call(cx, request),
        _ => Ok(Action::Drop),
    }
}
