//! What phones and carriers do with chapter 7's server.

mod carriers;
mod cast;
mod table;

use sip_server::{Method, Reply, Request};
use sip_stage::{Draft, Stage, exchanges};

use crate::cast::{CARRIER, ELEVEN, STRANGER, TEN, talk};
use carriers::{
    a_carrier_says_who_answers, a_carrier_says_who_is_calling,
    a_carriers_call_to_a_user_who_is_at_another,
};
use cast::{busy, carrier, eleven, from_carrier};
use table::{
    a_mask_lets_a_network_in, a_new_carrier_is_let_in_without_a_restart, an_ipv6_carrier_calls,
    the_port_is_the_callers, the_table_in_use_is_shown,
};

exchanges! {
    test_chapter_7;
    a_carriers_call_rings: "Kamailio 101, part 8: calls from group 200 are let in",
    a_carrier_calls_an_alias: "alice is 11 for carriers, too",
    a_carrier_calls_a_phone_that_is_not_there: "404 User not Registered",
    users_can_no_longer_call: "The text on its way: 403 Nope. Don't know who you are",
    users_call_each_other_again: "Two ways in, one onnet_invite",
    an_unlisted_source_is_asked_for_a_password: "A caller that is not a carrier is asked",
    the_port_is_the_callers: "5060 in the table shuts a carrier out, 0 lets it in",
    a_mask_lets_a_network_in: "10.0.2.0/24, and not 10.0.3.1",
    an_ipv6_carrier_calls: "2001:db8:102::/48, and a phone of the same family",
    a_new_carrier_is_let_in_without_a_restart: "A row, a typing error, two reloads",
    the_table_in_use_is_shown: "permissions.addressDump, as `sipctl` asks for it",
    a_carrier_cannot_relay_to_strangers: "An address opens the way to our users only",
    a_phone_at_a_carriers_address_is_not_asked: "And shows nobody its answer",
    a_carrier_says_who_is_calling: "P-Asserted-Identity, and Privacy: id",
    a_carrier_says_who_answers: "The same in a 200, and what a phone says in its own",
    a_carriers_call_to_a_user_who_is_at_another: "Let in once, it passes here twice",
    a_carriers_call_leads_to_nobody_else: "Its Route is signed for phone 11",
    only_calls_are_let_in: "A carrier's MESSAGE and REGISTER are asked as any other",
    phones_register_from_the_offices_alone with ["--offices-only"]:
        "--offices-only: group 300",
    a_forged_source_registers_nobody with ["--offices-only"]:
        "A nonce is good where it was given",
    a_scanner_hears_nothing: "friendly-scanner, and a phone that asks the same",
    a_forged_source_rings: "What an address proves, and what it does not",
}

async fn a_carriers_call_rings(stage: &mut Stage) {
    let eleven = eleven(stage).await;
    let carrier = carrier(stage, CARRIER);
    stage.explain_each(&[
        "A call from the telephone network. The carrier has no password here, and needs none:",
        "10.0.1.102, port 5060, is of group 200.",
    ]);
    let mut caller = from_carrier(&carrier, "11").call();
    let mut callee = talk(&mut caller, &eleven).await;
    stage.explain_each(&[
        "Inside the call nobody asks where a request comes from.",
        "",
        "",
        "",
    ]);
    let bye = callee.hang_up();
    caller.hung_up().await;
    bye.answer(200).await;
}

async fn a_carrier_calls_an_alias(stage: &mut Stage) {
    let eleven = eleven(stage).await;
    let carrier = carrier(stage, CARRIER);
    stage.explain_each(&["alice has no phone of her own.", "", "She is 11."]);
    busy(from_carrier(&carrier, "alice").call(), &eleven).await;
}

async fn a_carrier_calls_a_phone_that_is_not_there(stage: &mut Stage) {
    let carrier = carrier(stage, CARRIER);
    stage.explain_each(&[
        "Phone 12 is nowhere registered.",
        "The words are the text's.",
        "",
    ]);
    from_carrier(&carrier, "12").call().refused(404).await;
}

/// The text's script on its way, when its INVITE block knew carriers and nobody else.
fn carriers_alone(request: &Request) -> Option<Reply> {
    let is_call = *request.method() == Method::Invite;
    (is_call && request.is_from_us()).then(|| Reply::new(403, "Nope. Don't know who you are"))
}

