//! The Route of a call ends with the call (RFC 3261 §12.3, §15), and after 12 hours in any case.

use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use sip_server::Limits;

use super::harness::{Server, callee, caller, ms, other_callee};
use super::messages::{as_method, invite, response};
use super::recorded::{Peer, Sent, udp};
use super::talk::{End, Talk, answer, ringing};

const B: &str = "sip:b@192.0.2.11";
const HOURS: Duration = Duration::from_secs(12 * 60 * 60);

/// What a stranger could send by a Route from a log.
const BEGINNINGS: [&str; 5] = ["INVITE", "MESSAGE", "INFO", "REFER", "OPTIONS"];

#[test]
fn the_route_of_a_call_that_was_refused_leads_nowhere() {
    for status in [486, 603, 302, 500] {
        let (mut talk, invite) = ringing();
        assert!(talk.passes(End::Caller, "PRACK", B), "while it rings");
        talk.server.answered(&invite, status, "tag-b");
        for method in BEGINNINGS {
            assert!(!talk.passes(End::Caller, method, B), "{status} {method}");
            let back = talk.passes(End::Callee, method, End::Caller.contact());
            assert!(!back, "{status} {method}");
        }
    }
}

#[test]
fn the_route_of_a_call_that_was_given_up_leads_nowhere() {
    let (mut talk, sent) = ringing();
    talk.server
        .gets(caller(), &as_method(&invite(caller(), "b"), "CANCEL"));
    assert!(talk.passes(End::Caller, "PRACK", B), "until the 487");
    talk.server.answered(&sent, 487, "tag-b");
    assert!(!talk.passes(End::Caller, "MESSAGE", B));
}

#[test]
fn the_route_of_a_call_that_nobody_answered_leads_nowhere() {
    let mut server = Server::new();
    let sent = server.calls("b").remove(0);
    server.passes(ms(32_001));
    let mut talk = Talk::of(server, &sent, &sent);
    assert!(!talk.passes(End::Callee, "MESSAGE", End::Caller.contact()));
}

#[test]
fn the_route_of_a_call_that_is_over_begins_nothing() {
    for end in [End::Caller, End::Callee] {
        for status in [200, 481] {
            let mut talk = Talk::new();
            talk.hangs_up(end, status);
            for method in BEGINNINGS {
                assert!(!talk.passes(End::Caller, method, B), "{status} {method}");
                let back = talk.passes(End::Callee, method, End::Caller.contact());
                assert!(!back, "{status} {method}");
            }
        }
    }
}

#[test]
fn a_bye_that_comes_late_or_again_still_passes() {
    let mut talk = Talk::new();
    talk.hangs_up(End::Caller, 200);
    talk.server.passes(ms(20_000));
    assert!(talk.passes(End::Caller, "BYE", B), "sent again");
    assert!(
        talk.passes(End::Callee, "BYE", End::Caller.contact()),
        "both hung up"
    );
    talk.server.passes(ms(12_000));
    assert!(!talk.passes(End::Caller, "BYE", B), "after 64*T1");
}

#[test]
fn a_bye_that_is_refused_ends_nothing() {
    for status in [401, 407, 403, 500, 503] {
        let mut talk = Talk::new();
        talk.hangs_up(End::Caller, status);
        talk.server.passes(ms(40_000));
        assert!(talk.passes(End::Caller, "BYE", B), "{status}");
    }
}

#[test]
fn a_bye_that_nobody_answers_may_be_sent_again() {
    let mut talk = Talk::new();
    talk.sends(End::Caller, "BYE", B);
    talk.server.passes(ms(40_000));
    assert!(talk.passes(End::Caller, "BYE", B));
}

#[test]
fn a_copy_of_the_2xx_does_not_begin_a_call_again() {
    let (mut talk, invite) = ringing();
    talk.server.answered(&invite, 200, "tag-b");
    talk.hangs_up(End::Caller, 200);
    talk.server.answered(&invite, 200, "tag-b");
    assert!(!talk.passes(End::Caller, "MESSAGE", B));
}

#[test]
fn a_transfer_is_reported_after_the_bye_until_its_last_notify() {
    let mut talk = Talk::new();
    let to_caller = End::Caller.contact();
    talk.refreshes(End::Caller, "REFER", [B, to_caller], (202, B));
    talk.hangs_up(End::Caller, 200);
    talk.server.passes(ms(90_000));
    assert!(!talk.passes(End::Callee, "MESSAGE", to_caller));
    assert!(
        talk.passes(End::Callee, "NOTIFY", to_caller),
        "it still rings"
    );
    let text = talk.text(End::Callee, "NOTIFY", to_caller, B);
    let text = text.replace(
        "Max-",
        "Subscription-State: Terminated;reason=noresource\r\nMax-",
    );
    let last = talk.server.gets(callee(), &text).remove(0);
    talk.server.answered(&last, 200, "tag-b");
    assert!(!talk.passes(End::Callee, "NOTIFY", to_caller));
}

