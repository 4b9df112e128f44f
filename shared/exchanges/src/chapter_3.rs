//! What phones do with chapter 3's server.

use sip_message::HeaderName;
use sip_stage::{Phone, Stage, Style, exchanges};

use crate::cast::{ELEVEN, TEN};

exchanges! {
    test_chapter_3;
    // The paper's challenge ended at 2007-04-19 15:59:44 UTC.
    the_paper_registers_phone_10 with
        ["--qop", "none", "--replay-nonce", "462791f06aa9b37a34fd11b1adc58c5a9df7c95b"]:
        "The OpenSER paper's section 4.2.4, header for header",
    a_phone_registers_with_its_password: "401, and an answer that counts its nonce's uses",
    a_wrong_password_is_tried_twice: "The phone gives up, and cannot be called",
    an_unknown_user_looks_like_a_wrong_password: "Nobody learns which numbers exist",
    a_stale_nonce_is_renewed: "stale=true: the phone asks nobody",
    a_phone_with_a_new_address_is_asked_again: "A nonce is good where it was given",
    a_nonce_with_one_digit_flipped: "Not ours, however little was changed",
    a_count_that_does_not_rise: "The same answer does not count twice",
    bob_hashed_another_uri with [
        "--qop", "none", "--replay-nonce", BOBS_NONCE, "--nonce-lifetime", "4294967295",
        "--realm", "atlanta.example.com", "--domain", "biloxi.example.com",
        "--domain", "ss2.biloxi.example.com"
    ]: "The digest of Kamailio Bytes, its mistake, and the answer mended",
    an_early_100_stops_nothing with ["--provisional-register"]:
        "--provisional-register: what the texts send at once",
    a_domain_that_is_not_served: "404 to a To of somebody else's domain",
    a_domain_in_capitals with ["--domain", "example.com"]:
        "EXAMPLE.com is example.com, and the realm is one",
    a_password_registers_another_number: "The attack that chapter 4 stops",
    an_unregistered_phone_can_still_call: "Nobody asks callers yet; chapter 5 does",
}

const BOBS_NONCE: &str = "ea9c8e88df84f1cec4341ae6cbe5a359";

async fn the_paper_registers_phone_10(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    ten.set_style(Style::Grandstream);
    ten.with_ids(|ids| {
        ids.give_branches(&["z9hG4bK1cfcbbd452dd007a", "z9hG4bKa468c8b72fe7a3a7"]);
        ids.give_tags(&["20321951e0685e4d"]);
        ids.give_call_ids(&["33706713ea3b83fd@192.168.1.10"]);
    });
    stage.entropy().give_tags(&[
        "4f4b3fc66ce1848604aacd9b43692540.ca9b",
        "4f4b3fc66ce1848604aacd9b43692540.6cb7",
    ]);
    stage.explain_each(&[
        "Phone 10 of the paper, a Grandstream BT110, registers without a password.",
        "401: the realm is To's domain. The nonce begins with a time, 462791f0: OpenSER's, when it ends.",
        "The answer: MD5 of HA1, the nonce and HA2. The password itself never travels.",
        "The server has worked out the same, and saves.",
    ]);
    let challenge = ten.new_register().send().answer(401).await;
    ten.new_register()
        .answering(&challenge, "abc10")
        .send()
        .answer(200)
        .await;
}

async fn a_phone_registers_with_its_password(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    stage.explain_each(&[
        "No credentials yet.",
        "qop=\"auth\": the answer is to cover a count and a nonce of the phone's own.",
        "nc=00000001, and a cnonce.",
        "",
    ]);
    let challenge = ten.new_register().send().answer(401).await;
    ten.new_register()
        .answering(&challenge, "abc10")
        .send()
        .answer(200)
        .await;
    stage.wait_seconds(75).await;
    stage.explain_each(&[
        "The refresh uses the same nonce a second time: nc=00000002.",
        "One exchange instead of two.",
    ]);
    ten.new_register()
        .answering(&challenge, "abc10")
        .send()
        .answer(200)
        .await;
}

/// Tries a password until the phone gives up, as the paper's phone 11 does: after two tries.
async fn try_twice(phone: &Phone, username: &str, password: &str) {
    let mut challenge = phone.new_register().send().answer(401).await;
    for _ in 0..2 {
        let again = phone
            .new_register()
            .answering_as(&challenge, username, password);
        challenge = again.send().answer(401).await;
    }
}

