//! Who is calling and who answers: what a carrier may assert, and what a phone may not.

use sip_message::{HeaderName, Message, Reply};
use sip_stage::{Call, Draft, Phone, Stage};

use super::cast::{carrier, eleven, from_carrier};
use crate::cast::{CARRIER, talk};

/// The identity that a message asserts.
fn asserted(message: &Message) -> Option<&[u8]> {
    message.other("P-Asserted-Identity")
}

fn asserting(draft: Draft) -> Draft {
    draft.header("P-Asserted-Identity", "<tel:+41215500000>")
}

pub async fn a_carrier_says_who_is_calling(stage: &mut Stage) {
    let eleven = eleven(stage).await;
    let carrier = carrier(stage, CARRIER);
    stage.explain_each(&[
        "A carrier knows who is calling, and says so.",
        "",
        "Phone 11 learns it.",
    ]);
    let mut caller = asserting(from_carrier(&carrier, "11")).call();
    let callee = eleven.incoming_call().await;
    assert!(asserted(callee.invite()).is_some());
    refuse(callee, &mut caller).await;
    stage.scene("The next caller withholds the number.");
    stage.explain_each(&[
        "Privacy: id. The carrier may know it, and so may this server.",
        "",
        "Phone 11 may not (RFC 3325 §7).",
    ]);
    let withheld = from_carrier(&carrier, "11").header("Privacy", "critical;id");
    let mut caller = asserting(withheld).call();
    let callee = eleven.incoming_call().await;
    assert!(asserted(callee.invite()).is_none());
    refuse(callee, &mut caller).await;
}

async fn refuse(mut callee: Call, caller: &mut Call) {
    callee.refuse(486);
    caller.refused(486).await;
}

pub async fn a_carrier_says_who_answers(stage: &mut Stage) {
    let ten = stage.phone("10", "192.168.1.10");
    let carrier = carrier(stage, CARRIER);
    let mut caller = ten
        .invite_with("sip:0041215500000@10.0.1.102", "abc10")
        .await;
    stage.explain_each(&[
        "Who is reached, only the carrier knows.",
        "So phone 10 learns it.",
    ]);
    let callee = carrier.incoming_call().await;
    assert!(asserted(&answer(&carrier, callee, &mut caller, "none").await).is_some());
    stage.scene("The next one does not want to be known.");
    let mut caller = ten
        .invite_with("sip:0041215500001@10.0.1.102", "abc10")
        .await;
    stage.explain_each(&["", "Phone 10 does not learn it."]);
    let callee = carrier.incoming_call().await;
    assert!(asserted(&answer(&carrier, callee, &mut caller, "id").await).is_none());
    stage.scene("A phone is not a carrier.");
    let eleven = eleven(stage).await;
    let mut caller = ten.invite_with("11", "abc10").await;
    stage.explain_each(&["Phone 11 claims to be that number.", "Nobody hears of it."]);
    let callee = eleven.incoming_call().await;
    assert!(asserted(&answer(&eleven, callee, &mut caller, "none").await).is_none());
}

/// Answers a call and says who answers.
async fn answer(phone: &Phone, callee: Call, caller: &mut Call, privacy: &'static str) -> Message {
    let invite = callee.invite();
    let route = invite.value(HeaderName::RecordRoute).unwrap_or_default();
    let ok = Reply::of(200)
        .with("Record-Route", String::from_utf8_lossy(route).into_owned())
        .with("P-Asserted-Identity", "<tel:+41215500000>")
        .with("Privacy", privacy)
        .with("Contact", format!("<{}>", phone.contact()));
    phone
        .send_raw(&ok.to_bytes(invite, "who"))
        .unwrap_or_else(|e| panic!("{e}"));
    Message::clone(&*caller.answered().await)
}

pub async fn a_carriers_call_to_a_user_who_is_at_another(stage: &mut Stage) {
    let eleven = eleven(stage).await;
    let ten = stage.phone("10", "192.168.1.10");
    let away = ten.new_register().contact("<sip:11@192.168.1.15>");
    let challenge = away.clone().send().answer(401).await;
    stage.explain_each(&["Phone 10 is where phone 11 is: a user of this server.", ""]);
    away.cseq(2)
        .answering(&challenge, "abc10")
        .send()
        .answer(200)
        .await;
    let carrier = carrier(stage, CARRIER);
    stage.explain_each(&[
        "",
        "",
        "The server calls itself, from an address that is not a carrier's.",
        "",
        "It knows the call again: the carrier was let in, and phone 11 rings.",
    ]);
    let mut caller = asserting(from_carrier(&carrier, "10")).call();
    let mut callee = talk(&mut caller, &eleven).await;
    assert!(asserted(callee.invite()).is_some());
    let bye = callee.hang_up();
    caller.hung_up().await;
    bye.answer(200).await;
}
