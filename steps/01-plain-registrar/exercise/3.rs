//! Chapter 1: where is everybody? A registrar, and a proxy that every call passes once.
#![allow(unused_imports)]

/// What becomes of one new request. A refusal is an `Err`, so `?` leaves the script as `exit`
/// leaves a ser.cfg.
pub async fn route(cx: &Cx, request: &mut Request) -> Result<Action, Reply> {
    request.check_max_forwards(70)?; // 483 Too Many Hops

    match request.method() {
        Method::Register => register(cx, request).await,
        Method::Ack => Ok(Action::Drop), // RFC 3261 §17: an ACK is never answered
        _ if request.has_user() => call(cx, request),
        _ => Ok(Action::Drop),
    }
}

/// A call, or any other request for a user: every phone registered under the number gets it.
fn call(cx: &Cx, request: &mut Request) -> Result<Action, Reply> {
    let targets = cx.location.lookup(request).ok_or(Reply::new(404, "User Not Found"))?;
    Ok(relay(targets))
}
