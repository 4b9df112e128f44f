//! Chapter 7: known by address. Phones register from anywhere.
#![allow(dead_code, unused_imports)]

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
    let user = cx.auth.www_authorize(request)?; // 401 Unauthorized, with a challenge
    if !check_to(request, &user) {
        // A bare 401 leaves phones stranded, so this one carries a challenge, too.
        let why = format!("{} may not register for others", user.user());
        return Err(cx.auth.www_challenge(request).because(why));
    }
    cx.location.save(request).await.map(Action::Reply)
}
