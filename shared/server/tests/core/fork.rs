//! Forking (RFC 3261 §16.6, §16.7): several branches, one answer.

use super::harness::{Server, callee, caller, ms, other_callee, starts};
use super::messages::{as_method, invite, request, response, with};
use super::recorded::{Peer, Sent};

fn forked(server: &mut Server) -> (Sent, Sent) {
    let mut invites = server.calls("both");
    assert_eq!(invites.len(), 2);
    let second = invites.remove(1);
    (invites.remove(0), second)
}

#[test]
fn every_target_gets_the_request_with_a_branch_of_its_own() {
    let mut server = Server::new();
    let (one, two) = forked(&mut server);
    assert!(one.is_to(callee()) && two.is_to(other_callee()));
    assert_eq!(one.start(), "INVITE sip:b@192.0.2.11 SIP/2.0");
    assert_eq!(two.start(), "INVITE sip:c@192.0.2.12 SIP/2.0");
    assert_ne!(one.branch(), two.branch());
    for sent in [&one, &two] {
        assert_eq!(sent.all("Via").len(), 2);
        assert_eq!(sent.all("Record-Route").len(), 1);
    }
}

#[test]
fn both_ring_and_the_other_is_cancelled_when_one_answers() {
    let mut server = Server::new();
    let (one, two) = forked(&mut server);
    assert_eq!(
        starts(&server.answered(&one, 180, "tag-b")),
        ["SIP/2.0 180 Reason"]
    );
    assert_eq!(
        starts(&server.answered(&two, 180, "tag-c")),
        ["SIP/2.0 180 Reason"]
    );
    let sent = server.answered(&one, 200, "tag-b");
    assert_eq!(
        starts(&sent),
        ["SIP/2.0 200 Reason", "CANCEL sip:c@192.0.2.12 SIP/2.0"]
    );
    assert!(sent[0].is_to(caller()) && sent[1].is_to(other_callee()));
    assert_eq!(sent[1].branch(), two.branch());
    let sent = server.answered(&two, 487, "tag-c");
    assert_eq!(
        starts(&sent),
        ["ACK sip:c@192.0.2.12 SIP/2.0"],
        "the caller has its answer"
    );
}

#[test]
fn a_2xx_of_the_second_branch_passes_though_the_first_answered() {
    let mut server = Server::new();
    let (one, two) = forked(&mut server);
    server.answered(&one, 200, "tag-b");
    server.answered(&two, 180, "tag-c");
    let sent = server.answered(&two, 200, "tag-c");
    assert_eq!(starts(&sent), ["SIP/2.0 200 Reason"]);
    assert!(sent[0].is_to(caller()));
    assert!(sent[0].header("To").ends_with(";tag=tag-c"));
}

#[test]
fn a_provisional_response_after_the_answer_is_dropped() {
    let mut server = Server::new();
    let (one, two) = forked(&mut server);
    server.answered(&one, 200, "tag-b");
    let sent = server.answered(&two, 180, "tag-c");
    assert_eq!(
        starts(&sent),
        ["CANCEL sip:c@192.0.2.12 SIP/2.0"],
        "the cancel waited for it"
    );
}

#[test]
fn the_best_response_goes_to_the_caller_when_all_are_there() {
    let mut server = Server::new();
    let (one, two) = forked(&mut server);
    assert_eq!(
        starts(&server.answered(&one, 480, "tag-b")),
        ["ACK sip:b@192.0.2.11 SIP/2.0"]
    );
    let sent = server.answered(&two, 486, "tag-c");
    assert_eq!(
        starts(&sent),
        ["ACK sip:c@192.0.2.12 SIP/2.0", "SIP/2.0 486 Reason"]
    );
}

#[test]
fn the_better_response_wins_though_it_came_first() {
    let mut server = Server::new();
    let (one, two) = forked(&mut server);
    server.answered(&one, 486, "tag-b");
    assert_eq!(
        server.answered(&two, 503, "tag-c")[1].start(),
        "SIP/2.0 486 Reason"
    );
}

#[test]
fn a_603_cancels_the_others_and_is_the_answer() {
    let mut server = Server::new();
    let (one, two) = forked(&mut server);
    server.answered(&two, 180, "tag-c");
    let sent = server.answered(&one, 603, "tag-b");
    assert_eq!(
        starts(&sent),
        [
            "ACK sip:b@192.0.2.11 SIP/2.0",
            "CANCEL sip:c@192.0.2.12 SIP/2.0"
        ]
    );
    let sent = server.answered(&two, 487, "tag-c");
    assert_eq!(
        starts(&sent),
        ["ACK sip:c@192.0.2.12 SIP/2.0", "SIP/2.0 603 Reason"]
    );
}

#[test]
fn a_2xx_after_a_603_still_passes() {
    let mut server = Server::new();
    let (one, two) = forked(&mut server);
    server.answered(&two, 180, "tag-c");
    server.answered(&one, 603, "tag-b");
    assert_eq!(
        starts(&server.answered(&two, 200, "tag-c")),
        ["SIP/2.0 200 Reason"]
    );
}

