//! Where answers go (RFC 3261 §18.2.2, RFC 3581 §4): to the address a packet came from, at the
//! port that the Via asks for.

use std::net::SocketAddr;

use proptest::prelude::{any, proptest};
use proptest::{option, prop_assert_eq};
use sip_message::Transport;

use super::harness::{Server, callee, ms, starts};
use super::messages::{as_method, invite, request, response};
use super::recorded::{Peer, Sent, peer, tcp, udp};

/// The address of the phone in these tests, and the port that its packets come from.
const SOURCE: &str = "192.0.2.10:50933";

/// The message with another top Via.
fn with_via(text: &str, via: &str) -> String {
    let old = text.lines().find(|line| line.starts_with("Via: ")).unwrap();
    text.replacen(old, &format!("Via: {via}"), 1)
}

/// Where an OPTIONS from `from` is answered.
fn answered_at(from: Peer, via: &str) -> String {
    let text = request(from, "OPTIONS", "sip:192.0.2.1", "x");
    let sent = Server::new().gets(from, &with_via(&text, via));
    assert_eq!(starts(&sent), ["SIP/2.0 200 OK"], "{via}");
    assert_eq!(sent[0].flow.local, from.0.local);
    sent[0].flow.remote.to_string()
}

#[test]
fn without_rport_an_answer_goes_to_the_port_of_the_via() {
    for (sent_by, to) in [
        ("192.0.2.10:5060", "192.0.2.10:5060"),
        ("192.0.2.10:5070", "192.0.2.10:5070"),
        ("192.0.2.10", "192.0.2.10:5060"),
        ("phone.example.org", "192.0.2.10:5060"),
        ("phone.example.org:5070", "192.0.2.10:5070"),
        ("203.0.113.5:5070", "192.0.2.10:5070"),
        ("127.0.0.1:5070", "192.0.2.10:5070"),
        ("[2001:db8::9]:5070", "192.0.2.10:5070"),
        ("192.0.2.10:0", SOURCE), // not a port
    ] {
        let via = format!("SIP/2.0/UDP {sent_by};branch=z9hG4bKx");
        assert_eq!(answered_at(udp(SOURCE), &via), to, "{sent_by}");
    }
}

#[test]
fn with_rport_an_answer_goes_to_the_port_the_packet_came_from() {
    for rport in [
        ";rport",
        ";RPORT",
        ";rport=",
        ";rport=99",
        ";rport;rport=99",
    ] {
        for sent_by in ["192.0.2.10:5060", "phone.example.org", "203.0.113.5:5070"] {
            let via = format!("SIP/2.0/UDP {sent_by};branch=z9hG4bKx{rport}");
            assert_eq!(answered_at(udp(SOURCE), &via), SOURCE, "{via}");
        }
    }
}

#[test]
fn a_private_via_from_another_address_is_behind_a_nat_and_answered_at_the_source() {
    for private in [
        "10.1.2.3",
        "172.16.0.9",
        "192.168.1.9",
        "100.64.0.9",
        "[fd00::9]",
    ] {
        for port in ["", ":5060", ":5070"] {
            let via = format!("SIP/2.0/UDP {private}{port};branch=z9hG4bKx");
            assert_eq!(answered_at(udp(SOURCE), &via), SOURCE, "{via}");
        }
    }
}

#[test]
fn a_private_via_that_tells_the_truth_is_answered_at_its_port() {
    let via = "SIP/2.0/UDP 192.168.1.9:5060;branch=z9hG4bKx";
    let to = answered_at(udp("192.168.1.9:50933"), via);
    assert_eq!(to, "192.168.1.9:5060");
}

#[test]
fn an_ipv6_phone_is_answered_at_the_port_of_its_via() {
    let from = |remote| peer(Transport::Udp, "[2001:db8::1]:5060", remote, None);
    let phone = from("[2001:db8::10]:50933");
    for (via, to) in [
        ("[2001:DB8:0::10]:5070", "[2001:db8::10]:5070"),
        ("[2001:db8::10]", "[2001:db8::10]:5060"),
        ("[fd00::10]:5070", "[2001:db8::10]:50933"),
        ("192.168.1.9:5070", "[2001:db8::10]:50933"),
    ] {
        let via = format!("SIP/2.0/UDP {via};branch=z9hG4bKx");
        assert_eq!(answered_at(phone, &via), to, "{via}");
    }
    let local = from("[fd00::10]:50933");
    let via = "SIP/2.0/UDP [fd00::10]:5070;branch=z9hG4bKx";
    assert_eq!(answered_at(local, via), "[fd00::10]:5070");
}

