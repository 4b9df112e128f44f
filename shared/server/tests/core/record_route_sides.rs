//! Record-Route where the two sides of a call differ: UDP and TCP, IPv4 and IPv6, connections.

use sip_message::{Target, Transport};

use super::harness::{Server, caller, starts};
use super::messages::{invite, response};
use super::record_route::{from_callee, in_dialog, param};
use super::recorded::{Peer, Sent, peer, tcp};

#[test]
fn between_udp_and_tcp_each_side_gets_a_record_route_of_its_own() {
    let mut server = Server::new();
    server.user("t", &["sip:t@192.0.2.11:5070;transport=tcp"]);
    let sent = server.calls("t");
    let routes = sent[0].all("Record-Route");
    assert_eq!(routes.len(), 2);
    assert!(
        routes[0].starts_with("<sip:192.0.2.1;transport=tcp;lr;call="),
        "{}",
        routes[0]
    );
    assert!(
        routes[1].starts_with("<sip:192.0.2.1;lr;call="),
        "{}",
        routes[1]
    );
}

#[test]
fn between_ipv4_and_ipv6_each_side_gets_an_address_it_can_reach() {
    let mut server = Server::new();
    server.user("six", &["sip:six@[2001:db8::11]"]);
    let sent = server.calls("six");
    assert!(
        sent[0]
            .header("Via")
            .starts_with("SIP/2.0/UDP [2001:db8::1];branch=")
    );
    let routes = sent[0].all("Record-Route");
    assert!(
        routes[0].starts_with("<sip:[2001:db8::1];lr;"),
        "{}",
        routes[0]
    );
    assert!(routes[1].starts_with("<sip:192.0.2.1;lr;"), "{}", routes[1]);
    let from_six = peer(
        Transport::Udp,
        "[2001:db8::1]:5060",
        "[2001:db8::11]:5060",
        None,
    );
    let bye = from_callee(&in_dialog(from_six, "BYE", "sip:a@192.0.2.10", &routes));
    let sent = server.gets(from_six, &bye);
    assert_eq!(starts(&sent), ["BYE sip:a@192.0.2.10 SIP/2.0"]);
    assert!(sent[0].is_to(caller()) && sent[0].all("Route").is_empty());
}

/// A call from a caller on a connection to a callee on another.
fn call_over_streams(server: &mut Server) -> (Peer, Peer, [Sent; 2]) {
    let (caller, callee) = (tcp("192.0.2.10:40010", 7), tcp("192.0.2.11:40011", 8));
    server
        .network
        .connections
        .extend([(7, caller.0), (8, callee.0)]);
    let target = Target {
        flow: Some(callee.0),
        ..Target::new("sip:b@10.9.8.7:1;transport=tcp")
    };
    server.users.insert("b", vec![target]);
    let sent = server.gets(caller, &invite(caller, "b")).remove(1);
    let ok = server.answered(&sent, 200, "tag-b").remove(0);
    (caller, callee, [sent, ok])
}

#[test]
fn a_phone_on_tcp_is_called_over_the_connection_it_registered_on() {
    let mut server = Server::new();
    let (_, callee, [sent, _]) = call_over_streams(&mut server);
    assert!(sent.is_to(callee));
}

#[test]
fn the_flow_token_leads_both_ways_over_the_connections_of_the_call() {
    let mut server = Server::new();
    let (caller, callee, [sent, ok]) = call_over_streams(&mut server);
    let routes = ok.all("Record-Route");
    assert_eq!(
        [param(routes[0], "flow"), param(routes[1], "flow")],
        ["0000000000000008", "0000000000000007"]
    );
    let reversed = [routes[1], routes[0]];
    let routes = sent.all("Record-Route");
    let uri = "sip:b@10.9.8.7:1;transport=tcp";
    let bye = in_dialog(caller, "BYE", uri, &reversed);
    assert!(server.gets(caller, &bye)[0].is_to(callee));
    let uri = "sip:a@192.0.2.10:40010";
    let bye = from_callee(&in_dialog(callee, "BYE", uri, &routes));
    assert!(server.gets(callee, &bye)[0].is_to(caller));
}

#[test]
fn a_connection_that_is_gone_is_opened_anew_to_the_uri() {
    let mut server = Server::new();
    let (caller, _, [_, ok]) = call_over_streams(&mut server);
    let routes = ok.all("Record-Route");
    server.network.connections.remove(&8);
    let uri = "sip:b@10.9.8.7:1;transport=tcp";
    let sent = server.gets(
        caller,
        &in_dialog(caller, "BYE", uri, &[routes[1], routes[0]]),
    );
    assert_eq!(sent[0].flow.remote, "10.9.8.7:1".parse().unwrap());
}

#[test]
fn a_flow_token_of_somebody_elses_making_is_not_ours() {
    let mut server = Server::new();
    let (caller, _, [_, ok]) = call_over_streams(&mut server);
    let routes = ok.all("Record-Route");
    let forged = routes[0].replace("flow=0000000000000008", "flow=0000000000000007");
    let text = in_dialog(caller, "BYE", "sip:b@10.9.8.7:1", &[&forged]);
    assert_eq!(
        starts(&server.gets(caller, &text)),
        ["SIP/2.0 403 Relaying Denied"]
    );
}

#[test]
fn a_callee_leads_the_caller_over_no_connection_of_others() {
    let mut server = Server::new();
    let (caller, _, [sent, _]) = call_over_streams(&mut server);
    let other = tcp("192.0.2.66:40066", 9);
    server.network.connections.insert(9, other.0);
    let text = response(&sent, 200, "OK", "tag-c");
    let forged = text.replace("flow=0000000000000008", "flow=0000000000000009");
    let ok = server.gets(Peer(sent.flow), &forged).remove(0);
    let routes = ok.all("Record-Route");
    assert_eq!(param(routes[0], "flow"), "0000000000000009");
    let uri = "sip:b@10.9.8.7:1;transport=tcp";
    for routes in [&[routes[1], routes[0]][..], &[routes[0]]] {
        let info =
            in_dialog(caller, "INFO", uri, routes).replace("-in", &format!("-{}", routes.len()));
        let sent = server.gets(caller, &info);
        assert!(!sent.iter().any(|sent| sent.is_to(other)), "{routes:?}");
    }
}
