//! Record-Route (RFC 3261 §16.6 step 4, RFC 5658), and what proves it ours.

use super::harness::{Server, callee, caller, starts};
use super::messages::{invite, request, response, to_tagged};
use super::recorded::{Peer, Sent, tcp};

/// An in-dialog request of `from` through the Routes given.
pub(crate) fn in_dialog(from: Peer, method: &str, uri: &str, routes: &[&str]) -> String {
    let text = to_tagged(&request(from, method, uri, "z9hG4bK-in"), "tag-b");
    let routes: String = routes
        .iter()
        .map(|route| format!("Route: {route}\r\n"))
        .collect();
    text.replacen("Max-Forwards", &format!("{routes}Max-Forwards"), 1)
}

/// The same call seen from the callee: From and To change places.
pub(crate) fn from_callee(text: &str) -> String {
    let turned = |line| match line {
        line if str::starts_with(line, "To: ") => "To: <sip:a@example.com>;tag=from-a",
        line if line.starts_with("From: ") => "From: <sip:b@192.0.2.1>;tag=tag-b",
        line => line,
    };
    text.split("\r\n")
        .map(turned)
        .collect::<Vec<_>>()
        .join("\r\n")
}

/// The INVITE as the callee got it, and the 200 as the caller did.
pub(crate) fn call(server: &mut Server) -> (Sent, Sent) {
    let invite = server.calls("b").remove(0);
    let ok = server.answered(&invite, 200, "tag-b").remove(0);
    (invite, ok)
}

pub(crate) fn param<'a>(route: &'a str, name: &str) -> &'a str {
    let value = route.split(&format!(";{name}=")).nth(1).unwrap_or_default();
    value.split([';', '>']).next().unwrap()
}

#[test]
fn between_like_sides_one_record_route_serves_both() {
    let mut server = Server::new();
    let (invite, _) = call(&mut server);
    let routes = invite.all("Record-Route");
    assert_eq!(routes.len(), 1);
    assert!(
        routes[0].starts_with("<sip:192.0.2.1;lr;call="),
        "{}",
        routes[0]
    );
    assert_eq!(param(routes[0], "call").len(), 48);
}

#[test]
fn requests_of_both_sides_find_their_way() {
    let mut server = Server::new();
    let (invite, ok) = call(&mut server);
    let route = ok.header("Record-Route");
    let sent = server.gets(
        caller(),
        &in_dialog(caller(), "BYE", "sip:b@192.0.2.11", &[route]),
    );
    assert_eq!(starts(&sent), ["BYE sip:b@192.0.2.11 SIP/2.0"]);
    assert!(sent[0].is_to(callee()) && sent[0].all("Route").is_empty());
    let route = invite.header("Record-Route");
    let bye = from_callee(&in_dialog(callee(), "BYE", "sip:a@192.0.2.10", &[route]));
    let sent = server.gets(callee(), &bye);
    assert_eq!(starts(&sent), ["BYE sip:a@192.0.2.10 SIP/2.0"]);
    assert!(sent[0].is_to(caller()));
}

#[test]
fn a_made_up_to_tag_and_a_route_to_us_open_no_way() {
    let mut server = Server::new();
    for route in [
        "<sip:192.0.2.1;lr>",
        "<sip:192.0.2.1;lr;call=0000000000000000>",
        "<sip:example.com;lr>",
    ] {
        let text = in_dialog(caller(), "BYE", "sip:x@203.0.113.9", &[route]);
        assert_eq!(
            starts(&server.gets(caller(), &text)),
            ["SIP/2.0 403 Relaying Denied"]
        );
        let text = text.replace("BYE", "ACK");
        assert!(server.gets(caller(), &text).is_empty());
        server = Server::new();
    }
}

#[test]
fn the_signature_of_another_call_opens_no_way() {
    let mut server = Server::new();
    let (_, ok) = call(&mut server);
    let route = ok.header("Record-Route");
    let text = in_dialog(caller(), "BYE", "sip:b@192.0.2.11", &[route]);
    for (what, other) in [("call-1", "call-2"), ("tag=from-a", "tag=from-c")] {
        let sent = server.gets(caller(), &text.replace(what, other).replace("-in", other));
        assert_eq!(starts(&sent), ["SIP/2.0 403 Relaying Denied"], "{what}");
    }
}

#[test]
fn a_call_opens_a_way_to_its_other_end_and_to_nobody_else() {
    let mut server = Server::new();
    let (invite, ok) = call(&mut server);
    let route = ok.header("Record-Route");
    let ways: [(&str, &[&str]); 6] = [
        ("sip:b@203.0.113.9", &[route]),
        ("sip:b@192.0.2.11:5070", &[route]),
        ("sip:x@192.0.2.11", &[route]),
        ("sip:b@192.0.2.11;maddr=203.0.113.9", &[route]),
        ("sip:b@192.0.2.11", &[route, "<sip:203.0.113.9;lr>"]),
        // What the callee was given does not lead to the callee.
        ("sip:b@192.0.2.11", &[invite.header("Record-Route")]),
    ];
    for (number, (uri, routes)) in ways.into_iter().enumerate() {
        let text = in_dialog(caller(), "INVITE", uri, routes);
        let sent = server.gets(caller(), &text.replace("-in", &format!("-{number}")));
        assert_eq!(
            starts(&sent),
            ["SIP/2.0 403 Relaying Denied"],
            "{uri} {routes:?}"
        );
    }
    // Other spellings of the Contact are the Contact.
    for (number, uri) in ["sip:b@192.0.2.11:5060", "sip:%62@192.0.2.11;ob"]
        .iter()
        .enumerate()
    {
        let text = in_dialog(caller(), "BYE", uri, &[route]);
        let sent = server.gets(caller(), &text.replace("-in", &format!("-s{number}")));
        assert_eq!(starts(&sent), [format!("BYE {uri} SIP/2.0")]);
    }
}