#[test]
fn a_maddr_or_a_received_of_the_clients_own_making_leads_nowhere_else() {
    for param in [
        "maddr=203.0.113.5",
        "received=203.0.113.5",
        "maddr=224.0.1.75;ttl=16",
    ] {
        let via = format!("SIP/2.0/UDP 192.0.2.10:5070;branch=z9hG4bKx;{param}");
        assert_eq!(answered_at(udp(SOURCE), &via), "192.0.2.10:5070", "{param}");
    }
}

#[test]
fn over_tcp_an_answer_takes_the_connection() {
    let phone = tcp(SOURCE, 7);
    let via = "SIP/2.0/TCP 192.0.2.10:5060;branch=z9hG4bKx";
    let text = with_via(&request(phone, "OPTIONS", "sip:192.0.2.1", "x"), via);
    let sent = Server::new().gets(phone, &text);
    assert!(sent[0].is_to(phone));
}

/// What went to the phone at 192.0.2.10: start lines, each with the port it went to.
fn to_phone(sent: &[Sent]) -> Vec<String> {
    let phone = |sent: &&Sent| sent.flow.remote.ip() == udp(SOURCE).0.remote.ip();
    let sent = sent.iter().filter(phone);
    let line = |sent: &Sent| format!("{} {}", sent.flow.remote.port(), sent.start());
    sent.map(line).collect()
}

/// Plays both kinds of phone: one that listens at the port of its Via, one that asks for rport.
fn with_both_phones(play: impl Fn(&mut Server, Peer, &dyn Fn(&str) -> String, u16)) {
    for (param, port) in [("", 5070), (";rport", 50933)] {
        let own = move |text: &str| {
            let via = text.lines().find(|line| line.starts_with("Via: ")).unwrap();
            let branch = via
                .split("branch=")
                .nth(1)
                .unwrap()
                .split(';')
                .next()
                .unwrap();
            let via = format!("SIP/2.0/UDP 192.0.2.10:5070;branch={branch}{param}");
            with_via(text, &via)
        };
        play(&mut Server::new(), udp(SOURCE), &own, port);
    }
}

#[test]
fn every_answer_of_a_call_goes_to_the_same_port() {
    with_both_phones(|server, phone, own, port| {
        let invite = own(&invite(phone, "b"));
        let sent = server.gets(phone, &invite);
        assert_eq!(to_phone(&sent), [format!("{port} SIP/2.0 100 Trying")]);
        let branch = sent[1].clone();
        let ringing = server.answered(&branch, 180, "t");
        assert_eq!(to_phone(&ringing), [format!("{port} SIP/2.0 180 Reason")]);
        let again = server.gets(phone, &invite);
        assert_eq!(to_phone(&again), [format!("{port} SIP/2.0 180 Reason")]);
        let ok = server.answered(&branch, 200, "t");
        assert_eq!(to_phone(&ok), [format!("{port} SIP/2.0 200 Reason")]);
        let second = server.answered(&branch, 200, "t");
        assert_eq!(to_phone(&second), [format!("{port} SIP/2.0 200 Reason")]);
    });
}

#[test]
fn a_cancelled_call_is_answered_at_the_same_port() {
    with_both_phones(|server, phone, own, port| {
        let invite = own(&invite(phone, "b"));
        let branch = server.gets(phone, &invite)[1].clone();
        server.answered(&branch, 180, "t");
        let cancelled = server.gets(phone, &as_method(&invite, "CANCEL"));
        assert_eq!(to_phone(&cancelled), [format!("{port} SIP/2.0 200 OK")]);
        let ended = server.answered(&branch, 487, "t");
        assert_eq!(to_phone(&ended), [format!("{port} SIP/2.0 487 Reason")]);
        let repeated = server.passes(ms(600)); // Timer G
        assert_eq!(to_phone(&repeated), [format!("{port} SIP/2.0 487 Reason")]);
        let stray = own(&request(phone, "CANCEL", "sip:b@192.0.2.1", "z9hG4bK-no"));
        let stray = server.gets(phone, &stray);
        let words = "481 Call/Transaction Does Not Exist";
        assert_eq!(to_phone(&stray), [format!("{port} SIP/2.0 {words}")]);
    });
}