#[test]
fn a_subscription_ends_with_its_last_notify() {
    let mut server = Server::new();
    let subscribe = invite(caller(), "b").replace("INVITE", "SUBSCRIBE");
    let sent = server.gets(caller(), &subscribe).remove(0);
    let ok = server.answered(&sent, 200, "tag-b").remove(0);
    let mut talk = Talk::of(server, &sent, &ok);
    let to_caller = End::Caller.contact();
    talk.server.passes(ms(3_600_000));
    assert!(talk.passes(End::Callee, "NOTIFY", to_caller));
    assert!(talk.passes(End::Caller, "SUBSCRIBE", B));
    let text = talk.text(End::Callee, "NOTIFY", to_caller, B);
    let text = text.replace("Max-", "Subscription-State: terminated\r\nMax-");
    let last = talk.server.gets(callee(), &text).remove(0);
    talk.server.answered(&last, 200, "tag-b");
    talk.server.passes(ms(32_000));
    assert!(!talk.passes(End::Caller, "SUBSCRIBE", B));
}

#[test]
fn what_begins_no_dialog_leaves_no_route() {
    for method in ["MESSAGE", "OPTIONS", "INFO", "PUBLISH", "NOTIFY"] {
        let mut server = Server::new();
        let text = invite(caller(), "b").replace("INVITE", method);
        let sent = server.gets(caller(), &text).remove(0);
        assert!(
            sent.is_to(callee()) && sent.all("Record-Route").is_empty(),
            "{method}"
        );
    }
}

#[test]
fn a_call_goes_on_while_one_phone_of_a_fork_is_left() {
    let mut server = Server::new();
    let invites = server.calls("both");
    let ringing = server.answered(&invites[0], 180, "tag-b").remove(0);
    let text = answer(&invites[1], 200, "sip:c@192.0.2.12").replace("tag-b", "tag-c");
    let ok = server.gets(other_callee(), &text).remove(0);
    server.answered(&invites[0], 487, "tag-b");
    let rang = Talk::of(Server::new(), &invites[0], &ringing).routes;
    let mut talk = Talk::of(server, &invites[1], &ok);
    let answered = std::mem::replace(&mut talk.routes, rang);
    talk.server.passes(ms(32_001));
    assert!(
        !talk.passes(End::Caller, "MESSAGE", B),
        "the phone that rang and was cancelled"
    );
    (talk.routes, talk.callees_tag) = (answered, "tag-c");
    assert!(talk.passes(End::Caller, "BYE", "sip:c@192.0.2.12"));
}

#[test]
fn an_invite_that_was_challenged_far_away_may_come_again() {
    let (mut talk, invite_sent) = ringing();
    talk.server.answered(&invite_sent, 407, "tag-b");
    let again = invite(caller(), "b").replace("z9hG4bK-invite", "z9hG4bK-again");
    let sent = talk.server.gets(caller(), &again).remove(1);
    let ok = talk.server.answered(&sent, 200, "tag-b").remove(0);
    let mut talk = Talk::of(talk.server, &sent, &ok);
    assert!(talk.passes(End::Caller, "ACK", B));
    assert!(talk.passes(End::Callee, "BYE", End::Caller.contact()));
}

#[test]
fn after_twelve_hours_a_route_leads_nowhere() {
    for is_restarted in [false, true] {
        let mut talk = Talk::new();
        talk.server.passes(ms(1_000));
        if is_restarted {
            talk.server.restarts();
        }
        talk.server.passes(HOURS - ms(2_001));
        assert!(talk.passes(End::Caller, "INFO", B));
        talk.server.passes(ms(2_001));
        assert!(!talk.passes(End::Caller, "BYE", B));
    }
}

#[test]
fn nothing_that_comes_in_a_call_makes_it_longer() {
    let mut talk = Talk::new();
    for _ in 0..13 {
        talk.server.passes(Duration::from_secs(55 * 60));
        talk.refreshes(End::Caller, "INVITE", [B, End::Caller.contact()], (200, B));
    }
    talk.server.passes(Duration::from_secs(10 * 60));
    assert!(!talk.passes(End::Caller, "INFO", B));
    assert_eq!(calls(&mut talk.server), 0);
}

/// A call whose server started while it was on.
fn restarted() -> Talk {
    let mut talk = Talk::new();
    talk.server.passes(ms(5_000));
    talk.server.restarts();
    talk
}

#[test]
fn after_a_restart_a_call_has_its_signature() {
    let mut talk = restarted();
    assert!(talk.passes(End::Caller, "INFO", B));
    assert!(talk.passes(End::Callee, "INFO", End::Caller.contact()));
    assert!(!talk.passes(End::Caller, "INFO", "sip:x@203.0.113.9"));
}

#[test]
fn after_a_restart_a_phone_may_move_and_a_bye_ends_the_call() {
    let mut talk = restarted();
    let (new, to_caller) = ("sip:moved@192.0.2.77", End::Caller.contact());
    talk.refreshes(End::Callee, "UPDATE", [to_caller, new], (200, to_caller));
    assert!(talk.passes(End::Caller, "INFO", new));
    talk.server.passes(ms(32_000));
    assert!(!talk.passes(End::Caller, "INFO", B));
    let bye = talk.sends(End::Caller, "BYE", new).remove(0);
    talk.server.answered(&bye, 200, "tag-b");
    talk.server.passes(ms(3_600_000));
    for method in ["BYE", "MESSAGE"] {
        assert!(!talk.passes(End::Caller, method, new), "{method}");
        assert!(!talk.passes(End::Caller, method, B), "{method}");
    }
}

