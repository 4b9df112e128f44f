//! A phone that moves during a call is reached where it is (RFC 3261 §12.2, RFC 3311, RFC 6141).

use super::harness::{Server, callee, caller, ms, other_callee, starts};
use super::messages::invite;
use super::recorded::{Peer, tcp};
use super::talk::{End, Talk, answer, ringing};

const ENDS: [End; 2] = [End::Caller, End::Callee];

/// Where a phone goes, and where nobody is.
const NEW: &str = "sip:moved@192.0.2.77:5070";

#[test]
fn a_phone_that_names_another_contact_is_reached_there() {
    for end in ENDS {
        for method in ["INVITE", "UPDATE", "SUBSCRIBE", "NOTIFY", "REFER"] {
            let mut talk = Talk::new();
            let other = end.other();
            talk.refreshes(end, method, [other.contact(), NEW], (200, other.contact()));
            for next in ["ACK", "INFO", "INVITE", "BYE"] {
                assert!(talk.passes(other, next, NEW), "{end:?} {method} {next}");
            }
        }
    }
}

#[test]
fn who_answers_a_target_refresh_may_move_as_well() {
    for end in ENDS {
        let mut talk = Talk::new();
        let other = end.other();
        talk.refreshes(end, "INVITE", [other.contact(), end.contact()], (200, NEW));
        assert!(talk.passes(end, "ACK", NEW), "{end:?}");
        assert!(talk.passes(end, "BYE", NEW), "{end:?}");
    }
}

#[test]
fn a_phone_may_move_again_and_come_back() {
    let mut talk = Talk::new();
    for contact in [NEW, "sip:moved@192.0.2.78", "sip:b@192.0.2.11"] {
        talk.refreshes(
            End::Callee,
            "UPDATE",
            [End::Caller.contact(), contact],
            (200, End::Caller.contact()),
        );
        assert!(talk.passes(End::Caller, "INFO", contact));
    }
}

#[test]
fn a_target_refresh_that_is_refused_moves_nobody() {
    for status in [488, 491, 407, 481, 500] {
        let mut talk = Talk::new();
        talk.refreshes(
            End::Callee,
            "INVITE",
            [End::Caller.contact(), NEW],
            (status, ""),
        );
        assert!(!talk.passes(End::Caller, "INFO", NEW), "{status}");
        assert!(
            talk.passes(End::Caller, "INFO", "sip:b@192.0.2.11"),
            "{status}"
        );
    }
}

#[test]
fn until_it_is_answered_a_target_refresh_leaves_both_targets() {
    let mut talk = Talk::new();
    talk.refreshes(
        End::Callee,
        "UPDATE",
        [End::Caller.contact(), End::Callee.contact()],
        (200, End::Caller.contact()),
    );
    talk.sends_by(End::Callee, "UPDATE", End::Caller.contact(), NEW);
    for target in [NEW, "sip:b@192.0.2.11"] {
        assert!(talk.passes(End::Caller, "BYE", target), "{target}");
    }
}

#[test]
fn a_reliable_provisional_answer_moves_as_a_2xx_does() {
    let mut talk = Talk::new();
    let sent = talk
        .sends_by(End::Callee, "INVITE", End::Caller.contact(), NEW)
        .remove(0);
    let text = answer(&sent, 183, End::Caller.contact());
    let text = text.replace("Content-Length", "RSeq: 1\r\nContent-Length");
    talk.server.gets(Peer(sent.flow), &text);
    talk.server.answered(&sent, 500, "tag-b");
    assert!(talk.passes(End::Caller, "BYE", NEW));
}

#[test]
fn what_was_sent_before_the_move_still_arrives_and_nothing_later() {
    let mut talk = Talk::new();
    let (old, caller) = ("sip:b@192.0.2.11", End::Caller.contact());
    talk.refreshes(End::Callee, "UPDATE", [caller, NEW], (200, caller));
    talk.server.passes(ms(31_999));
    assert!(talk.passes(End::Caller, "INFO", old));
    talk.server.passes(ms(1));
    assert!(!talk.passes(End::Caller, "INFO", old));
    assert!(talk.passes(End::Caller, "BYE", NEW));
}

