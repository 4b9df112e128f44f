//! Route (RFC 3261 §16.4, §16.6 steps 6 and 7, §16.12): own entries, strict neighbours, maddr.

use super::driver::{Line, to_b, with_server};
use super::harness::{Server, callee, caller, starts};
use super::messages::{as_method, invite, request, response, to_tagged, with};
use super::recorded::Sent;

/// The 200 of a call as the caller gets it, which went by `routes` behind us: Record-Routes, the
/// one nearer to the callee first.
fn call(server: &mut Server, routes: &[&str]) -> Sent {
    let invite = server.calls("b").remove(0);
    let text = response(&invite, 200, "OK", "tag-b");
    let routes = routes
        .iter()
        .map(|route| format!("Record-Route: {route}\r\n"));
    let text = text.replacen(
        "Record-Route",
        &(routes.collect::<String>() + "Record-Route"),
        1,
    );
    server.gets(callee(), &text).remove(0)
}

/// The Record-Route of ours in it.
fn own(ok: &Sent) -> &str {
    ok.all("Record-Route").last().unwrap()
}

fn bye(uri: &str, routes: &[&str]) -> String {
    let text = to_tagged(&request(caller(), "BYE", uri, "z9hG4bK-in"), "tag-b");
    let routes: String = routes
        .iter()
        .map(|route| format!("Route: {route}\r\n"))
        .collect();
    text.replacen("Max-Forwards", &format!("{routes}Max-Forwards"), 1)
}

#[test]
fn a_preloaded_route_to_us_is_taken_away_and_the_script_decides() {
    let mut server = Server::new();
    let text = with(&invite(caller(), "b"), "Route: <sip:192.0.2.1;lr>");
    let sent = server.gets(caller(), &text);
    assert_eq!(sent[1].start(), "INVITE sip:b@192.0.2.11 SIP/2.0");
    assert!(sent[1].all("Route").is_empty());
}

#[test]
fn a_preloaded_route_to_others_remains_for_the_script_to_see() {
    let mut server = Server::new();
    let text = with(
        &invite(caller(), "b"),
        "Route: <sip:192.0.2.1;lr>, <sip:203.0.113.9;lr>",
    );
    assert_eq!(
        starts(&server.gets(caller(), &text)),
        ["SIP/2.0 403 Relaying Denied"]
    );
}

#[test]
fn the_next_route_is_the_next_hop() {
    let mut server = Server::new();
    let next = "<sip:203.0.113.9:5080;lr>";
    let ok = call(&mut server, &[next]);
    let text = bye("sip:b@192.0.2.11", &[own(&ok), next]);
    let sent = server.gets(caller(), &text);
    assert_eq!(starts(&sent), ["BYE sip:b@192.0.2.11 SIP/2.0"]);
    assert_eq!(sent[0].flow.remote, "203.0.113.9:5080".parse().unwrap());
    assert_eq!(
        sent[0].all("Route"),
        [next],
        "it is the next hop's to take away"
    );
}

#[test]
fn a_strict_router_after_us_gets_itself_as_request_uri() {
    let mut server = Server::new();
    let (first, second) = ("<sip:203.0.113.9:5080>", "<sip:203.0.113.10;lr>");
    let ok = call(&mut server, &[second, first]);
    let routes = [own(&ok), first, second];
    let sent = server.gets(caller(), &bye("sip:b@192.0.2.11", &routes));
    assert_eq!(starts(&sent), ["BYE sip:203.0.113.9:5080 SIP/2.0"]);
    assert_eq!(sent[0].flow.remote, "203.0.113.9:5080".parse().unwrap());
    assert_eq!(
        sent[0].all("Route"),
        ["<sip:203.0.113.10;lr>", "<sip:b@192.0.2.11>"]
    );
}