#[test]
fn a_restart_forgets_where_a_phone_went_and_which_calls_are_over() {
    let mut talk = Talk::new();
    let (new, to_caller) = ("sip:moved@192.0.2.77", End::Caller.contact());
    talk.refreshes(End::Callee, "UPDATE", [to_caller, new], (200, to_caller));
    talk.server.passes(ms(1_000));
    talk.server.restarts();
    assert!(!talk.passes(End::Caller, "INFO", new));
    let mut talk = Talk::new();
    talk.hangs_up(End::Caller, 200);
    talk.server.passes(ms(40_000));
    talk.server.restarts();
    assert!(talk.passes(End::Caller, "INFO", B));
}

fn calls(server: &mut Server) -> u64 {
    server.transactions();
    server.stats.calls.load(Relaxed)
}

/// A source calls so often; the last 2xx.
fn calls_often(server: &mut Server, from: Peer, times: usize) -> Option<(Sent, Sent)> {
    let mut last = None;
    for number in 0..times {
        let id = format!("call-{}-{number}", from.0.remote);
        let text = invite(from, "b").replace("call-1", &id);
        let text = text.replace("-invite", &format!("-{id}"));
        let sent = server.gets(from, &text).remove(1);
        let ok = server
            .gets(callee(), &response(&sent, 200, "OK", "tag-b"))
            .remove(0);
        last = Some((sent, ok));
    }
    last
}

#[test]
fn one_source_takes_a_quarter_of_the_table_and_calls_on() {
    let limits = Limits {
        calls: 8,
        ..Limits::default()
    };
    let mut server = Server::with_limits(limits);
    let other = udp("192.0.2.66:5060");
    let (sent, ok) = calls_often(&mut server, other, 10).unwrap();
    assert_eq!(calls(&mut server), 2);
    // The call of somebody else is in the table and ends.
    let mut talk = Talk::on(server);
    talk.hangs_up(End::Caller, 200);
    assert!(!talk.passes(End::Caller, "MESSAGE", B));
    // The calls that found no place are served by their signature, for 12 hours.
    let mut talk = Talk::of(talk.server, &sent, &ok);
    let info = talk.text(End::Caller, "INFO", B, "sip:a@192.0.2.66");
    let info = info.replace("call-1\r", &format!("{}\r", sent.header("Call-ID")));
    let passed = talk.server.gets(other, &info.replace("in-1", "in-x"));
    assert_eq!(passed[0].start(), "INFO sip:b@192.0.2.11 SIP/2.0");
    talk.server.passes(HOURS + ms(1_000));
    let passed = talk.server.gets(other, &info.replace("in-1", "in-y"));
    assert_eq!(passed[0].start(), "SIP/2.0 403 Relaying Denied");
}

#[test]
fn a_full_table_takes_no_further_call_and_pushes_none_out() {
    let limits = Limits {
        calls: 8,
        ..Limits::default()
    };
    let mut talk = Talk::on(Server::with_limits(limits));
    for host in 20..40 {
        calls_often(&mut talk.server, udp(&format!("192.0.2.{host}:5060")), 5);
    }
    assert_eq!(calls(&mut talk.server), 8);
    let to_caller = End::Caller.contact();
    let new = "sip:moved@192.0.2.77";
    talk.refreshes(End::Callee, "UPDATE", [to_caller, new], (200, to_caller));
    assert!(talk.passes(End::Caller, "INFO", new));
}

#[test]
fn one_call_takes_few_places_however_many_answer_it() {
    let (mut talk, invite) = ringing();
    for tag in 0..100 {
        let text = answer(&invite, 200, B).replace("tag-b", &format!("tag-{tag}"));
        talk.server.gets(callee(), &text);
    }
    // Requests with tags that nobody has are noted only when they are answered.
    for tag in ["x", "y", "z"] {
        talk.callees_tag = tag;
        talk.sends(End::Caller, "UPDATE", B);
    }
    assert_eq!(calls(&mut talk.server), 1);
}

#[test]
fn the_table_is_empty_when_all_calls_are_over() {
    let mut server = Server::new();
    for (number, status) in [(1, 486), (2, 200), (3, 603)] {
        let text = invite(caller(), "b").replace("call-1", &format!("call-{number}"));
        let sent = server
            .gets(caller(), &text.replace("-invite", &format!("-{number}")))
            .remove(1);
        server.answered(&sent, status, "tag-b");
    }
    assert_eq!(calls(&mut server), 1);
    server.passes(HOURS);
    assert_eq!(calls(&mut server), 0);
    let mut talk = Talk::new();
    talk.hangs_up(End::Callee, 200);
    talk.server.passes(ms(32_000));
    assert_eq!(calls(&mut talk.server), 0);
}
