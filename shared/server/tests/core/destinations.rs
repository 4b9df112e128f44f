//! Where a request never goes, no matter who asks: the services of the server's own machine, a
//! link that nobody asked from, addresses that are not of one machine.

use sip_message::{Target, Transport};
use sip_server::{PrivateTargets, relay};

use super::driver::{Line, to_b, with_server};
use super::harness::{Server, caller, starts};
use super::messages::{invite, request, response, with};
use super::record_route::{from_callee, in_dialog};
use super::recorded::{LOOPBACK, Peer, SECOND, Sent, peer, udp};

const FAILED: &str = "SIP/2.0 500 Server Internal Error";

/// Hosts that lead to loopback, a link, everybody or nobody, in every form there is.
const NEVER: [&str; 24] = [
    "127.0.0.1",
    "127.9.9.9",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::1]",
    "169.254.169.254",
    "[fe80::1]",
    "[::ffff:169.254.169.254]",
    "[2002:a9fe:a9fe::]",
    "0.0.0.0",
    "0.1.2.3",
    "[::]",
    "[::ffff:0.0.0.0]",
    "224.0.1.75",
    "[ff02::1]",
    "[::ffff:224.0.1.75]",
    "240.0.0.1",
    "255.255.255.255",
    "[::ffff:255.255.255.255]",
    "[64:ff9b::255.255.255.255]",
    "[2002:ffff:ffff::]",
];

/// What becomes of a call to `b`, who is registered with that Contact at that address of ours.
fn call(from: Peer, contact: &str, registered_at: Option<&str>) -> (Server, Vec<Sent>) {
    let mut server = Server::new();
    let target = Target {
        local: registered_at.map(|local| local.parse().unwrap()),
        ..Target::new(contact)
    };
    server.users.insert("b", vec![target]);
    let text = invite(from, "b").replace("b@192.0.2.1", &format!("b@{}", from.0.local));
    let sent = server.gets(from, &text);
    (server, sent)
}

/// A caller on the server's own machine.
fn local_caller() -> Peer {
    peer(Transport::Udp, LOOPBACK, "127.0.0.1:40010", None)
}

#[test]
fn a_contact_leads_to_no_such_address() {
    for host in NEVER {
        for end in ["", ":6379", ":6379;transport=tcp"] {
            for registered_at in [None, Some("192.0.2.1:5060"), Some(SECOND)] {
                let contact = format!("sip:b@{host}{end}");
                let (server, sent) = call(caller(), &contact, registered_at);
                assert_eq!(starts(&sent), ["SIP/2.0 100 Trying", FAILED], "{contact}");
                let notes = server.notes.0.borrow();
                let begin = format!("{contact} cannot be reached: ");
                assert!(notes[0].starts_with(&begin), "{notes:?}");
            }
        }
    }
}

#[test]
fn the_log_says_why() {
    for (host, why) in [
        (
            "127.0.0.1",
            "127.0.0.1 is a loopback address, for what comes from this machine alone",
        ),
        (
            "[fe80::1]",
            "fe80::1 is a link-local address, for what comes from that link alone",
        ),
        ("224.0.1.75", "224.0.1.75 is not an address of one machine"),
    ] {
        let (server, _) = call(caller(), &format!("sip:b@{host}"), None);
        let line = format!("sip:b@{host} cannot be reached: {why}");
        assert_eq!(*server.notes.0.borrow(), [line]);
    }
}

#[test]
fn a_maddr_leads_to_no_such_address() {
    for host in NEVER {
        let contact = format!("sip:b@192.0.2.11;maddr={host}");
        let (_, sent) = call(caller(), &contact, None);
        assert_eq!(starts(&sent), ["SIP/2.0 100 Trying", FAILED], "{contact}");
    }
}