#[test]
fn headers_and_a_method_of_a_strict_router_do_not_enter_the_request_uri() {
    let mut server = Server::new();
    let router = "<sip:203.0.113.9;method=BYE;x=y?Subject=hi&Route=%3Csip:x%3E>";
    let ok = call(&mut server, &[router]);
    let routes = [own(&ok), router];
    let inside = bye("sip:b@192.0.2.11", &routes);
    let inside = as_method(&inside, "INVITE").replace("z9hG4bK-in", "z9hG4bK-in2");
    let invite = server.gets(caller(), &inside)[1].clone();
    let ringing = server.answered(&invite, 180, "tag-b");
    let cancelled = server.gets(caller(), &as_method(&inside, "CANCEL"));
    let ended = server.answered(&invite, 487, "tag-b");
    let again = server.answered(&invite, 487, "tag-b");
    assert_eq!(invite.start(), "INVITE sip:203.0.113.9;x=y SIP/2.0");
    assert_eq!(invite.all("Route"), ["<sip:b@192.0.2.11>"]);
    assert_eq!(starts(&ringing), ["SIP/2.0 180 Reason"]);
    assert_eq!(
        starts(&cancelled),
        ["SIP/2.0 200 OK", "CANCEL sip:203.0.113.9;x=y SIP/2.0"]
    );
    assert_eq!(cancelled[1].all("Route"), ["<sip:b@192.0.2.11>"]);
    let ack = "ACK sip:203.0.113.9;x=y SIP/2.0";
    assert_eq!(starts(&ended), [ack, "SIP/2.0 487 Reason"]);
    assert_eq!(starts(&again), [ack]);
}

#[tokio::test(start_paused = true)]
async fn a_target_that_is_no_uri_goes_nowhere_whatever_the_route() {
    for route in ["<sip:203.0.113.9;lr>", "<sip:203.0.113.9>"] {
        with_server(to_b("sip:b@192.0.2.11:x"), async |line: &Line| {
            let text = with(&invite(caller(), "b"), &format!("Route: {route}"));
            let sent = line.gets(caller(), text).await;
            assert_eq!(
                starts(&sent),
                ["SIP/2.0 100 Trying", "SIP/2.0 500 Server Internal Error"]
            );
        })
        .await;
    }
}

#[test]
fn a_strict_router_before_us_has_put_us_into_the_request_uri() {
    let mut server = Server::new();
    let ok = call(&mut server, &[]);
    let own = own(&ok).trim_matches(['<', '>']);
    let sent = server.gets(caller(), &bye(own, &["<sip:b@192.0.2.11>"]));
    assert_eq!(starts(&sent), ["BYE sip:b@192.0.2.11 SIP/2.0"]);
    assert!(sent[0].all("Route").is_empty());
}

#[test]
fn a_request_uri_that_names_us_without_our_signature_is_no_strict_routers() {
    let mut server = Server::new();
    let sent = server.gets(caller(), &bye("sip:192.0.2.1;lr", &["<sip:b@203.0.113.9>"]));
    assert_eq!(starts(&sent), ["SIP/2.0 403 Relaying Denied"]);
}

#[test]
fn routes_in_one_field_or_in_many_are_the_same() {
    let mut server = Server::new();
    let ok = call(
        &mut server,
        &["<sip:203.0.113.10;lr>", "<sip:203.0.113.9;lr>"],
    );
    let own = own(&ok);
    let joined = format!("{own} ,\r\n  <sip:203.0.113.9;lr>,<sip:203.0.113.10;lr>");
    let sent = server.gets(caller(), &bye("sip:b@192.0.2.11", &[&joined]));
    assert_eq!(
        sent[0].all("Route"),
        ["<sip:203.0.113.9;lr>,<sip:203.0.113.10;lr>"]
    );
}

#[test]
fn a_maddr_that_names_us_is_stripped() {
    let mut server = Server::new();
    let uri = "sip:b@example.com;maddr=192.0.2.1;transport=udp;user=phone";
    let sent = server.gets(caller(), &request(caller(), "INVITE", uri, "z9hG4bK-m"));
    assert_eq!(sent[1].start(), "INVITE sip:b@192.0.2.11 SIP/2.0");
    let foreign = "sip:b@elsewhere.example;maddr=192.0.2.1";
    let sent = server.gets(caller(), &request(caller(), "INVITE", foreign, "z9hG4bK-n"));
    assert_eq!(starts(&sent), ["SIP/2.0 403 Relaying Denied"]);
}

