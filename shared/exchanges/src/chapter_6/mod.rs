//! What phones do with chapter 6's server.

mod digest_relay;

use sip_message::{HeaderName, Method, Reply};
use sip_stage::{Stage, Style, exchanges};

use crate::cast::phones;
use digest_relay::{
    a_challenge_is_not_passed_on_to_the_callee, nor_is_one_in_another_of_our_names, send_reply,
};

exchanges! {
    test_chapter_6;
    // The paper's challenge ended at 2007-04-23 11:47:19 UTC. Phone 11 registered before, with one
    // the paper does not print.
    the_papers_callee_sees_no_credentials at 0x462c_9cc7 with [
        "--qop", "none", "--replay-nonce", "462c9cc600000000000000000000000000000000",
        "--replay-nonce", "462c9cc7efab60dc0884aa5506b1ab7598e67b48"
    ]:
        "The OpenSER paper's section 6, header for header",
    the_carrier_sees_no_credentials: "A call out goes without them, too",
    credentials_for_another_realm_stay: "A proxy further on has asked for those",
    nothing_leaks_inside_a_call: "A BYE that repeats the answer to the INVITE's challenge",
    a_challenge_is_not_passed_on_to_the_callee:
        "Chapter 5's call at 11's expense, which nobody gets any more",
    nor_is_one_in_another_of_our_names: "Every realm of ours, whatever From says",
    a_challenge_of_somebody_elses_stays: "Beside one of ours that goes",
    no_way_of_writing_saves_credentials: "A space before the colon, a fold, odd case",
}

async fn the_papers_callee_sees_no_credentials(stage: &mut Stage) {
    let (ten, eleven) = phones(stage).await;
    ten.set_style(Style::Grandstream);
    ten.with_ids(|ids| {
        ids.give_tags(&["1c43b02579e58415"]);
        ids.give_call_ids(&["40dc3876fa6602d7@192.168.1.10"]);
    });
    stage.explain_each(&[
        "The first of the paper's three INVITEs, without credentials.",
        "",
        "",
        "The second, with them.",
        "",
        "The third, as the callee gets it: Proxy-Authorization is gone, all else is there.",
    ]);
    let mut caller = ten.invite_with("11", "abc10").await;
    let mut callee = eleven.incoming_call().await;
    callee.ring();
    caller.ringing().await;
    callee.answer();
    caller.answered().await;
    callee.acknowledged().await;
}

async fn the_carrier_sees_no_credentials(stage: &mut Stage) {
    let ten = stage.phone("10", "192.168.1.10");
    let carrier = stage.peer("carrier", "0041215500000", "10.0.1.102");
    stage.explain_each(&[
        "A call to somebody elsewhere: the carrier's gateway is not one of our users.",
        "It is our users who may call out, so this one is asked,",
        "",
        "and answers.",
        "",
        "The answer goes no further: the carrier has a realm of its own, and asks for itself.",
    ]);
    let mut caller = ten
        .invite_with("sip:0041215500000@10.0.1.102", "abc10")
        .await;
    carrier.incoming_call().await.refuse(486);
    caller.refused(486).await;
}

async fn credentials_for_another_realm_stay(stage: &mut Stage) {
    let (ten, eleven) = phones(stage).await;
    let other = "Digest username=\"10\", realm=\"carrier.example\", nonce=\"n\", \
                 uri=\"sip:11@192.168.1.15\", response=\"00000000000000000000000000000000\"";
    let invite = || ten.new_invite("11").header("Proxy-Authorization", other);
    let challenge = invite().call().refused(407).await;
    stage.explain_each(&[
        "Two answers: one for a carrier further on, one for us.",
        "",
        "Ours is gone, the carrier's is there.",
    ]);
    let mut caller = invite().cseq(2).answering(&challenge, "abc10").call();
    eleven.incoming_call().await.refuse(486);
    caller.refused(486).await;
}

async fn nothing_leaks_inside_a_call(stage: &mut Stage) {
    let (ten, eleven) = phones(stage).await;
    let mut call = ten.invite("11");
    let challenge = call.refused(407).await;
    let mut caller = call.again(&challenge, "abc10");
    let mut callee = eleven.incoming_call().await;
    callee.answer();
    caller.answered().await;
    callee.acknowledged().await;
    stage.explain_each(&[
        "Nobody asks inside a call; this phone answers all the same.",
        "Gone here, too.",
    ]);
    let bye = caller
        .new_request(Method::Bye)
        .answering(&challenge, "abc10")
        .send();
    callee.hung_up().await;
    bye.answer(200).await;
}

async fn no_way_of_writing_saves_credentials(stage: &mut Stage) {
    let (ten, eleven) = phones(stage).await;
    let challenge = ten.new_invite("11").call().refused(407).await;
    let plain = ten
        .new_invite("11")
        .cseq(2)
        .answering(&challenge, "abc10")
        .to_bytes();
    let plain = String::from_utf8_lossy(&plain).into_owned();
    let odd = plain.replace(
        "Proxy-Authorization: Digest ",
        "pRoXy-AuThOrIzAtIoN  : dIgEsT\r\n ",
    );
    stage.explain_each(&[
        "The header field as no phone writes it, and as RFC 3261 §7.3.1 allows it.",
        "",
        "Gone all the same.",
    ]);
    ten.send_raw(odd.as_bytes())
        .unwrap_or_else(|e| panic!("{e}"));
    eleven.incoming_call().await.refuse(486);
    stage.wait_seconds(1).await;
}

async fn a_challenge_of_somebody_elses_stays(stage: &mut Stage) {
    let ten = stage.phone("10", "192.168.1.10");
    let carrier = stage.peer("carrier", "0041215500000", "10.0.1.102");
    let mut caller = ten
        .invite_with("sip:0041215500000@10.0.1.102", "abc10")
        .await;
    let callee = carrier.incoming_call().await;
    let theirs = "Digest realm=\"carrier.example\", nonce=\"n1\", qop=\"auth\"";
    let ours = "Digest realm=\"192.168.1.15\", nonce=\"n2\"";
    stage.explain_each(&[
        "The carrier asks for a password of its own, and for one of ours.",
        "",
        "Its own it may ask for.",
    ]);
    let challenges = Reply::of(407).with("Proxy-Authenticate", ours);
    let challenges = challenges.with("Proxy-Authenticate", theirs);
    send_reply(&carrier, callee.invite(), challenges);
    let heard = caller.refused(407).await;
    assert_eq!(heard.raw(HeaderName::ProxyAuthenticate).count(), 1);
}