#[test]
fn one_such_contact_does_not_end_the_other_branch() {
    let mut server = Server::new();
    server.user("b", &["sip:b@127.0.0.1:6379", "sip:b@192.0.2.12"]);
    let sent = server.gets(caller(), &invite(caller(), "b"));
    assert_eq!(
        starts(&sent),
        ["SIP/2.0 100 Trying", "INVITE sip:b@192.0.2.12 SIP/2.0"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_request_uri_or_a_route_leads_to_no_such_address() {
    for host in NEVER {
        let uri = format!("sip:b@{host}:6379;transport=tcp");
        let there = async |_: &mut sip_server::Request| Ok(relay(vec![Target::new(&*uri)]));
        with_server(there, async |line: &Line| {
            let message = request(caller(), "MESSAGE", &uri, "z9hG4bK-u");
            assert_eq!(
                starts(&line.gets(caller(), message).await),
                [FAILED],
                "{uri}"
            );
        })
        .await;
        with_server(to_b("sip:b@192.0.2.11"), async |line: &Line| {
            for lr in [";lr", ""] {
                let route = format!("Route: <sip:{host}:6379;transport=tcp{lr}>");
                let message = request(caller(), "MESSAGE", "sip:b@192.0.2.11", lr);
                let sent = line.gets(caller(), with(&message, &route)).await;
                assert_eq!(starts(&sent), [FAILED], "{route}");
            }
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_leads_to_none_of_its_addresses_that_is_such_a_one() {
    let socket = |host: &str| format!("{host}:5060").parse().unwrap();
    for (last, expected) in [
        (None, FAILED),
        (Some("192.0.2.77"), "INVITE sip:b@phone.example SIP/2.0"),
    ] {
        with_server(to_b("sip:b@phone.example"), async |line: &Line| {
            let never = [
                "127.0.0.1",
                "[::1]",
                "169.254.169.254",
                "[2002:7f00:1::1]",
                "0.0.0.0",
            ];
            let addresses = never.into_iter().chain(last).map(socket).collect();
            let name = "phone.example".to_owned();
            line.recorded.borrow_mut().hosts.insert(name, addresses);
            let sent = line.gets(caller(), invite(caller(), "b")).await;
            assert_eq!(starts(&sent), ["SIP/2.0 100 Trying", expected]);
            let to = sent[1].flow.remote;
            assert!(last.is_none() || to == socket("192.0.2.77"), "{to}");
        })
        .await;
    }
}

#[test]
fn what_comes_over_loopback_may_go_to_loopback() {
    for contact in ["sip:b@127.0.0.1:5070", "sip:b@[::ffff:127.0.0.2]:5070"] {
        let (_, sent) = call(local_caller(), contact, None);
        assert_eq!(sent[1].start(), format!("INVITE {contact} SIP/2.0"));
    }
    let (_, sent) = call(local_caller(), "sip:b@169.254.1.1", None);
    assert_eq!(sent[1].start(), FAILED, "loopback leads to no link");
}

#[test]
fn a_phone_that_registered_over_loopback_is_called_there_by_everybody() {
    let (_, sent) = call(caller(), "sip:b@127.0.0.1:5070", Some(LOOPBACK));
    assert_eq!(sent[1].start(), "INVITE sip:b@127.0.0.1:5070 SIP/2.0");
    assert_eq!(sent[1].flow.local.to_string(), LOOPBACK);
}

#[test]
fn a_phone_that_registered_elsewhere_with_a_loopback_contact_is_called_there_by_nobody() {
    for from in [caller(), local_caller()] {
        let (_, sent) = call(from, "sip:b@127.0.0.1:6379", Some("192.0.2.1:5060"));
        assert_eq!(sent[1].start(), FAILED);
    }
}

#[test]
fn of_a_socket_that_is_not_this_servers_it_counts_where_the_call_came_in() {
    for registered_at in ["127.0.0.1:5070", "[::1]:5060"] {
        let contact = "sip:b@127.0.0.1:5070";
        let (_, sent) = call(caller(), contact, Some(registered_at));
        assert_eq!(sent[1].start(), FAILED, "{registered_at}");
        let (_, sent) = call(local_caller(), contact, Some(registered_at));
        assert_eq!(sent[1].start(), "INVITE sip:b@127.0.0.1:5070 SIP/2.0");
    }
}

#[test]
fn a_phone_behind_a_nat_is_called_at_no_such_address() {
    let mut server = Server::new();
    let target = Target {
        flow: Some(udp("127.0.0.1:6379").0),
        ..Target::new("sip:b@10.1.2.3")
    };
    server.users.insert("b", vec![target]);
    assert!(server.calls("b").is_empty());
}

/// A call of the caller, whose Contact is `contact`, to a phone on the server's own machine: the
/// INVITE and the 200.
fn call_to_loopback(server: &mut Server, contact: &str) -> [Sent; 2] {
    let target = Target {
        local: LOOPBACK.parse().ok(),
        ..Target::new("sip:b@127.0.0.1:5070")
    };
    server.users.insert("b", vec![target]);
    let invite = invite(caller(), "b").replace("sip:a@192.0.2.10:5060", contact);
    let sent = server.gets(caller(), &invite).remove(1);
    let ok = server.answered(&sent, 200, "tag-b").remove(0);
    [sent, ok]
}

/// A request of the phone on the server's own machine inside that call.
fn from_loopback(method: &str, uri: &str, routes: &[&str]) -> (Peer, String) {
    let from = peer(Transport::Udp, LOOPBACK, "127.0.0.1:5070", None);
    (from, from_callee(&in_dialog(from, method, uri, routes)))
}

#[test]
fn a_call_with_a_phone_on_loopback_goes_both_ways() {
    let mut server = Server::new();
    let [invite, ok] = call_to_loopback(&mut server, "sip:a@192.0.2.10:5060");
    let reversed: Vec<&str> = ok.all("Record-Route").into_iter().rev().collect();
    let ack = in_dialog(caller(), "ACK", "sip:b@127.0.0.1:5070", &reversed);
    let sent = server.gets(caller(), &ack);
    assert_eq!(starts(&sent), ["ACK sip:b@127.0.0.1:5070 SIP/2.0"]);
    let uri = "sip:a@192.0.2.10:5060";
    let (from, bye) = from_loopback("BYE", uri, &invite.all("Record-Route"));
    let sent = server.gets(from, &bye);
    assert_eq!(starts(&sent), ["BYE sip:a@192.0.2.10:5060 SIP/2.0"]);
    assert!(sent[0].is_to(caller()));
}

#[test]
fn a_contact_of_a_call_leads_to_no_such_address() {
    for method in ["BYE", "ACK", "MESSAGE"] {
        let mut server = Server::new();
        let target = "sip:a@127.0.0.1:6379;transport=tcp";
        let [invite, _] = call_to_loopback(&mut server, target);
        let (from, text) = from_loopback(method, target, &invite.all("Record-Route"));
        let sent = server.gets(from, &text);
        let expected: &[&str] = if method == "ACK" { &[] } else { &[FAILED] };
        assert_eq!(starts(&sent), expected);
        let notes = server.notes.0.borrow();
        assert!(notes[0].starts_with("sip:a@127.0.0.1:6379;transport=tcp cannot be reached"));
    }
}

#[test]
fn a_route_whose_address_was_changed_to_loopback_proves_nothing() {
    let mut server = Server::new();
    let target = "sip:a@127.0.0.1:6379;transport=tcp";
    let [invite, _] = call_to_loopback(&mut server, target);
    let routes = invite.all("Record-Route");
    assert!(routes[1].starts_with("<sip:192.0.2.1;lr"), "{routes:?}");
    let changed = routes[1].replace("192.0.2.1", "127.0.0.1");
    for routes in [vec![changed.as_str()], vec![routes[0], &changed]] {
        let (from, bye) = from_loopback("BYE", target, &routes);
        let sent = server.gets(from, &bye);
        assert!(
            sent.iter().all(|sent| sent.start().starts_with("SIP/2.0 ")),
            "{sent:?}"
        );
    }
}

#[test]
fn private_targets_are_what_is_allowed() {
    let only = |networks: &[&str]| {
        PrivateTargets::Only(networks.iter().map(|net| net.parse().unwrap()).collect())
    };
    let lan = only(&["192.168.1.0/24", "fd00:1::/32"]);
    for (targets, host, is_called) in [
        (PrivateTargets::All, "192.168.1.9", true),
        (PrivateTargets::All, "[fd00::9]", true),
        (PrivateTargets::All, "100.64.0.9", true),
        (only(&[]), "192.168.1.9", false),
        (only(&[]), "10.0.0.5", false),
        (only(&[]), "172.16.0.5", false),
        (only(&[]), "100.64.0.9", false),
        (only(&[]), "[fd00::9]", false),
        (only(&[]), "[::ffff:10.0.0.5]", false),
        (only(&[]), "[2002:0a00:5::1]", false),
        (only(&[]), "192.0.2.11", true),
        (lan.clone(), "192.168.1.9", true),
        (lan.clone(), "[::ffff:192.168.1.9]", true),
        (lan.clone(), "192.168.2.9", false),
        (lan.clone(), "[fd00:1::9]", true),
        (lan, "[fd00:2::9]", false),
    ] {
        let mut server = Server::with_private_targets(targets.clone());
        server.user("b", &[&format!("sip:b@{host}")]);
        let called = !server.calls("b").is_empty();
        assert_eq!(called, is_called, "{host} with {targets:?}");
    }
}

#[test]
fn a_private_phone_is_called_over_its_connection_all_the_same() {
    let mut server = Server::with_private_targets(PrivateTargets::Only(Vec::new()));
    let phone = super::recorded::tcp("10.0.0.5:40005", 7);
    server.network.connections.insert(7, phone.0);
    let target = Target {
        flow: Some(phone.0),
        ..Target::new("sip:b@10.0.0.5;transport=tcp")
    };
    server.users.insert("b", vec![target]);
    let sent = server.calls("b");
    assert!(sent[0].is_to(phone));
    let answer = response(&sent[0], 200, "OK", "tag-b");
    assert_eq!(starts(&server.gets(phone, &answer)), ["SIP/2.0 200 OK"]);
}
