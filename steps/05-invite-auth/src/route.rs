//! Chapter 5: who may call?
//!
//! New since chapter 4: `call` asks the caller for a password, and checks that From names the
//! same user. With that, a caller may call out, too. Run it: `cargo run -p step-05`

use sip_auth::{Auth, check_from, check_to};
use sip_database::Reader;
use sip_location::Location;
use sip_server::{Action, Method, Reply, Request, Response, Target, relay, relay_in_dialog};

/// What the script works with.
pub struct Cx {
    /// Who is where.
    pub location: Location,
    /// Who may register and who may call: passwords, nonces, challenges.
    pub auth: Auth,
    /// Other names of users.
    pub aliases: Reader,
    /// The longest message served, in bytes.
    pub max_length: usize,
}

/// What becomes of one new request. A refusal is an `Err`, so `?` leaves the script as `exit`
/// leaves a ser.cfg.
pub async fn route(cx: &Cx, request: &mut Request) -> Result<Action, Reply> {
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
        request.remove_asserted_identity(); // what From may not say, nothing else may
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

/// What is for the server itself: phones ask with OPTIONS or NOTIFY whether it is there.
fn answer(request: &Request) -> Result<Action, Reply> {
    const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, REGISTER, OPTIONS, INFO, MESSAGE, NOTIFY";
    request.check_require()?; // 420 Bad Extension
    match request.method() {
        Method::Options | Method::Notify => Ok(Reply::of(200).with("Allow", ALLOW).into()),
        _ => Err(Reply::of(405).with("Allow", ALLOW)),
    }
}

/// What becomes of a response to what was relayed (Kamailio's `onreply_route`), before it is passed on.
pub fn onreply_route(_: &Cx, response: &mut Response) -> Result<(), Reply> {
    response.remove_asserted_identity(); // a phone that answers was not asked who it is
    Ok(())
}
