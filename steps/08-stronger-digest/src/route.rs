//! Chapter 8: stronger digest.
//!
//! New since chapter 7: a challenge for each algorithm of `--algorithms`, and a user who was moved to
//! SHA-256 is asked again after an answer of MD5. Run it: `cargo run -p step-08`

use sip_auth::{Addresses, Auth, Group, check_algorithm, check_from, check_to, is_scanner};
use sip_database::Reader;
use sip_location::Location;
use sip_server::{Action, Method, Reply, Request, Response, Target, relay, relay_in_dialog};

/// Whose calls come in without a password.
pub const CARRIERS: Group = Group(200);

/// Where phones register from, with `--offices-only`.
const OFFICES: Group = Group(300);

/// What the script works with.
pub struct Cx {
    /// Who is where.
    pub location: Location,
    /// Who may register and who may call: passwords, nonces, challenges.
    pub auth: Auth,
    /// Other names of users.
    pub aliases: Reader,
    /// Which addresses are of which group.
    pub addresses: Addresses,
    /// Whether phones register from the offices alone.
    pub offices_only: bool,
    /// The longest message served, in bytes.
    pub max_length: usize,
}

/// What becomes of one new request. Whatever `request_route` decides, our credentials stay here.
pub async fn route(cx: &Cx, request: &mut Request) -> Result<Action, Reply> {
    let action = request_route(cx, request).await?;
    if action.is_relay() {
        cx.auth.consume_credentials(request);
    }
    Ok(action)
}

/// Decides about one new request. A refusal is an `Err`, so `?` leaves it as `exit` does a ser.cfg.
async fn request_route(cx: &Cx, request: &mut Request) -> Result<Action, Reply> {
    if is_scanner(request) {
        return Ok(Action::Drop); // an answer would only show it that somebody is here
    }
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
    if !check_algorithm(&user) {
        let why = format!("{} is to answer with a stronger algorithm", user.user());
        return Err(cx.auth.www_challenge_again(request).because(why));
    }
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
        if !check_algorithm(&caller) {
            let why = format!("{} is to answer with a stronger algorithm", caller.user());
            return Err(cx.auth.proxy_challenge_again(request).because(why));
        }
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

/// A call from a carrier, to our users and to nobody else: a UDP source can be forged, so an
/// address opens less than a password does. A carrier may assert who is calling (RFC 3325 §5).
fn carrier_call(cx: &Cx, request: &mut Request) -> Result<Action, Reply> {
    cx.addresses.check_identity(request, CARRIERS);
    cx.aliases.lookup_aliases(request)?;
    request.record_route();
    if !request.is_for_us() || request.has_route() {
        return Err(Reply::new(403, "Relaying Denied").because(request.why_not_here()));
    }
    onnet_invite(cx, request)
}

/// To one of our users, whichever way the call came in (`route[ONNETINVITE]` of the text).
fn onnet_invite(cx: &Cx, request: &Request) -> Result<Action, Reply> {
    cx.location.lookup(request).map(relay).ok_or(Reply::new(404, "User not Registered"))
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
pub fn onreply_route(cx: &Cx, response: &mut Response) -> Result<(), Reply> {
    cx.addresses.check_reply_identity(response, CARRIERS); // a carrier may say who answers
    cx.auth.remove_false_challenges(response) // 403 where none is left
}
