//! What phones do with chapter 5's server.

mod digest_relay;
mod elsewhere;
mod inside_calls;

use sip_message::{HeaderName, Method, Reply};
use sip_stage::{Stage, Style, exchanges};

use crate::cast::{CARRIER, ELEVEN, STRANGER, TEN, phones, talk};
use digest_relay::{
    a_challenge_in_another_of_our_names, a_challenge_is_passed_on_to_the_callee, copied, send_reply,
};
use elsewhere::{
    a_question_to_another_server_is_asked, a_registration_elsewhere_is_refused,
    a_verified_caller_calls_out, a_verified_callers_route_is_followed, the_open_relay_is_closed,
};
use inside_calls::{
    a_call_leads_to_its_other_end_alone, a_made_up_dialog_is_asked, a_phone_that_moves_is_followed,
    nobody_is_asked_inside_a_call, the_route_of_a_finished_call_opens_nothing,
};

exchanges! {
    test_chapter_5;
    // The paper's challenge ended at 2007-04-22 16:51:09 UTC. Phone 11 registered before, with one
    // the paper does not print.
    the_paper_calls_phone_11 at 0x462b_927d with [
        "--qop", "none", "--replay-nonce", "462b927c00000000000000000000000000000000",
        "--replay-nonce", "462b927d2ab8368b1771ed4268c47ca585413f95"
    ]: "The OpenSER paper's section 5, header for header",
    a_wrong_password_is_tried_twice: "The caller gives up after three requests",
    from_names_somebody_else: "403 Use From=ID",
    an_asserted_identity_is_not_believed: "P-Asserted-Identity goes no further",
    from_names_another_domain: "No endless 407 for a stranger's domain",
    nobody_is_told_who_exists: "404 comes after 407, never before",
    an_alias_is_called: "alice is 11",
    an_alias_elsewhere_is_somebody_else: "alice at a carrier's is not our alice",
    every_request_is_asked_for_a_password: "MESSAGE, SUBSCRIBE and REFER like INVITE",
    the_open_relay_is_closed: "A foreign Request-URI, a preloaded Route, a MESSAGE",
    a_verified_caller_calls_out: "What strangers may not, users may",
    a_verified_callers_route_is_followed: "A Route to somebody else, past phone 11",
    a_registration_elsewhere_is_refused: "403 for a Request-URI and for a Route that are not ours",
    a_question_to_another_server_is_asked: "OPTIONS without a user, and not for us",
    an_ack_with_a_password_goes_nowhere: "ACK is never asked, and never begins anything",
    nobody_is_asked_inside_a_call: "INFO and BYE pass by their signed Route",
    a_made_up_dialog_is_asked: "A To tag and a Route to us prove nothing",
    a_call_leads_to_its_other_end_alone: "A signed Route opens one way",
    a_phone_that_moves_is_followed: "Hold from another Contact, and BYE finds it",
    the_route_of_a_finished_call_opens_nothing: "A Route ends with its call",
    an_answer_to_a_registrar_is_no_answer_here: "A REGISTER's answer replayed in an INVITE",
    a_contact_that_is_another_user: "11 is at alice, and the caller is asked once",
    who_answers_is_not_asserted_either: "P-Asserted-Identity in a 200",
    the_callee_sees_the_credentials: "The callee gets the caller's credentials",
    a_challenge_is_passed_on_to_the_callee: "And what it opens: a call at 11's expense",
    a_challenge_in_another_of_our_names: "The same, where From is as it should be",
}

async fn the_paper_calls_phone_11(stage: &mut Stage) {
    let (ten, eleven) = phones(stage).await;
    ten.set_style(Style::Grandstream);
    ten.with_ids(|ids| {
        ids.give_branches(&["z9hG4bKff1baf3cb8b845a2", "z9hG4bK97d3b9d4b3648ecf"]);
        ids.give_tags(&["219e32bf2a2ec6f1"]);
        ids.give_call_ids(&["3357af1c8ac608cb@192.168.1.10"]);
    });
    stage
        .entropy()
        .give_tags(&["4f4b3fc66ce1848604aacd9b43692540.0955"]);
    stage.explain_each(&[
        "Phone 10 calls as it always did.",
        "407: a proxy asks with Proxy-Authenticate (RFC 3261 §22.3). The realm is From's domain.",
        "Phone 10 confirms the refusal,",
        "and calls again: same Call-ID, next CSeq, and the answer in Proxy-Authorization.",
        "Now the call is under way.",
    ]);
    let mut caller = ten.invite_with("11", "abc10").await;
    let mut callee = talk(&mut caller, &eleven).await;
    let bye = caller.hang_up();
    callee.hung_up().await;
    bye.answer(200).await;
}