async fn a_wrong_password_is_tried_twice(stage: &mut Stage) {
    let (ten, eleven) = (stage.phone("10", TEN), stage.phone("11", ELEVEN));
    stage.explain("Phone 11 was given a wrong password, as in the paper.");
    try_twice(&eleven, "11", "abc10").await;
    stage.explain_each(&["Phone 10 calls it", "and nobody is there."]);
    ten.invite("11").refused(404).await;
}

async fn an_unknown_user_looks_like_a_wrong_password(stage: &mut Stage) {
    let (ten, eleven) = (stage.phone("10", TEN), stage.phone("11", ELEVEN));
    stage.explain("There is a user 10, and this is not its password.");
    try_twice(&ten, "10", "guess").await;
    stage.explain("User 99 does not exist, and the answers are the same.");
    try_twice(&eleven, "99", "guess").await;
}

async fn a_stale_nonce_is_renewed(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    let challenge = ten.new_register().send().answer(401).await;
    ten.new_register()
        .answering(&challenge, "abc10")
        .send()
        .answer(200)
        .await;
    stage.wait_seconds(301).await;
    stage.explain_each(&[
        "The nonce is more than 300 seconds old by now, and the answer right for it.",
        "stale=true: the password is right, only the nonce was old.",
        "So the phone answers the new one and asks nobody.",
        "",
    ]);
    let renewed = ten
        .new_register()
        .answering(&challenge, "abc10")
        .send()
        .answer(401)
        .await;
    ten.new_register()
        .answering(&renewed, "abc10")
        .send()
        .answer(200)
        .await;
}

async fn a_phone_with_a_new_address_is_asked_again(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    let challenge = ten.new_register().send().answer(401).await;
    ten.new_register()
        .answering(&challenge, "abc10")
        .send()
        .answer(200)
        .await;
    stage.wait_seconds(60).await;
    stage.explain_each(&[
        "The phone was carried into another network. It answers the challenge it has.",
        "The nonce is ours, and was given to 192.168.1.10. So the answer is not even judged: \
         anybody could have sent it with this address on it.",
        "stale=true: the phone answers the new one and asks nobody.",
        "Somebody who forges this address does not hear the new one.",
    ]);
    let carried = stage.phone("10", "10.8.0.10");
    let renewed = carried
        .new_register()
        .answering(&challenge, "abc10")
        .send()
        .answer(401)
        .await;
    carried
        .new_register()
        .answering(&renewed, "abc10")
        .send()
        .answer(200)
        .await;
}

async fn a_nonce_with_one_digit_flipped(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    let mut challenge = ten.new_register().send().answer(401).await;
    let value = challenge
        .value(HeaderName::WwwAuthenticate)
        .unwrap_or_default();
    let value = one_second_later(&String::from_utf8_lossy(value));
    challenge.set(HeaderName::WwwAuthenticate, &value);
    stage.explain_each(&[
        "The time in the nonce is one second later than the server wrote it.",
        "Its proof does not fit: a nonce of nobody, so no stale=true.",
    ]);
    ten.new_register()
        .answering(&challenge, "abc10")
        .send()
        .answer(401)
        .await;
}

/// The challenge with its nonce's time one second later: the first 8 hex digits.
fn one_second_later(challenge: &str) -> String {
    let (before, nonce) = challenge.split_once("nonce=\"").unwrap_or_default();
    let (time, rest) = nonce.split_at_checked(8).unwrap_or_default();
    let time = u32::from_str_radix(time, 16).unwrap_or_default() + 1;
    format!("{before}nonce=\"{time:08x}{rest}")
}

async fn a_count_that_does_not_rise(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    let challenge = ten.new_register().send().answer(401).await;
    let answered = ten.new_register().answering(&challenge, "abc10");
    let copy = answered.clone();
    answered.send().answer(200).await;
    stage.explain_each(&[
        "The same answer once more, in a request of its own: nc=00000001 again.",
        "An attacker who copied it from the wire gets a challenge. A retransmission is another matter: \
         it is the same transaction, and never comes this far.",
    ]);
    copy.cseq(200).send().answer(401).await;
}