#[test]
fn requests_that_refresh_no_target_move_nobody() {
    for method in ["INFO", "MESSAGE", "PRACK", "OPTIONS"] {
        let mut talk = Talk::new();
        let caller = End::Caller.contact();
        talk.refreshes(End::Callee, method, [caller, NEW], (200, caller));
        assert!(!talk.passes(End::Caller, "BYE", NEW), "{method}");
    }
}

#[test]
fn a_request_that_proves_nothing_moves_nobody() {
    let mut talk = Talk::new();
    let good = talk.routes.clone();
    let caller = End::Caller.contact();
    let own = "Route: <sip:192.0.2.1;lr>\r\n".to_owned();
    let detour = format!("{}Route: <sip:203.0.113.9;lr>\r\n", good[1]);
    // What the caller was given is not the callee's.
    for routes in [String::new(), own, detour, good[0].clone()] {
        talk.routes[1] = routes;
        let sent = talk.sends_by(End::Callee, "UPDATE", caller, NEW);
        assert_eq!(starts(&sent), ["SIP/2.0 403 Relaying Denied"]);
    }
    assert!(!talk.passes(End::Caller, "BYE", NEW));
}

#[test]
fn the_callee_may_be_elsewhere_than_where_it_rang() {
    let (mut talk, invite) = ringing();
    talk.server.gets(callee(), &answer(&invite, 200, NEW));
    // A phone may keep the Route of the 180, with the Contact of the 200 (§13.2.2.4).
    assert!(talk.passes(End::Caller, "ACK", NEW));
    assert!(talk.passes(End::Caller, "BYE", NEW));
}

#[test]
fn an_early_dialog_follows_an_update() {
    let (mut talk, invite) = ringing();
    let caller = End::Caller.contact();
    talk.refreshes(End::Callee, "UPDATE", [caller, NEW], (200, caller));
    assert!(talk.passes(End::Caller, "PRACK", NEW));
    talk.server.gets(callee(), &answer(&invite, 200, NEW));
    assert!(talk.passes(End::Caller, "ACK", NEW));
}

#[test]
fn each_phone_that_answers_a_fork_moves_for_itself() {
    let mut server = Server::new();
    let invites = server.calls("both");
    let first = server
        .gets(callee(), &answer(&invites[0], 200, "sip:b@192.0.2.11"))
        .remove(0);
    let text = answer(&invites[1], 200, "sip:c@192.0.2.12").replace("tag-b", "tag-c");
    let second = server.gets(other_callee(), &text).remove(0);
    let mut talk = Talk::of(server, &invites[1], &second);
    talk.callees_tag = "tag-c";
    let caller = End::Caller.contact();
    talk.refreshes(End::Callee, "UPDATE", [caller, NEW], (200, caller));
    assert!(talk.passes(End::Caller, "INFO", NEW));
    talk.routes = Talk::of(Server::new(), &invites[0], &first).routes;
    talk.callees_tag = "tag-b";
    assert!(!talk.passes(End::Caller, "INFO", NEW), "the other phone's");
    assert!(talk.passes(End::Caller, "INFO", "sip:b@192.0.2.11"));
}

#[test]
fn a_phone_that_connects_again_is_reached_over_its_new_connection() {
    for method in ["INVITE", "UPDATE"] {
        let (before, after) = (tcp("192.0.2.11:40011", 8), tcp("192.0.2.11:40012", 9));
        let mut server = Server::new();
        server.network.connections.insert(8, before.0);
        server.user("b", &["sip:b@192.0.2.11:40011;transport=tcp"]);
        server.users.get_mut("b").unwrap()[0].flow = Some(before.0);
        let sent = server.calls("b").remove(0);
        let ok = server.answered(&sent, 200, "tag-b").remove(0);
        let mut talk = Talk::of(server, &sent, &ok);
        talk.server.network.connections.remove(&8);
        talk.server.network.connections.insert(9, after.0);
        let contact = "sip:b@192.0.2.11:40012;transport=tcp";
        let text = talk.text(End::Callee, method, End::Caller.contact(), contact);
        let text = text.replace("SIP/2.0/UDP", "SIP/2.0/TCP");
        let mut sent = talk.server.gets(after, &text);
        let refresh = sent.pop().unwrap();
        talk.server.gets(
            Peer(refresh.flow),
            &answer(&refresh, 200, End::Caller.contact()),
        );
        let bye = talk.sends(End::Caller, "BYE", contact);
        assert!(bye[0].is_to(after), "{method}: {bye:?}");
    }
}