#[test]
fn an_answer_without_a_contact_opens_no_way() {
    let mut server = Server::new();
    let invite = server.calls("b").remove(0);
    let text = response(&invite, 180, "Ringing", "tag-b");
    let text = text.replace("Contact: <sip:b@192.0.2.11>\r\n", "");
    let ringing = server.gets(callee(), &text).remove(0);
    for uri in ["sip:b@192.0.2.11", "sip:a@192.0.2.10"] {
        let text = in_dialog(caller(), "PRACK", uri, &[ringing.header("Record-Route")]);
        let sent = server.gets(caller(), &text.replace("-in", uri));
        assert_eq!(starts(&sent), ["SIP/2.0 403 Relaying Denied"], "{uri}");
    }
}

#[test]
fn a_contact_leads_there_whatever_stands_beside_its_uri() {
    for beside in [";q=1.5", ";q=", ", \"open <sip:x@192.0.2.66>"] {
        let mut server = Server::new();
        let invite = server.calls("b").remove(0);
        let text = response(&invite, 200, "OK", "tag-b");
        let text = text.replace("<sip:b@192.0.2.11>", &format!("<sip:b@192.0.2.11>{beside}"));
        let ok = server.gets(callee(), &text).remove(0);
        let route = ok.header("Record-Route");
        let bye = in_dialog(caller(), "BYE", "sip:b@192.0.2.11", &[route]);
        let sent = server.gets(caller(), &bye);
        assert_eq!(starts(&sent), ["BYE sip:b@192.0.2.11 SIP/2.0"], "{beside}");
    }
}

#[test]
fn what_is_for_the_server_itself_is_inside_no_call() {
    let mut server = Server::new();
    let text = invite(caller(), "b").replace(
        "Contact: <sip:a@192.0.2.10:5060>",
        "Contact: <sip:192.0.2.1>",
    );
    let to_callee = server.gets(caller(), &text).remove(1);
    let ours = to_callee.header("Record-Route");
    let text = from_callee(&in_dialog(callee(), "OPTIONS", "sip:192.0.2.1", &[ours]));
    let sent = server.gets(callee(), &text);
    assert_eq!(
        starts(&sent),
        ["SIP/2.0 200 OK"],
        "answered, not relayed to itself"
    );
}

#[test]
fn a_connection_leads_to_a_phone_whose_contact_names_the_server() {
    let mut server = Server::new();
    let (from, to) = (tcp("192.0.2.10:40010", 7), callee());
    server.network.connections.insert(7, from.0);
    let text = invite(from, "b").replace("sip:a@192.0.2.10:40010", "sip:a@example.com");
    let sent = server.gets(from, &text).remove(1);
    let routes = sent.all("Record-Route");
    let bye = from_callee(&in_dialog(to, "BYE", "sip:a@example.com", &routes));
    let sent = server.gets(to, &bye);
    assert_eq!(starts(&sent), ["BYE sip:a@example.com SIP/2.0"]);
    assert!(sent[0].is_to(from));
}

#[test]
fn a_signature_cut_or_changed_opens_no_way() {
    let mut server = Server::new();
    let (_, ok) = call(&mut server);
    let route = ok.header("Record-Route");
    let good = param(route, "call");
    let flipped = if good.starts_with('0') { "1" } else { "0" };
    for bad in [
        "",
        &good[..15],
        &format!("{flipped}{}", &good[1..]),
        &format!("+{}", &good[1..]),
        &format!("{good}z"),
    ] {
        let route = route.replace(good, bad);
        let text = in_dialog(caller(), "BYE", "sip:b@192.0.2.11", &[&route]);
        let sent = server.gets(caller(), &text.replace("-in", &format!("-in{}", bad.len())));
        assert_eq!(starts(&sent), ["SIP/2.0 403 Relaying Denied"], "{bad}");
    }
}

#[test]
fn a_signed_route_without_a_to_tag_is_not_inside_a_call() {
    let mut server = Server::new();
    let (_, ok) = call(&mut server);
    let routes = [ok.header("Record-Route")];
    let text = in_dialog(caller(), "INVITE", "sip:b@192.0.2.11", &routes);
    let sent = server.gets(caller(), &text.replace(";tag=tag-b", ""));
    assert_eq!(starts(&sent), ["SIP/2.0 403 Relaying Denied"]);
}
