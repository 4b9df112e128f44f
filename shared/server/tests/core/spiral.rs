//! A call that passes here twice, by way of another proxy (RFC 3261 §6, spiral).

use super::harness::{Server, caller, starts};
use super::messages::invite;
use super::recorded::{Peer, Sent, tcp, udp};
use super::talk::{End, Talk, answer};

/// The proxy between the two visits.
const PROXY: &str = "192.0.2.50";

fn proxy() -> Peer {
    udp("192.0.2.50:5060")
}

/// What the proxy makes of a request: a Via more, its Route gone, another start line if given.
fn forwarded(sent: &Sent, start: Option<&str>, field: &str) -> String {
    let (own, rest) = sent.text.split_once("\r\n").unwrap();
    let rest = rest.replacen(&format!("Route: <sip:{PROXY};lr>\r\n"), "", 1);
    let branch = sent.branch().replace('.', "-");
    let via = format!("Via: SIP/2.0/UDP {PROXY};branch={branch}-p\r\n");
    format!("{}\r\n{via}{field}{rest}", start.unwrap_or(own))
}

/// What the proxy makes of a response: its Via is gone.
fn returned(sent: &Sent) -> String {
    let (start, rest) = sent.text.split_once("\r\n").unwrap();
    let mut lines: Vec<&str> = rest.split("\r\n").collect();
    let via = lines
        .iter()
        .position(|line| line.starts_with("Via: SIP/2.0/UDP 192.0.2.50"));
    lines.remove(via.unwrap());
    format!("{start}\r\n{}", lines.join("\r\n"))
}

/// A request inside the call, from the first visit to the second and on.
fn passes_twice(server: &mut Server, from: Peer, text: &str) -> Sent {
    let first = server.gets(from, text).pop().unwrap();
    assert!(first.is_to(proxy()), "{}", first.text);
    server
        .gets(proxy(), &forwarded(&first, None, ""))
        .pop()
        .unwrap()
}

#[test]
fn a_phone_behind_another_proxy_and_this_one_is_followed() {
    let (before, after) = (tcp("192.0.2.11:40011", 8), tcp("192.0.2.11:40012", 9));
    let mut server = Server::new();
    server
        .network
        .connections
        .extend([(8, before.0), (9, after.0)]);
    server.user("p", &["sip:p@192.0.2.50"]);
    server.user("b", &["sip:b@192.0.2.11:40011;transport=tcp"]);
    server.users.get_mut("b").unwrap()[0].flow = Some(before.0);
    let first = server.gets(caller(), &invite(caller(), "p")).remove(1);
    let start = "INVITE sip:b@192.0.2.1 SIP/2.0";
    let stays = format!("Record-Route: <sip:{PROXY};lr>\r\n");
    let to_callee = server
        .gets(proxy(), &forwarded(&first, Some(start), &stays))
        .pop()
        .unwrap();
    assert!(to_callee.is_to(before));
    let contact = "sip:b@192.0.2.11:40011;transport=tcp";
    let ok = server
        .gets(before, &answer(&to_callee, 200, contact))
        .remove(0);
    let ok = server.gets(proxy(), &returned(&ok)).remove(0);
    assert!(ok.is_to(caller()));
    let mut talk = Talk::of(server, &to_callee, &ok);

    talk.server.network.connections.remove(&8);
    let contact = "sip:b@192.0.2.11:40012;transport=tcp";
    let text = talk.text(End::Callee, "UPDATE", End::Caller.contact(), contact);
    let update = passes_twice(&mut talk.server, after, &text.replace("/UDP", "/TCP"));
    assert!(update.is_to(caller()), "{}", update.text);
    let ok = talk
        .server
        .gets(caller(), &answer(&update, 200, End::Caller.contact()))
        .remove(0);
    let ok = talk.server.gets(proxy(), &returned(&ok)).remove(0);
    assert!(ok.is_to(after));

    // The answer comes over the phone's connection at one visit, from the other proxy at the other.
    let text = talk.text(End::Caller, "UPDATE", contact, End::Caller.contact());
    let update = passes_twice(&mut talk.server, caller(), &text);
    assert!(update.is_to(after), "{}", update.text);
    let ok = talk
        .server
        .gets(after, &answer(&update, 200, contact))
        .remove(0);
    talk.server.gets(proxy(), &returned(&ok));

    let text = talk.text(End::Caller, "BYE", contact, End::Caller.contact());
    let bye = passes_twice(&mut talk.server, caller(), &text);
    assert!(bye.is_to(after), "{}", bye.text);
    let ok = talk
        .server
        .gets(after, &answer(&bye, 200, contact))
        .remove(0);
    talk.server.gets(proxy(), &returned(&ok));
    let message = talk.sends(End::Caller, "MESSAGE", contact);
    assert_eq!(starts(&message), ["SIP/2.0 403 Relaying Denied"]);
}