async fn a_wrong_password_is_tried_twice(stage: &mut Stage) {
    let (ten, _) = phones(stage).await;
    stage.explain("Phone 10 was given a wrong password. Every challenge has a nonce of its own.");
    let mut call = ten.invite("11");
    for _ in 0..2 {
        let challenge = call.refused(407).await;
        call = call.again(&challenge, "abc11");
    }
    call.refused(407).await;
}

async fn from_names_somebody_else(stage: &mut Stage) {
    let (ten, _) = phones(stage).await;
    let as_eleven = || ten.new_invite("11").from("<sip:11@192.168.1.15>;tag=as-11");
    let challenge = as_eleven().call().refused(407).await;
    stage.explain_each(&[
        "The credentials are 10's and right; From, which phone 11 would show, says 11.",
        "The proxy knows better.",
    ]);
    as_eleven()
        .answering(&challenge, "abc10")
        .call()
        .refused(403)
        .await;
}

async fn an_asserted_identity_is_not_believed(stage: &mut Stage) {
    let (ten, eleven) = phones(stage).await;
    let asserting = || {
        ten.new_invite("11")
            .header("P-Asserted-Identity", "<sip:boss@192.168.1.15>")
    };
    let challenge = asserting().call().refused(407).await;
    stage.explain_each(&[
        "From is 10's own. P-Asserted-Identity, which phones believe more, says somebody else.",
        "",
        "Only a server that knows may say it (RFC 3325): it is gone.",
    ]);
    let mut caller = asserting().cseq(2).answering(&challenge, "abc10").call();
    let mut callee = talk(&mut caller, &eleven).await;
    stage.explain_each(&[
        "Once more, inside the call, where nobody is asked.",
        "Gone as well.",
    ]);
    let info = caller.new_request(Method::Info);
    let info = info
        .header("P-Asserted-Identity", "<sip:boss@192.168.1.15>")
        .send();
    let asserted = callee.receive_request("INFO").await;
    callee.reply_to(&asserted, 200);
    info.answer(200).await;
}

async fn from_names_another_domain(stage: &mut Stage) {
    let stranger = stage.peer("stranger", "bob", STRANGER);
    stage.explain_each(&[
        "From is of a domain that is not served: no password here could be right.",
        "auth_check(\"$fd\", ...) of Kamailio 101 would ask for ever.",
    ]);
    let invite = stranger
        .new_invite("11")
        .from("<sip:bob@elsewhere.example>;tag=1");
    invite.call().refused(403).await;
}

async fn nobody_is_told_who_exists(stage: &mut Stage) {
    let (ten, _) = phones(stage).await;
    stage.explain_each(&[
        "12 does not exist. A caller who has not shown a password does not learn that.",
        "The same 407 as for a number that does.",
    ]);
    let mut call = ten.invite("12");
    let challenge = call.refused(407).await;
    stage.explain_each(&["With the password,", "", "the truth."]);
    call.again(&challenge, "abc10").refused(404).await;
}

async fn an_alias_is_called(stage: &mut Stage) {
    let (ten, eleven) = phones(stage).await;
    let mut caller = ten.invite_with("alice", "abc10").await;
    talk(&mut caller, &eleven).await;
}

async fn an_alias_elsewhere_is_somebody_else(stage: &mut Stage) {
    let (ten, _) = phones(stage).await;
    let carrier = stage.peer("carrier", "alice", CARRIER);
    let mut caller = ten.invite_with("sip:alice@10.0.1.102", "abc10").await;
    carrier.incoming_call().await.refuse(486);
    caller.refused(486).await;
}