async fn users_can_no_longer_call(stage: &mut Stage) {
    stage.screen(carriers_alone);
    let eleven = eleven(stage).await;
    let carrier = carrier(stage, CARRIER);
    stage.scene("The text's first INVITE block knows carriers and nobody else.");
    busy(from_carrier(&carrier, "11").call(), &eleven).await;
    let ten = stage.phone("10", TEN);
    stage.explain_each(&[
        "Phone 10 is a user with a password, and its address is not a carrier's.",
        "The text's words. Its `else` lacks an `exit`, so its script goes on after them.",
        "",
    ]);
    ten.invite("11").refused(403).await;
}

async fn users_call_each_other_again(stage: &mut Stage) {
    let eleven = eleven(stage).await;
    let ten = stage.phone("10", TEN);
    stage.explain_each(&[
        "The same call with the chapter's script.",
        "No carrier: asked for a password, as in chapter 5.",
        "",
        "The answer,",
        "and from here on the way is a carrier's: onnet_invite.",
    ]);
    let mut caller = ten.invite_with("11", "abc10").await;
    let callee = talk(&mut caller, &eleven).await;
    drop(callee);
}

async fn an_unlisted_source_is_asked_for_a_password(stage: &mut Stage) {
    let stranger = stage.peer("stranger", "10", STRANGER);
    stage.explain_each(&[
        "From an address of no group. It says it is phone 10,",
        "so it is asked for 10's password.",
        "",
    ]);
    stranger.invite("11").refused(407).await;
    stage.explain_each(&[
        "The same, with a From as a carrier has it.",
        "No password of ours could prove that one.",
        "",
    ]);
    from_carrier(&stranger, "11").call().refused(403).await;
}

async fn a_carrier_cannot_relay_to_strangers(stage: &mut Stage) {
    stage.phone("11", ELEVEN).register_with("abc11").await;
    let carrier = carrier(stage, CARRIER);
    stage.explain_each(&[
        "A carrier, or somebody who forges its address, calls a stranger.",
        "",
        "",
    ]);
    from_carrier(&carrier, "sip:victim@198.51.100.7")
        .call()
        .refused(403)
        .await;
    stage.explain_each(&[
        "A Route leads there as well, past phone 11,",
        "and no further.",
        "",
    ]);
    from_carrier(&carrier, "11")
        .route("<sip:198.51.100.7;lr>")
        .call()
        .refused(403)
        .await;
}

async fn a_phone_at_a_carriers_address_is_not_asked(stage: &mut Stage) {
    let eleven = eleven(stage).await;
    let ten = stage.phone("10", CARRIER);
    stage.explain_each(&[
        "A phone behind the carrier's address answers a challenge nobody has sent, as some do.",
        "",
        "It rings, and what was for the server alone is gone, as in chapter 6.",
    ]);
    let answer = "Digest username=\"10\", realm=\"192.168.1.15\", nonce=\"462791f0\", \
                  uri=\"sip:11@192.168.1.15\", response=\"be9e8d46b8dcd522f22301e1f2b3287c\"";
    let caller = ten
        .new_invite("11")
        .header("Proxy-Authorization", answer)
        .call();
    busy(caller, &eleven).await;
}

async fn a_carriers_call_leads_to_nobody_else(stage: &mut Stage) {
    let eleven = eleven(stage).await;
    let carrier = carrier(stage, CARRIER);
    let mut caller = from_carrier(&carrier, "11").call();
    talk(&mut caller, &eleven).await;
    stage.explain_each(&[
        "The carrier has no password, but the Route of a call. It goes by it to a stranger.",
        "The Route is signed for phone 11 and leads nowhere else.",
    ]);
    let elsewhere = caller
        .new_request(Method::Message)
        .uri("sip:victim@198.51.100.7");
    elsewhere.send().answer(403).await;
}

async fn only_calls_are_let_in(stage: &mut Stage) {
    let carrier = stage.peer("carrier", "10", CARRIER);
    stage.explain_each(&[
        "From a carrier's address, and no call:",
        "asked like anybody.",
    ]);
    let message = carrier
        .new_request(Method::Message, "11")
        .body("text/plain", "Win!");
    message.send().answer(407).await;
    stage.explain_each(&["A group lets nobody register.", ""]);
    carrier.new_register().send().answer(401).await;
}