#[test]
fn the_challenges_of_all_branches_reach_the_caller_in_one_response() {
    let mut server = Server::new();
    let (one, two) = forked(&mut server);
    let challenge = |to: &Sent, status, name: &str, realm: &str| {
        let field = format!("{name}: Digest realm=\"{realm}\", nonce=\"n\"");
        with(&response(to, status, "Challenge", "t"), &field)
    };
    let first = challenge(&one, 401, "WWW-Authenticate", "one");
    server.gets(Peer(one.flow), &first);
    let second = challenge(&two, 407, "Proxy-Authenticate", "two");
    let answer = server.gets(Peer(two.flow), &second).remove(1);
    assert_eq!(answer.start(), "SIP/2.0 401 Challenge");
    assert_eq!(
        answer.all("WWW-Authenticate"),
        ["Digest realm=\"one\", nonce=\"n\""]
    );
    assert_eq!(
        answer.all("Proxy-Authenticate"),
        ["Digest realm=\"two\", nonce=\"n\""]
    );
}

#[test]
fn the_challenge_of_a_single_branch_leaves_as_it_came() {
    let mut server = Server::new();
    let invites = server.calls("b");
    let text = response(&invites[0], 401, "Unauthorized", "t")
        .replace("From: ", "WWW-Authenticate: Digest realm=\"x\"\r\nFrom: ");
    let sent = server.gets(callee(), &text);
    let own = invites[0].header("Via");
    assert_eq!(sent[1].text, text.replace(&format!("Via: {own}\r\n"), ""));
}

#[test]
fn a_503_of_every_branch_is_a_500_to_the_caller() {
    let mut server = Server::new();
    let invites = server.calls("b");
    let sent = server.answered(&invites[0], 503, "tag-b");
    assert_eq!(sent[1].start(), "SIP/2.0 500 Server Internal Error");
}

#[test]
fn one_branch_without_a_way_does_not_end_the_call() {
    let mut server = Server::new();
    server.network.unreachable.insert(callee().0.remote);
    let invites = server.calls("both");
    assert_eq!(starts(&invites), ["INVITE sip:c@192.0.2.12 SIP/2.0"]);
    assert_eq!(
        starts(&server.answered(&invites[0], 200, "tag-c")),
        ["SIP/2.0 200 Reason"]
    );
}

#[test]
fn a_silent_branch_does_not_hide_the_refusal_of_another() {
    let mut server = Server::new();
    let (one, _) = forked(&mut server);
    server.answered(&one, 486, "tag-b");
    let sent = server.passes(ms(32_000));
    let answer = sent.iter().find(|sent| sent.is_to(caller())).unwrap();
    assert_eq!(answer.start(), "SIP/2.0 486 Reason");
}

#[test]
fn a_cancel_reaches_every_branch_that_is_not_final() {
    let mut server = Server::new();
    let (one, two) = forked(&mut server);
    server.answered(&one, 486, "tag-b");
    server.answered(&two, 180, "tag-c");
    let sent = server.gets(caller(), &as_method(&invite(caller(), "both"), "CANCEL"));
    assert_eq!(
        starts(&sent),
        ["SIP/2.0 200 OK", "CANCEL sip:c@192.0.2.12 SIP/2.0"]
    );
}

#[test]
fn of_two_2xx_to_anything_but_an_invite_one_passes() {
    let mut server = Server::new();
    let sent = server.gets(
        caller(),
        &request(caller(), "MESSAGE", "sip:both@192.0.2.1", "z9hG4bK-m"),
    );
    assert_eq!(sent.len(), 2);
    assert_eq!(server.answered(&sent[0], 200, "t").len(), 1);
    assert!(server.answered(&sent[1], 200, "u").is_empty());
}

#[test]
fn a_user_without_a_phone_is_unavailable() {
    let mut server = Server::new();
    server.user("away", &[]);
    let sent = server.gets(caller(), &invite(caller(), "away"));
    assert_eq!(starts(&sent), ["SIP/2.0 480 Temporarily Unavailable"]);
}

#[test]
fn each_branch_gets_its_share_of_max_breadth() {
    let mut server = Server::new();
    let (one, two) = forked(&mut server);
    assert_eq!(
        [one.header("Max-Breadth"), two.header("Max-Breadth")],
        ["30", "30"]
    );
}

#[test]
fn a_max_breadth_too_small_for_the_fork_is_answered_440() {
    let mut server = Server::new();
    let narrow = with(&invite(caller(), "both"), "Max-Breadth: 1");
    assert_eq!(
        starts(&server.gets(caller(), &narrow)),
        ["SIP/2.0 440 Max-Breadth Exceeded"]
    );
}

#[test]
fn a_max_breadth_that_boasts_is_cut_to_ours() {
    let mut server = Server::new();
    for boast in ["4294967295", "99999999999999999999", "-1", "many"] {
        let text = with(&invite(caller(), "both"), &format!("Max-Breadth: {boast}"));
        let sent = server.gets(
            caller(),
            &text.replace("z9hG4bK-invite", &format!("z9hG4bK{boast}")),
        );
        assert_eq!(sent[1].header("Max-Breadth"), "30", "{boast}");
    }
}