#[test]
fn a_strict_router_follows_as_well() {
    let mut talk = Talk::new();
    let caller = End::Caller.contact();
    talk.refreshes(End::Callee, "UPDATE", [caller, NEW], (200, caller));
    let route = talk.routes[0]
        .trim()
        .trim_start_matches("Route: ")
        .to_owned();
    talk.routes[0] = format!("Route: <{NEW}>\r\n");
    let ours = route.trim_matches(['<', '>']);
    let sent = talk.sends(End::Caller, "BYE", ours);
    assert_eq!(starts(&sent), [format!("BYE {NEW} SIP/2.0")]);
}

#[test]
fn the_route_is_read_wherever_its_parameters_are_written() {
    let mut talk = Talk::new();
    let good = talk.routes[0].clone();
    let outside = good
        .replace("192.0.2.1;", "192.0.2.1>;")
        .replace(">\r\n", "\r\n");
    let bare = good.replace(['<', '>'], "");
    for routes in [&outside, &bare] {
        talk.routes[0] = routes.clone();
        assert!(
            talk.passes(End::Caller, "INFO", "sip:b@192.0.2.11"),
            "{routes}"
        );
        assert!(!talk.passes(End::Caller, "INFO", NEW), "{routes}");
    }
    talk.routes[0] = outside.replace("192.0.2.1>", "192.0.2.1;lr;call=0>");
    assert!(
        !talk.passes(End::Caller, "INFO", "sip:b@192.0.2.11"),
        "the URI's own comes first"
    );
}

#[test]
fn a_callee_may_copy_the_record_route_without_its_brackets() {
    let mut server = Server::new();
    let invite = server.calls("b").remove(0);
    let text = answer(&invite, 200, "sip:b@192.0.2.11");
    let ours = invite.header("Record-Route");
    let bare = ours.trim_matches(['<', '>']);
    let ok = server.gets(callee(), &text.replace(ours, bare)).remove(0);
    let mut talk = Talk::of(server, &invite, &ok);
    assert!(talk.passes(End::Caller, "BYE", "sip:b@192.0.2.11"));
}

#[test]
fn another_proxys_route_is_loose_wherever_that_is_written() {
    let mut server = Server::new();
    let invite = server.calls("b").remove(0);
    let text = answer(&invite, 200, "sip:b@192.0.2.11");
    let other = "Record-Route: <sip:192.0.2.50>;lr\r\nRecord-Route";
    let text = text.replacen("Record-Route", other, 1);
    let ok = server.gets(callee(), &text).remove(0);
    let mut talk = Talk::of(server, &invite, &ok);
    let bye = talk.sends(End::Caller, "BYE", "sip:b@192.0.2.11");
    assert_eq!(starts(&bye), ["BYE sip:b@192.0.2.11 SIP/2.0"]);
    assert_eq!(bye[0].flow.remote, "192.0.2.50:5060".parse().unwrap());
}

#[test]
fn an_invite_of_somebody_else_with_the_same_ids_moves_nobody() {
    let mut talk = Talk::new();
    let other = invite(caller(), "both").replace("z9hG4bK-invite", "z9hG4bK-other");
    let sent = talk.server.gets(caller(), &other);
    let forked = sent
        .iter()
        .find(|sent| sent.is_to(other_callee()))
        .unwrap()
        .clone();
    let ok = talk.server.gets(other_callee(), &answer(&forked, 200, NEW));
    assert!(!talk.passes(End::Caller, "INFO", NEW));
    let intruders = Talk::of(Server::new(), &forked, &ok[0]).routes;
    let routes = std::mem::replace(&mut talk.routes, intruders);
    assert!(
        !talk.passes(End::Caller, "UPDATE", "sip:b@192.0.2.11"),
        "by the intruder's Route"
    );
    talk.routes = routes;
    talk.server.passes(ms(40_000));
    assert!(talk.passes(End::Caller, "BYE", "sip:b@192.0.2.11"));
}