#[test]
fn a_maddr_that_names_us_does_not_send_a_request_in_circles() {
    let mut server = Server::new();
    let ok = call(&mut server, &[]);
    let uri = "sip:b@192.0.2.11;maddr=192.0.2.1;transport=UDP;user=phone";
    let sent = server.gets(caller(), &bye(uri, &[own(&ok)]));
    assert_eq!(starts(&sent), ["BYE sip:b@192.0.2.11;user=phone SIP/2.0"]);
    assert_eq!(sent[0].flow.remote, "192.0.2.11:5060".parse().unwrap());
}

#[test]
fn a_signed_route_is_ours_under_whatever_address_we_were_reached() {
    let mut server = Server::new();
    let ok = call(&mut server, &[]);
    let outside = own(&ok).replace("192.0.2.1;", "203.0.113.50:6060;");
    let sent = server.gets(caller(), &bye("sip:b@192.0.2.11", &[&outside]));
    assert_eq!(starts(&sent), ["BYE sip:b@192.0.2.11 SIP/2.0"]);
    assert!(sent[0].all("Route").is_empty());
}

#[test]
fn the_maddr_of_a_target_is_where_it_is_sent() {
    let mut server = Server::new();
    server.user("b", &["sip:b@phone.example:5080;maddr=192.0.2.77"]);
    let sent = server.calls("b");
    assert_eq!(sent[0].flow.remote, "192.0.2.77:5080".parse().unwrap());
}

#[test]
fn headers_and_a_method_of_a_contact_do_not_enter_the_request_uri() {
    let mut server = Server::new();
    server.user(
        "b",
        &["sip:b@192.0.2.11;method=BYE;user=phone?Subject=hi&Route=%3Csip:x%3E"],
    );
    assert_eq!(
        server.calls("b")[0].start(),
        "INVITE sip:b@192.0.2.11;user=phone SIP/2.0"
    );
}

#[test]
fn a_target_nothing_leads_to_is_a_500() {
    let targets = [
        "tel:+1234",
        "sips:b@192.0.2.11",
        "sip:b@192.0.2.11;transport=sctp",
        "nonsense",
    ];
    for target in targets {
        let mut server = Server::new();
        server.user("b", &[target]);
        let sent = server.gets(caller(), &invite(caller(), "b"));
        assert_eq!(
            sent[1].start(),
            "SIP/2.0 500 Server Internal Error",
            "{target}"
        );
    }
}

#[test]
fn why_a_request_is_not_carried_is_told_in_the_log() {
    for (uri, route, why) in [
        (
            "sip:b@192.0.2.1:5080",
            None,
            "this server is 192.0.2.1:5060, example.com",
        ),
        (
            "sip:b@192.0.2.1",
            Some("<sip:203.0.113.9;lr>"),
            "a Route leads elsewhere",
        ),
    ] {
        let mut server = Server::new();
        let mut text = request(caller(), "INVITE", uri, "z9hG4bK-w");
        if let Some(route) = route {
            text = text.replace("CSeq:", &format!("Route: {route}\r\nCSeq:"));
        }
        let sent = server.gets(caller(), &text);
        assert_eq!(starts(&sent), ["SIP/2.0 403 Relaying Denied"]);
        let notes = server.notes.0.borrow();
        let line = format!("192.0.2.10:5060 INVITE {uri} refused: 403 Relaying Denied: {why}");
        assert_eq!(*notes, [line]);
    }
}

#[test]
fn thousands_of_routes_to_us_cost_no_more_than_reading_them() {
    let mut server = Server::new();
    let many = vec!["<sip:192.0.2.1;lr>"; 2500].join(",");
    let display = "x".repeat(9000);
    let text =
        bye("sip:b@192.0.2.1", &[&many]).replace("From: <", &format!("From: \"{display}\" <"));
    assert_eq!(
        starts(&server.gets(caller(), &text)),
        ["SIP/2.0 403 Relaying Denied"]
    );
}
