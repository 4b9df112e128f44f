//! Chapter 8: stronger digest. Yours to write.
//!
//! Run it in this folder: `cargo run`

/// The registrar (RFC 3261 §10.3): keeps the phone's Contact under the number in To, once the
/// phone has shown that it knows that number's password.
async fn register(cx: &Cx, request: &Request) -> Result<Action, Reply> {
    if cx.auth.provisional_register() {
        request.trying("Trying to Register");
    }
    if !request.is_for_us() || request.has_route() {
        return Err(Reply::new(403, "Relaying Denied").because(request.why_not_here()));
    }
    if !request.is_to_us() {
        return Err(Reply::of(404).because("To names a domain that is not served"));
    }
    if cx.offices_only && !cx.addresses.allow_source_address(request, OFFICES) {
        return Err(Reply::of(403).because("phones register from the offices alone"));
    }
    let user = cx.auth.www_authorize(request)?; // 401 Unauthorized, a challenge for each algorithm
    if !check_to(request, &user) {
        // A bare 401 leaves phones stranded, so this one carries a challenge, too.
        let why = format!("{} may not register for others", user.user());
        return Err(cx.auth.www_challenge(request).because(why));
    }
    cx.location.save(request).await.map(Action::Reply)
}

/// A call, or any other request a proxy is asked to carry: only for callers who have shown that
/// they know the password of the number they call from. A proxy that carries other people's requests
/// without asking is an open relay, as both listings of the texts are.
fn call(cx: &Cx, request: &mut Request) -> Result<Action, Reply> {
    // A phone's Contact may name another user here: then the caller was asked on the first visit.
    if !request.is_spiral() {
        if !request.is_from_us() {
            let why = "From names a domain that is not served, and the source is not a carrier";
            return Err(Reply::new(403, "Use From=ID").because(why));
        }
        let caller = cx.auth.proxy_authorize(request)?; // 407 Proxy Authentication Required
        if !check_from(request, &caller) {
            let why = format!("{} may not call as another", caller.user());
            return Err(Reply::new(403, "Use From=ID").because(why));
        }
        request.remove_asserted_identity(); // what From may not say, nothing else may
    }
    if request.is_for_us() {
        cx.aliases.lookup_aliases(request)?; // alice elsewhere is somebody else
    }
    request.record_route(); // so that BYE passes here, too
    if !request.is_for_us() || request.has_route() {
        return Ok(relay(vec![Target::new(request.uri_text())])); // a call to somebody elsewhere
    }
    onnet_invite(cx, request)
}
