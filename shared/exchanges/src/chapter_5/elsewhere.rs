//! Requests to somebody elsewhere: what strangers may not, and what users may.

use sip_message::Method;
use sip_stage::Stage;

use crate::cast::{CARRIER, STRANGER, TEN, phones, talk};

pub async fn the_open_relay_is_closed(stage: &mut Stage) {
    let stranger = stage.peer("stranger", "10", STRANGER);
    stage.explain_each(&[
        "Both listings of the texts relay this before they ask anybody: uri != myself.",
        "Here it is asked for a password like any other.",
    ]);
    stranger.invite("sip:victim@10.0.1.102").refused(407).await;
    stage.explain_each(&["A Route of the stranger's choice,", "the same."]);
    stranger
        .new_invite("11")
        .route("<sip:10.0.1.102;lr>")
        .call()
        .refused(407)
        .await;
    stage.explain_each(&["Not only calls cost money.", ""]);
    let message = stranger.new_request(Method::Message, "sip:victim@10.0.1.102");
    message.body("text/plain", "Win!").send().answer(407).await;
}

pub async fn a_verified_caller_calls_out(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    let carrier = stage.peer("carrier", "0041215500000", CARRIER);
    let mut caller = ten
        .invite_with("sip:0041215500000@10.0.1.102", "abc10")
        .await;
    let callee = talk(&mut caller, &carrier).await;
    drop(callee);
}

pub async fn a_verified_callers_route_is_followed(stage: &mut Stage) {
    let (ten, _) = phones(stage).await;
    let carrier = stage.peer("carrier", "0041215500000", CARRIER);
    let invite = || ten.new_invite("11").route("<sip:10.0.1.102;lr>");
    let challenge = invite().call().refused(407).await;
    stage.explain_each(&[
        "The Request-URI is phone 11's, and a Route leads to the carrier first.",
        "",
        "The caller may call out, so the Route is followed. Phone 11 does not ring.",
    ]);
    let mut caller = invite().cseq(2).answering(&challenge, "abc10").call();
    carrier.incoming_call().await.refuse(486);
    caller.refused(486).await;
}

pub async fn a_registration_elsewhere_is_refused(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    stage.explain_each(&[
        "A REGISTER whose Request-URI is another server's. A proxy could carry it there.",
        "This one keeps its own users, and carries nobody's registration.",
    ]);
    ten.new_register()
        .uri("sip:10.0.1.102")
        .send()
        .answer(403)
        .await;
    stage.explain_each(&["A Route that leads there,", "the same."]);
    ten.new_register()
        .route("<sip:10.0.1.102;lr>")
        .send()
        .answer(403)
        .await;
}

pub async fn a_question_to_another_server_is_asked(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    stage.explain_each(&[
        "No user before the host, as in a question to the server itself, but the host is another.",
        "So this is a request to carry: who asks?",
    ]);
    ten.new_options("sip:10.0.1.102").send().answer(407).await;
}
