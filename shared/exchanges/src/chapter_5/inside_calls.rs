//! Requests inside a call, and requests that only look like it.

use sip_message::Method;
use sip_stage::Stage;

use crate::cast::{STRANGER, phones, talk};

pub async fn nobody_is_asked_inside_a_call(stage: &mut Stage) {
    let (ten, eleven) = phones(stage).await;
    let mut caller = ten.invite_with("11", "abc10").await;
    let mut callee = talk(&mut caller, &eleven).await;
    stage.explain_each(&[
        "Phone 10 presses a key: an INFO inside the call. Its Route carries the \
         signature of this call.",
        "",
        "So it passes, and nobody is asked.",
    ]);
    let info = caller.press('5', 180);
    let pressed = callee.receive_request("INFO").await;
    callee.reply_to(&pressed, 200);
    info.answer(200).await;
    let bye = callee.hang_up();
    caller.hung_up().await;
    bye.answer(200).await;
}

pub async fn a_made_up_dialog_is_asked(stage: &mut Stage) {
    let stranger = stage.peer("stranger", "10", STRANGER);
    stage.explain_each(&[
        "As if inside a call: a To tag and a Route to us, which loose_route() of the texts takes.",
        "The Route carries no signature of a call, so this is asked like a beginning.",
    ]);
    let invite = stranger.new_invite("sip:victim@10.0.1.102");
    let invite = invite
        .to("<sip:victim@10.0.1.102>;tag=made-up")
        .route("<sip:192.168.1.15;lr>");
    invite.call().refused(407).await;
}

pub async fn a_call_leads_to_its_other_end_alone(stage: &mut Stage) {
    let (ten, eleven) = phones(stage).await;
    let mut caller = ten.invite_with("11", "abc10").await;
    let mut callee = talk(&mut caller, &eleven).await;
    stage.explain_each(&[
        "Phone 11 has this call's Route, and would go by it to somebody else.",
        "The Route is signed for phone 10's Contact, so this is inside no call: who are you?",
    ]);
    let elsewhere = callee
        .new_request(Method::Message)
        .uri("sip:victim@10.0.1.102");
    elsewhere.send().answer(407).await;
    stage.explain_each(&[
        "Phone 10 writes to 11, by way of somebody else: a second Route.",
        "That is another way than the one that was signed.",
    ]);
    let detour = caller
        .new_request(Method::Message)
        .route("<sip:10.0.1.102;lr>");
    detour.send().answer(407).await;
}

pub async fn a_phone_that_moves_is_followed(stage: &mut Stage) {
    let (ten, eleven) = phones(stage).await;
    let moved = stage.phone("11", "192.168.1.12");
    let mut caller = ten.invite_with("11", "abc10").await;
    let mut callee = talk(&mut caller, &eleven).await;
    stage.explain_each(&[
        "Phone 11 puts the call on hold and names another Contact: it will go on there.",
        "",
        "The re-INVITE proves its Route, like any request inside the call.",
    ]);
    let hold = callee
        .new_request(Method::Invite)
        .contact("<sip:11@192.168.1.12:5060>");
    let hold = hold.body("application/sdp", HOLD).send();
    let received = caller.receive_request("INVITE").await;
    stage.explain("Phone 10 agrees. From now on its Route leads to 192.168.1.12.");
    caller.reply_to(&received, 200);
    hold.answer(200).await;
    callee.new_request(Method::Ack).cseq(1).send();
    caller.receive_request("ACK").await;
    stage.explain_each(&[
        "The Route is the old one, as a route set never changes; the target is new (§12.2).",
        "The server knows who moved it, and follows.",
    ]);
    let bye = caller
        .new_request(Method::Bye)
        .uri("sip:11@192.168.1.12:5060")
        .send();
    let received = moved.receive("BYE").await;
    moved.reply(&received, 200);
    bye.answer(200).await;
}

/// A session description that sends and wants nothing.
const HOLD: &str = "v=0\r\no=- 1 2 IN IP4 192.168.1.12\r\ns=-\r\nc=IN IP4 192.168.1.12\r\n\
    t=0 0\r\nm=audio 40000 RTP/AVP 8\r\na=inactive\r\n";

pub async fn the_route_of_a_finished_call_opens_nothing(stage: &mut Stage) {
    let (ten, eleven) = phones(stage).await;
    let stranger = stage.peer("stranger", "10", STRANGER);
    let mut caller = ten.invite_with("11", "abc10").await;
    let mut callee = talk(&mut caller, &eleven).await;
    let bye = callee.hang_up();
    caller.hung_up().await;
    bye.answer(200).await;
    stage.explain_each(&[
        "Somebody has read the whole call in a log: its Route, its tags, phone 11's Contact.",
        "But phone 11 has hung up, and the server knows it: this is inside no call.",
    ]);
    let call = caller.dialog();
    let message = stranger.new_request(Method::Message, &call.remote_target);
    let message = message.dialog(&call.call_id, 9).from(call.local.clone());
    let message = message
        .to(call.remote.clone())
        .route(call.routes[0].clone());
    message
        .body("text/plain", "Call 0900!")
        .send()
        .answer(407)
        .await;
}
