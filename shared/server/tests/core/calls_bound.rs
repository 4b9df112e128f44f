//! The table of calls is bounded, and one source has a share of it.

use std::time::Duration;

use sip_server::Limits;

use super::harness::{Server, callee, caller, ms};
use super::messages::{invite, response, with};
use super::recorded::{Peer, Sent, udp};
use super::talk::{End, Talk, answer, ringing};

const B: &str = "sip:b@192.0.2.11";
const HOURS: Duration = Duration::from_secs(12 * 60 * 60);

/// A source calls so often; the last 2xx.
fn calls_often(server: &mut Server, from: Peer, times: usize) -> Option<(Sent, Sent)> {
    calls_often_as(server, from, "Subject: nobody", times)
}

/// As [`calls_often`], with a header field that says who is calling.
fn calls_often_as(
    server: &mut Server,
    from: Peer,
    who: &str,
    times: usize,
) -> Option<(Sent, Sent)> {
    let mut last = None;
    for number in 0..times {
        let id = format!("call-{}-{number}", from.0.remote);
        let text = invite(from, "b").replace("call-1", &id);
        let text = text.replace("-invite", &format!("-{id}"));
        let sent = server.gets(from, &with(&text, who)).remove(1);
        let ok = server
            .gets(callee(), &response(&sent, 200, "OK", "tag-b"))
            .remove(0);
        last = Some((sent, ok));
    }
    last
}

#[test]
fn one_source_takes_no_more_than_its_share_of_the_table_and_calls_on() {
    let limits = Limits {
        calls: 8,
        ..Limits::default()
    };
    let mut server = Server::with_limits(limits);
    let other = udp("192.0.2.66:5060");
    let (sent, ok) = calls_often(&mut server, other, 10).unwrap();
    assert_eq!(server.calls_going_on(), 4);
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
fn a_user_with_many_addresses_has_one_share_of_the_table() {
    let limits = Limits {
        calls: 8,
        ..Limits::default()
    };
    let mut server = Server::with_limits(limits);
    for host in 20..30 {
        let from = udp(&format!("192.0.2.{host}:5060"));
        calls_often_as(&mut server, from, "X-Verified: u", 1);
    }
    assert_eq!(server.calls_going_on(), 4);
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
    assert_eq!(talk.server.calls_going_on(), 8);
    let to_caller = End::Caller.contact();
    let new = "sip:moved@192.0.2.77";
    talk.refreshes(End::Callee, "UPDATE", [to_caller, new], (200, to_caller));
    assert!(talk.passes(End::Caller, "INFO", new));
}

/// A quarter as many as there are places for calls that go on.
#[test]
fn of_the_calls_that_are_over_a_few_are_kept_for_what_comes_late() {
    let limits = Limits {
        calls: 8,
        ..Limits::default()
    };
    let mut server = Server::with_limits(limits);
    for host in 20..30 {
        let from = udp(&format!("192.0.2.{host}:5060"));
        let (sent, ok) = calls_often(&mut server, from, 1).unwrap();
        let mut talk = Talk::of(server, &sent, &ok);
        let bye = talk.text(End::Caller, "BYE", B, "sip:a@192.0.2.10");
        let bye = bye.replace("call-1\r", &format!("{}\r", sent.header("Call-ID")));
        let bye = bye.replace("in-1", &format!("in-{host}"));
        let passed = talk.server.gets(from, &bye).remove(0);
        talk.server.answered(&passed, 200, "tag-b");
        server = talk.server;
    }
    assert_eq!(server.calls_going_on(), 2);
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
    assert_eq!(talk.server.calls_going_on(), 1);
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
    assert_eq!(server.calls_going_on(), 1);
    server.passes(HOURS);
    assert_eq!(server.calls_going_on(), 0);
    let mut talk = Talk::new();
    talk.hangs_up(End::Callee, 200);
    talk.server.passes(ms(32_000));
    assert_eq!(talk.server.calls_going_on(), 0);
}

#[test]
fn short_calls_give_back_only_the_places_they_took() {
    let limits = Limits {
        calls: 8, // four of one source
        ..Limits::default()
    };
    let mut talk = Talk::on(Server::with_limits(limits));
    talk.hangs_up(End::Caller, 200);
    let mut server = talk.server;
    calls_often(&mut server, caller(), 3);
    server.passes(ms(33_000));
    assert_eq!(server.calls_going_on(), 3, "the short call has left");
    calls_often(&mut server, udp("192.0.2.10:5070"), 3);
    assert_eq!(server.calls_going_on(), 4);
}
