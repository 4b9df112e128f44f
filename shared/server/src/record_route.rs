//! Record-Route and what proves it ours (RFC 3261 §16.6 step 4, §16.4, §16.12).
//!
//! The URI a call is told to come back through carries a signature over the call's Call-ID and
//! the caller's tag. Only who took part in a call that passed here knows it, so a made-up To tag
//! with a Route to this server opens no way to strangers. On a stream it also names the
//! connection (a flow token, RFC 5626 §5.2): the phone behind it is reached over it and no other.

use sip_message::{Connection, Flow, NameAddr, Params, Request, Transport};

use crate::core::host_port;
use crate::names::{Names, Secret};

/// The Record-Route values for a request that came by `from` and leaves by `to`, the one nearer
/// to the caller first. One says both where both sides look alike, else each side gets its own
/// (RFC 5658).
pub(crate) fn record_routes(
    names: &Names,
    request: &Request,
    from: &Flow,
    to: &Flow,
) -> Vec<String> {
    let call_id = request.call_id().unwrap_or_default();
    let tag = request
        .from()
        .ok()
        .and_then(|from| from.tag())
        .unwrap_or_default();
    let value = |flow: &Flow| {
        let transport = match flow.transport {
            Transport::Udp => "",
            Transport::Tcp => ";transport=tcp",
        };
        let token = flow
            .connection
            .map(|Connection(number)| format!("{number:016x}"));
        let signature = sign(names.secret(), call_id, tag, token.as_deref());
        let flow_param = token
            .map(|token| format!(";flow={token}"))
            .unwrap_or_default();
        format!(
            "<sip:{}{transport};lr;call={signature:016x}{flow_param}>",
            host_port(flow.local)
        )
    };
    let alike = from.transport == to.transport
        && from.local == to.local
        && from.connection.is_none()
        && to.connection.is_none();
    if alike {
        vec![value(from)]
    } else {
        vec![value(from), value(to)]
    }
}

/// What a Route of this server says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OwnRoute {
    /// It was made for this very call.
    pub(crate) is_signed: bool,
    /// The connection to the side it stands for.
    pub(crate) connection: Option<Connection>,
}

/// Reads a Route that is ours: by its signature, or because it names us.
pub(crate) fn own_route(
    names: &Names,
    request: &Request,
    route: &NameAddr<'_>,
) -> Option<OwnRoute> {
    let uri = route.parse_uri().ok()?;
    own_uri(names, request, &uri)
}

/// Reads a URI that is ours, as [`own_route`].
pub(crate) fn own_uri(
    names: &Names,
    request: &Request,
    uri: &sip_message::Uri<'_>,
) -> Option<OwnRoute> {
    let params = uri.sip()?.params;
    let is_signed = is_signed(names.secret(), request, params);
    if !is_signed && !names.is_myself(uri, &request.arrival().flow) {
        return None;
    }
    let token = params.value("flow").filter(|_| is_signed);
    let connection = token
        .and_then(|token| u64::from_str_radix(token, 16).ok())
        .map(Connection);
    Some(OwnRoute {
        is_signed,
        connection,
    })
}

/// The caller's tag is in From on the way to the callee and in To on the way back.
fn is_signed(secret: &Secret, request: &Request, params: Params<'_>) -> bool {
    let (Some(signature), Ok(call_id)) = (params.value("call"), request.call_id()) else {
        return false;
    };
    let Ok(signature) = u64::from_str_radix(signature, 16) else {
        return false;
    };
    let tags = [request.from(), request.to()];
    tags.iter()
        .flatten()
        .filter_map(NameAddr::tag)
        .any(|tag| sign(secret, call_id, tag, params.value("flow")) == signature)
}

fn sign(secret: &Secret, call_id: &str, tag: &str, flow: Option<&str>) -> u64 {
    let flow = flow.unwrap_or_default();
    secret.sign(
        "call",
        &[call_id.as_bytes(), tag.as_bytes(), flow.as_bytes()],
    )
}