#[test]
fn challenges_and_refusals_go_to_the_same_port() {
    with_both_phones(|server, phone, own, port| {
        for (method, user, answer) in [
            ("REGISTER", "guarded", "401 Unauthorized"),
            ("INVITE", "guarded", "407 Proxy Authentication Required"),
            ("INVITE", "nobody", "404 Not Found"),
            ("MESSAGE", "nobody", "404 Not Found"),
        ] {
            let uri = format!("sip:{user}@192.0.2.1");
            let text = own(&request(
                phone,
                method,
                &uri,
                &format!("z9hG4bK-{method}{user}"),
            ));
            for _ in 0..2 {
                let sent = to_phone(&server.gets(phone, &text));
                assert_eq!(sent, [format!("{port} SIP/2.0 {answer}")], "{method}");
            }
        }
    });
}

#[test]
fn a_refusal_of_what_cannot_be_read_goes_to_the_same_port() {
    with_both_phones(|server, phone, own, port| {
        let text = own(&request(phone, "OPTIONS", "sip:192.0.2.1", "z9hG4bK-m"));
        let sent = server.gets(phone, &text.replace("CSeq: 1", "CSeq: x"));
        let [answer] = &to_phone(&sent)[..] else {
            panic!("one answer, not {sent:?}");
        };
        assert!(
            answer.starts_with(&format!("{port} SIP/2.0 400 ")),
            "{answer}"
        );
    });
}

#[test]
fn the_100_of_a_script_that_waits_goes_to_the_same_port() {
    with_both_phones(|server, phone, own, port| {
        server.holds_scripts = true;
        server.gets(phone, &own(&invite(phone, "b")));
        let trying = server.passes(ms(200));
        assert_eq!(to_phone(&trying), [format!("{port} SIP/2.0 100 Trying")]);
        let rport = match port {
            5070 => "",
            _ => ";rport=50933;received=192.0.2.10",
        };
        let via = format!("SIP/2.0/UDP 192.0.2.10:5070;branch=z9hG4bK-invite{rport}");
        assert_eq!(trying[0].all("Via"), [via]);
    });
}

#[test]
fn a_response_is_not_sent_by_the_via_of_whoever_answers() {
    let mut server = Server::new();
    let phone = udp("192.0.2.10:5060");
    let branch = server.gets(phone, &invite(phone, "b"))[1].clone();
    let answer = response(&branch, 200, "OK", "t");
    let theirs = branch.all("Via")[1];
    let rerouted = answer.replace(theirs, &theirs.replace("192.0.2.10", "203.0.113.5"));
    let sent = server.gets(callee(), &rerouted);
    assert!(sent.iter().all(|sent| sent.is_to(phone)), "{sent:?}");
    assert_eq!(sent.len(), 1);
}

proptest! {
    #[test]
    fn no_answer_ever_goes_to_another_address(
        ip in any::<[u8; 4]>(),
        port in 1u16..,
        sent_by in r"[a-z]{1,9}|[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}|\[[0-9a-f]{1,4}::[0-9a-f]{1,4}\]",
        sent_by_port in option::of(any::<u16>()),
        params in r"(;rport(=[0-9]{0,5})?|;received=[0-9.]{7,9}|;maddr=[0-9.]{7,9}|;ttl=1|;x){0,4}",
        method in r"OPTIONS|REGISTER|MESSAGE|CANCEL|INVITE|B\(D",
    ) {
        let remote = SocketAddr::from((ip, port));
        let phone = udp(&remote.to_string());
        let by_port = sent_by_port.map(|port| format!(":{port}")).unwrap_or_default();
        let via = format!("SIP/2.0/UDP {sent_by}{by_port};branch=z9hG4bKx{params}");
        let text = with_via(&request(phone, &method, "sip:nobody@192.0.2.1", "x"), &via);
        for sent in Server::new().gets(phone, &text) {
            prop_assert_eq!(sent.flow.remote.ip(), remote.ip(), "{}", via);
        }
    }
}
