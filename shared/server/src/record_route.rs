//! Record-Route and what proves it ours (RFC 3261 §16.6 step 4, §16.4, §16.12).
//!
//! The URI a call is told to come back through carries a signature over the call's Call-ID and
//! the caller's tag. Only who took part in a call that passed here knows it, so a made-up To tag
//! with a Route to this server opens no way to strangers. On a stream it also names the
//! connection (a flow token, RFC 5626 §5.2): the phone behind it is reached over it and no other.

use sip_message::{Connection, Flow, Name, Params, Request, Transport, Uri};

use crate::names::{Names, Secret};
use crate::text::{parse_hex, push_hex, push_host_port};

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
    let tag = request.tag(Name::From).unwrap_or_default();
    let value = |flow: &Flow| {
        let mut token = String::new();
        if let Some(Connection(number)) = flow.connection {
            push_hex(&mut token, number);
        }
        let mut value = String::with_capacity(96);
        value.push_str("<sip:");
        push_host_port(&mut value, flow.local);
        if flow.transport == Transport::Tcp {
            value.push_str(";transport=tcp");
        }
        value.push_str(";lr;call=");
        push_hex(&mut value, sign(names.secret(), call_id, tag, &token));
        if !token.is_empty() {
            value.push_str(";flow=");
            value.push_str(&token);
        }
        value.push('>');
        value
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

/// Reads a URI that is ours: by its signature, or because it names us.
pub(crate) fn own_uri(names: &Names, request: &Request, uri: &Uri<'_>) -> Option<OwnRoute> {
    let params = uri.sip()?.params;
    let is_signed = is_signed(names.secret(), request, params);
    if !is_signed && !names.is_myself(uri, &request.arrival().flow) {
        return None;
    }
    let token = params.value("flow").filter(|_| is_signed);
    let connection = token.and_then(parse_hex).map(Connection);
    Some(OwnRoute {
        is_signed,
        connection,
    })
}

/// The caller's tag is in From on the way to the callee and in To on the way back.
fn is_signed(secret: &Secret, request: &Request, params: Params<'_>) -> bool {
    let signature = params.value("call").and_then(parse_hex);
    let (Some(signature), Ok(call_id)) = (signature, request.call_id()) else {
        return false;
    };
    let flow = params.value("flow").unwrap_or_default();
    let is_caller = |side| {
        let tag = request.tag(side);
        tag.is_some_and(|tag| sign(secret, call_id, tag, flow) == signature)
    };
    is_caller(Name::From) || is_caller(Name::To)
}

fn sign(secret: &Secret, call_id: &str, tag: &str, flow: &str) -> u64 {
    secret.sign(
        "call",
        &[call_id.as_bytes(), tag.as_bytes(), flow.as_bytes()],
    )
}