async fn phones_register_from_the_offices_alone(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    stage.explain_each(&["From an office,", "the way to register is as before."]);
    ten.register_with("abc10").await;
    let at_home = stage.phone("11", "10.8.0.11");
    stage.explain_each(&["From elsewhere,", "no password is even asked for."]);
    at_home.new_register().send().answer(403).await;
}

async fn a_forged_source_registers_nobody(stage: &mut Stage) {
    let office = stage.phone("10", TEN);
    let attacker = stage.peer("attacker", "10", "10.8.0.66");
    stage.explain_each(&[
        "Somebody outside knows the password of 10. A proxy asks everybody,",
        "so this is a nonce to answer: one for 10.8.0.66, and for a proxy.",
    ]);
    let challenge = attacker
        .new_request(Method::Message, "11")
        .send()
        .answer(407)
        .await;
    let forger = stage.peer("forger", "10", TEN);
    let register = forger.new_register().contact("<sip:10@10.8.0.66:5060>");
    let forged = register.answering(&challenge, "abc10").to_bytes();
    let forged = String::from_utf8_lossy(&forged).replace("Proxy-Auth", "Auth");
    stage.explain_each(&[
        "A datagram with the office's address on it, and the right answer to that nonce.",
        "The office is asked, as it has never heard a question. Nobody is registered.",
    ]);
    forger
        .send_raw(forged.as_bytes())
        .unwrap_or_else(|e| panic!("{e}"));
    stage.wait_seconds(1).await;
    let heard = forger.listen_for(std::time::Duration::from_secs(1)).await;
    assert!(heard.is_empty(), "the forger heard {heard:?}");
    stage.explain_each(&["The phone there registers as ever.", "", "", ""]);
    office.register_with("abc10").await;
}

async fn a_scanner_hears_nothing(stage: &mut Stage) {
    let scanner = stage.peer("scanner", "100", STRANGER);
    let named = |draft: Draft| draft.header("User-Agent", "friendly-scanner").to_bytes();
    let options = || scanner.new_request(Method::Options, "sip:192.168.1.15");
    let tries = [
        named(options()),
        named(scanner.new_invite("11")),
        named(scanner.new_register()),
    ];
    stage.explain_each(&[
        "Is there a server? Nobody says so.",
        "Nor now.",
        "Nor ever.",
    ]);
    for bytes in tries {
        scanner.send_raw(&bytes).unwrap_or_else(|e| panic!("{e}"));
        stage.wait_seconds(1).await;
    }
    let heard = scanner.listen_for(std::time::Duration::from_secs(1)).await;
    assert!(heard.is_empty(), "the scanner heard {heard:?}");
    stage.explain_each(&["A phone that asks gets an answer.", ""]);
    let ten = stage.phone("10", TEN);
    ten.new_request(Method::Options, "sip:192.168.1.15")
        .send()
        .answer(200)
        .await;
}

async fn a_forged_source_rings(stage: &mut Stage) {
    let eleven = eleven(stage).await;
    let carrier = carrier(stage, CARRIER);
    let forger = stage.peer("forger", "+41215500000", CARRIER);
    let invite = from_carrier(&forger, "11").to_bytes();
    stage.explain_each(&[
        "A datagram with the carrier's address on it, written by somebody else.",
        "The answers go where it says it came from: to the carrier,",
        "and phone 11 rings. Against that help carriers over TCP, where nobody forges a source \
         unseen, and a border that takes a carrier's address from the carrier's line alone.",
    ]);
    forger.send_raw(&invite).unwrap_or_else(|e| panic!("{e}"));
    let mut callee = eleven.incoming_call().await;
    callee.ring();
    carrier
        .wait_for(180)
        .await
        .unwrap_or_else(|e| panic!("{e}"));
    callee.refuse(486);
    stage.wait_seconds(1).await;
    let heard = forger.listen_for(std::time::Duration::from_secs(1)).await;
    assert!(heard.is_empty(), "the forger heard {heard:?}");
}