async fn bob_hashed_another_uri(stage: &mut Stage) {
    let bob = stage.phone("bob", "192.0.2.201");
    let register = || {
        let register = bob.new_register().uri("sips:ss2.biloxi.example.com");
        register.to("Bob <sips:bob@biloxi.example.com>")
    };
    stage.explain_each(&[
        "Bob registers at ss2.biloxi.example.com.",
        "The realm and the nonce that Kamailio Bytes prints.",
    ]);
    let challenge = register().send().answer(401).await;
    let value = format!(
        "Digest username=\"bob\", realm=\"atlanta.example.com\", nonce=\"{BOBS_NONCE}\", \
         opaque=\"\", uri=\"sips:ss2.biloxi.example.com\", \
         response=\"bc2f51f99c2add3e9dfce04d43df0c6a\""
    );
    stage.explain_each(&[
        "As printed: he writes sips:ss2.biloxi.example.com and has hashed sips:biloxi.example.com.",
        "The server hashes what is written, and comes to e8bbc57b2a5c409bb03048d014d1384e.",
    ]);
    register()
        .header("Authorization", value)
        .send()
        .answer(401)
        .await;
    stage.explain_each(&["What is hashed is what is written.", "Bob is registered."]);
    register()
        .answering(&challenge, "bobspassword")
        .send()
        .answer(200)
        .await;
}

async fn an_early_100_stops_nothing(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    stage.lose("401");
    stage.explain_each(&[
        "The texts answer every REGISTER with 100 at once, to stop the phone from repeating it.",
        "Here it is,",
        "and the 401 behind it is lost.",
        "A phone that waits for its answer goes on repeating all the same, only slower (RFC 3261 \
         §17.1.2.2). RFC 4320 forbids this 100 over UDP, and some old phones take it ill.",
        "The server does not remember its challenges (§8.2.7), so it begins again,",
        "and asks with another nonce.",
    ]);
    ten.new_register().send().answer(401).await;
}

async fn a_domain_that_is_not_served(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    stage.explain_each(&[
        "The Request-URI is ours, To is not. The listings take it.",
        "An address-of-record of another domain is not ours to keep (RFC 3261 §10.3, step 5).",
    ]);
    ten.new_register()
        .to("<sip:10@elsewhere.example>")
        .send()
        .answer(404)
        .await;
}

async fn a_domain_in_capitals(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    let register = || ten.new_register().to("<sip:10@EXAMPLE.com>");
    stage.explain_each(&[
        "Somebody has typed the domain in capitals: to SIP it is the same (RFC 3261 §19.1.4).",
        "To MD5 it is another, so the realm is always in lower case: as HA1 was kept.",
        "The phone hashes the realm it was given,",
        "and is registered.",
    ]);
    let challenge = register().send().answer(401).await;
    register()
        .answering(&challenge, "abc10")
        .send()
        .answer(200)
        .await;
}

async fn a_password_registers_another_number(stage: &mut Stage) {
    let attacker = stage.peer("attacker", "10", "192.168.1.66");
    let eleven = "<sip:11@192.168.1.15>";
    let challenge = attacker.new_register().to(eleven).send().answer(401).await;
    stage.explain_each(&[
        "The credentials are 10's and right. To says 11.",
        "The password was right, and nobody asked whose: 11 is now at the attacker's.",
    ]);
    let attack = attacker
        .new_register()
        .to(eleven)
        .answering_as(&challenge, "10", "abc10");
    attack.send().answer(200).await;
    stage.explain_each(&["Phone 10 calls 11", "", "and reaches the attacker."]);
    let mut caller = stage.phone("10", TEN).invite("11");
    attacker.incoming_call().await.refuse(486);
    caller.refused(486).await;
}

async fn an_unregistered_phone_can_still_call(stage: &mut Stage) {
    let (ten, eleven) = (stage.phone("10", TEN), stage.phone("11", ELEVEN));
    ten.register_with("abc10").await;
    stage.explain_each(&[
        "Phone 11 never registered, and calls phone 10.",
        "",
        "It rings.",
    ]);
    let mut caller = eleven.invite("10");
    let mut callee = ten.incoming_call().await;
    callee.ring();
    caller.ringing().await;
    callee.answer();
    caller.answered().await;
    callee.acknowledged().await;
}
