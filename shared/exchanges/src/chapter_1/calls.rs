//! Calls between phones that are registered: how they begin, fork and end.

use sip_stage::{Call, Stage};

use crate::cast::{ELEVEN, TEN};

/// Phone 11 is registered, 10 calls it, and they talk.
async fn connect(stage: &mut Stage) -> (Call, Call) {
    let ten = stage.phone("10", TEN);
    let eleven = stage.phone("11", ELEVEN);
    eleven.register().await;
    stage.explain_each(&[
        "Phone 10 calls a name at the server, not an address.",
        "100 Trying: the proxy has it, phone 10 need not repeat it.",
        "The Request-URI is now phone 11's Contact. A Via on top brings the answers back, a \
         Record-Route the rest of the call.",
        "It rings. The proxy takes its own Via off",
        "and passes the rest on.",
        "Phone 11 answers, with its Contact for the rest of the call.",
        "A 200 to an INVITE passes at once.",
        "The ACK is a request of its own: to phone 11's Contact, by way of Route.",
        "The proxy takes its Route off and passes it on. Now they talk.",
    ]);
    let mut caller = ten.invite("11");
    let mut callee = eleven.incoming_call().await;
    callee.ring();
    caller.ringing().await;
    callee.answer();
    caller.answered().await;
    callee.acknowledged().await;
    (caller, callee)
}

pub async fn a_whole_call(stage: &mut Stage) {
    let (mut caller, mut callee) = connect(stage).await;
    stage.wait_seconds(3).await;
    stage.explain_each(&[
        "Phone 10 hangs up. BYE goes the way of the ACK",
        "because Record-Route kept the proxy on the path.",
        "Phone 11 confirms.",
        "The call is over.",
    ]);
    let bye = caller.hang_up();
    callee.hung_up().await;
    bye.answer(200).await;
}

pub async fn a_digit_is_pressed_during_a_call(stage: &mut Stage) {
    let (mut caller, mut callee) = connect(stage).await;
    stage.wait_seconds(1).await;
    stage.explain_each(&[
        "Phone 10 presses 3 for 180 milliseconds: INFO carries it (RFC 6086).",
        "The body passes byte for byte.",
    ]);
    let info = caller.press('3', 180);
    let pressed = callee.receive_request("INFO").await;
    callee.reply_to(&pressed, 200);
    info.answer(200).await;
    stage.explain("This time the callee hangs up: the same path from the other end.");
    let bye = callee.hang_up();
    caller.hung_up().await;
    bye.answer(200).await;
}

pub async fn two_phones_on_one_number_ring_together(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    let desk = stage.phone("11", ELEVEN);
    let kitchen = stage.phone("11", "192.168.1.12");
    desk.register().await;
    kitchen.register().await;
    stage.explain_each(&[
        "Phone 10 calls 11, where two phones are.",
        "One 100 for both.",
        "The request forks: a branch to each phone,",
        "with half of Max-Breadth, so that forks cannot multiply without end (RFC 5393).",
    ]);
    let mut caller = ten.invite("11");
    let mut at_desk = desk.incoming_call().await;
    let mut in_kitchen = kitchen.incoming_call().await;
    at_desk.ring();
    caller.ringing().await;
    in_kitchen.ring();
    caller.ringing().await;
    stage.explain_each(&[
        "The kitchen answers.",
        "Its 200 passes to phone 10,",
        "and the desk phone stops ringing.",
    ]);
    in_kitchen.answer();
    let stops = at_desk.cancelled();
    caller.answered().await;
    in_kitchen.acknowledged().await;
    stops.await;
    let bye = caller.hang_up();
    in_kitchen.hung_up().await;
    bye.answer(200).await;
}

/// Phone 11 rings and waits to be answered.
async fn ring(stage: &mut Stage) -> (Call, Call) {
    let ten = stage.phone("10", TEN);
    let eleven = stage.phone("11", ELEVEN);
    eleven.register().await;
    let mut caller = ten.invite("11");
    let mut callee = eleven.incoming_call().await;
    callee.ring();
    caller.ringing().await;
    (caller, callee)
}

pub async fn the_caller_gives_up(stage: &mut Stage) {
    let (mut caller, mut callee) = ring(stage).await;
    stage.wait_seconds(5).await;
    stage.explain_each(&[
        "Phone 10 gives up: CANCEL has the branch of the INVITE it ends.",
        "The proxy answers the CANCEL itself,",
        "and cancels its own branch.",
    ]);
    let cancel = caller.cancel();
    callee.cancelled().await;
    cancel.answer(200).await;
    caller.refused(487).await;
}

pub async fn the_callee_is_busy(stage: &mut Stage) {
    let (mut caller, mut callee) = ring(stage).await;
    stage.explain_each(&[
        "Phone 11 declines.",
        "The proxy confirms the refusal to phone 11 by itself: hop by hop,",
        "and passes it to phone 10,",
        "which confirms it to the proxy, where that ACK ends.",
    ]);
    callee.refuse(486);
    callee.acknowledged().await;
    caller.refused(486).await;
}
