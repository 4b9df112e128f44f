//! Chapter 1: where is everybody?
//!
//! A phone says where it is (REGISTER), and a call to its number finds it there. Nobody is
//! asked who they are; that is what the chapters after the next one are about.
//! Run it: `cargo run -p step-01`

use sip_location::Location;
use sip_server::{Action, Method, Reply, Request, relay, relay_in_dialog};

/// What the script works with.
pub struct Cx {
    /// Who is where.
    pub location: Location,
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

/// The registrar (RFC 3261 §10.3): keeps the phone's Contact under the number in To.
async fn register(cx: &Cx, request: &Request) -> Result<Action, Reply> {
    cx.location.save(request).await.map(Action::Reply)
}

/// A call, or any other request for a user: every phone registered under the number gets it.
fn call(cx: &Cx, request: &mut Request) -> Result<Action, Reply> {
    let targets = cx.location.lookup(request).ok_or(Reply::new(404, "User Not Found"))?;
    request.record_route(); // so that BYE passes here, too
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
