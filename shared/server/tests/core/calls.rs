//! The Route of a call ends with the call (RFC 3261 §12.3, §15), and after 12 hours in any case.

use std::time::Duration;

use super::harness::{Server, callee, caller, ms, other_callee};
use super::messages::{as_method, invite};
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
    assert_eq!(talk.server.calls_going_on(), 0);
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
fn a_call_goes_on_when_the_server_restarts_in_the_second_it_started() {
    let mut talk = Talk::new();
    talk.server.passes(ms(200));
    talk.server.restarts();
    assert!(talk.passes(End::Caller, "BYE", B));
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
