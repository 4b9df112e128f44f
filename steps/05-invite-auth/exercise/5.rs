//! Chapter 5: who may call? Users, who may still assert another identity than their own.

/// What becomes of one new request. A refusal is an `Err`, so `?` leaves the script as `exit`
/// leaves a ser.cfg.
pub async fn route(cx: &Cx, request: &mut Request) -> Result<Action, Reply> {
    request.check_max_forwards(70)?; // 483 Too Many Hops
    request.check_length(cx.max_length)?; // 513 Message Too Large

    // A request inside a call that was set up through here goes where its Route says.
    if request.loose_route() {
        return Ok(relay_in_dialog());
    }
    match request.method() {
        Method::Register => register(cx, request).await,
        Method::Ack => Ok(Action::Drop), // RFC 3261 §17: an ACK is never answered
        _ if request.is_for_us() && !request.has_user() => answer(request),
        _ => call(cx, request),
    }
}

/// A call, or any other request a proxy is asked to carry: only for callers who have shown that
/// they know the password of the number they call from. A proxy that carries other people's requests
/// without asking is an open relay, as both listings of the texts are.
fn call(cx: &Cx, request: &mut Request) -> Result<Action, Reply> {
    // A phone's Contact may name another user here: then the caller was asked on the first visit.
    if !request.is_spiral() {
        if !request.is_from_us() {
            let why = "From names a domain that is not served";
            return Err(Reply::new(403, "Use From=ID").because(why));
        }
        let caller = cx.auth.proxy_authorize(request)?; // 407 Proxy Authentication Required
        if !check_from(request, &caller) {
            let why = format!("{} may not call as another", caller.user());
            return Err(Reply::new(403, "Use From=ID").because(why));
        }
    }
    if request.is_for_us() {
        cx.aliases.lookup_aliases(request)?; // alice elsewhere is somebody else
    }
    request.record_route(); // so that BYE passes here, too
    if !request.is_for_us() || request.has_route() {
        return Ok(relay(vec![Target::new(request.uri_text())])); // a call to somebody elsewhere
    }
    let targets = cx.location.lookup(request).ok_or(Reply::new(404, "User Not Found"))?;
    Ok(relay(targets))
}

/// What becomes of a response to what was relayed (Kamailio's `onreply_route`), before it is passed on.
pub fn onreply_route(_: &Cx, _: &mut Response) -> Result<(), Reply> {
    Ok(())
}
