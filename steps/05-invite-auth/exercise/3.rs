//! Chapter 5: who may call? Users, under their own name, and each other only.
#![allow(dead_code, unused_imports)]

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
        _ => answer(request),
    }
}

/// The registrar (RFC 3261 §10.3): keeps the phone's Contact under the number in To, once the
/// phone has shown that it knows that number's password.
async fn register(cx: &Cx, request: &Request) -> Result<Action, Reply> {
    if cx.auth.provisional_register() {
        request.trying("Trying to Register");
    }
    if !request.is_to_us() {
        return Err(Reply::of(404).because("To names a domain that is not served"));
    }
    let user = cx.auth.www_authorize(request)?; // 401 Unauthorized, with a challenge
    if !check_to(request, &user) {
        // A bare 401 leaves phones stranded, so this one carries a challenge, too.
        let why = format!("{} may not register for others", user.user());
        return Err(cx.auth.www_challenge(request).because(why));
    }
    cx.location.save(request).await.map(Action::Reply)
}

/// A call, or any other request for a user: only for callers who have shown that they know the
/// password of the number they call from.
fn call(cx: &Cx, request: &mut Request) -> Result<Action, Reply> {
    if !request.is_from_us() {
        let why = "From names a domain that is not served";
        return Err(Reply::new(403, "Use From=ID").because(why));
    }
    let caller = cx.auth.proxy_authorize(request)?; // 407 Proxy Authentication Required
    if !check_from(request, &caller) {
        let why = format!("{} may not call as another", caller.user());
        return Err(Reply::new(403, "Use From=ID").because(why));
    }
    let targets = cx.location.lookup(request).ok_or(Reply::new(404, "User Not Found"))?;
    request.record_route(); // so that BYE passes here, too
    Ok(relay(targets))
}