async fn every_request_is_asked_for_a_password(stage: &mut Stage) {
    let (ten, eleven) = phones(stage).await;
    for method in [Method::Subscribe, Method::Refer] {
        ten.new_request(method, "11").send().answer(407).await;
    }
    stage.explain("A MESSAGE of somebody who has a password is delivered.");
    let message = || {
        ten.new_request(Method::Message, "11")
            .body("text/plain", "Lunch?")
    };
    let challenge = message().send().answer(407).await;
    let sent = message().answering(&challenge, "abc10").send();
    let received = eleven.receive("MESSAGE").await;
    eleven.reply(&received, 200);
    sent.answer(200).await;
}

async fn an_ack_with_a_password_goes_nowhere(stage: &mut Stage) {
    let (ten, eleven) = phones(stage).await;
    let challenge = ten
        .new_request(Method::Message, "11")
        .send()
        .answer(407)
        .await;
    stage.explain("An ACK of no call, with the right answer to a challenge.");
    ten.new_request(Method::Ack, "11")
        .answering(&challenge, "abc10")
        .send();
    let heard = eleven.listen_for(std::time::Duration::from_secs(1)).await;
    assert!(heard.is_empty(), "phone 11 heard {heard:?}");
}

async fn an_answer_to_a_registrar_is_no_answer_here(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    let challenge = ten.new_register().send().answer(401).await;
    let register = ten.new_register().answering(&challenge, "abc10");
    let sent = register.clone().to_bytes();
    register.send().answer(200).await;
    let stolen = credentials_in(&sent);
    let stranger = stage.peer("stranger", "10", STRANGER);
    stage.explain_each(&[
        "The answer phone 10 registered with, in a call of somebody else's.",
        "Its nonce was given to another address, and by a registrar. It was also made for another \
         method and another URI, and it was used.",
    ]);
    stranger
        .new_invite("11")
        .header("Proxy-Authorization", stolen)
        .call()
        .refused(407)
        .await;
}

/// What somebody who heard this message knows.
fn credentials_in(message: &[u8]) -> String {
    let text = String::from_utf8_lossy(message);
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("Authorization: "));
    line.unwrap_or_default().to_owned()
}

async fn the_callee_sees_the_credentials(stage: &mut Stage) {
    let (ten, eleven) = phones(stage).await;
    stage.explain_each(&["", "", "", "Phone 10's answer is for the proxy,", ""]);
    stage.explain("and phone 11 is shown it, too.");
    let mut caller = ten.invite_with("11", "abc10").await;
    let mut callee = eleven.incoming_call().await;
    assert!(
        callee
            .invite()
            .value(HeaderName::ProxyAuthorization)
            .is_some()
    );
    callee.refuse(486);
    callee.acknowledged().await;
    caller.refused(486).await;
}

async fn a_contact_that_is_another_user(stage: &mut Stage) {
    let (ten, eleven) = (stage.phone("10", TEN), stage.phone("11", ELEVEN));
    let away = eleven.new_register().contact("<sip:alice@192.168.1.15>");
    let challenge = away.clone().send().answer(401).await;
    stage.explain("Phone 11 says it is where alice is. That is another user of this server.");
    away.cseq(2)
        .answering(&challenge, "abc11")
        .send()
        .answer(200)
        .await;
    stage.explain_each(&["", "", "", "", ""]);
    stage.explain("The server calls itself: alice's number is here, too.");
    let mut caller = ten.invite_with("11", "abc10").await;
    stage.explain(
        "It knows what it has sent and asks nobody. alice is 11, who is at alice: a loop.",
    );
    caller.refused(482).await;
}

async fn who_answers_is_not_asserted_either(stage: &mut Stage) {
    let (ten, eleven) = phones(stage).await;
    let mut caller = ten.invite_with("11", "abc10").await;
    let callee = eleven.incoming_call().await;
    let route = copied(callee.invite(), HeaderName::RecordRoute);
    let ok = Reply::of(200)
        .with("Record-Route", route)
        .with("Contact", "<sip:11@192.168.1.11>");
    let ok = ok.with("P-Asserted-Identity", "<sip:boss@192.168.1.15>");
    stage.explain_each(&[
        "Phone 11 answers, and says that it is somebody else.",
        "It was not asked for a password either: gone (RFC 3325 §5).",
    ]);
    send_reply(&eleven, callee.invite(), ok);
    caller.answered().await;
}
