//! How far a call or a registration is.

use sip_message::Method;

use crate::message::Facts;
use crate::view::Group;

/// Follows a group with its next message. Of a call, only the caller's side counts: one phone of
/// several may refuse while another rings.
pub(super) fn follow(group: &mut Group, facts: &Facts, leg: usize) {
    let Some(method) = &facts.method else { return };
    match method {
        Method::Invite if group.kind != "call" => {
            group.kind = "call";
            group.state = "calling";
        }
        Method::Register if group.kind == "other" => group.kind = "registration",
        _ => {}
    }
    let next = match group.kind {
        "call" if leg == 0 => call(group.state, method, facts.status),
        "registration" => registration(method, facts),
        "other" => other(facts.status),
        _ => None,
    };
    group.state = next.unwrap_or(group.state);
}

fn call(state: &str, method: &Method, status: Option<u16>) -> Option<&'static str> {
    let is_open = matches!(state, "calling" | "ringing");
    match (method, status) {
        // A phone that calls again after a refusal or a challenge.
        (Method::Invite, None) if matches!(state, "refused" | "asked") => Some("calling"),
        (Method::Invite, Some(180..=189)) if is_open => Some("ringing"),
        (Method::Invite, Some(200..=299)) => (state != "ended").then_some("answered"),
        (Method::Invite, Some(401 | 407)) => None,
        (Method::Invite, Some(300..)) if is_open => Some("refused"),
        (Method::Cancel, None) if is_open => Some("cancelled"),
        (Method::Bye, _) => Some("ended"),
        _ => None,
    }
}

fn registration(method: &Method, facts: &Facts) -> Option<&'static str> {
    if *method != Method::Register {
        return None;
    }
    Some(match facts.status {
        None => "asked",
        Some(401 | 407) => "challenged",
        Some(200..=299) if facts.has_no_binding => "removed",
        Some(200..=299) => "registered",
        Some(300..) => "refused",
        Some(_) => return None,
    })
}

fn other(status: Option<u16>) -> Option<&'static str> {
    Some(match status {
        None | Some(401 | 407) => "asked",
        Some(200..=299) => "answered",
        Some(300..) => "refused",
        Some(_) => return None,
    })
}
