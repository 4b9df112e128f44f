//! Requests that the server refuses, and the status of each refusal.

use sip_message::Method;
use sip_stage::Stage;

use crate::cast::{ELEVEN, TEN};

pub async fn nobody_is_registered_under_the_number(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    stage.explain_each(&[
        "Nobody has registered 12.",
        "So the server says in the texts' words.",
        "And the phone confirms.",
    ]);
    ten.invite("12").refused(404).await;
}

pub async fn a_stranger_wants_a_relay(stage: &mut Stage) {
    let stranger = stage.peer("stranger", "10", "192.168.1.66");
    stage.explain_each(&[
        "A Request-URI that is not ours. The listings of the texts relay it for anybody.",
        "We do not.",
    ]);
    stranger.invite("sip:victim@10.0.1.102").refused(403).await;
    stage.explain_each(&[
        "A Request-URI that is ours, and a Route that is not.",
        "The same.",
    ]);
    let preloaded = stranger.new_invite("11").route("<sip:10.0.1.102;lr>");
    preloaded.call().refused(403).await;
}

pub async fn a_made_up_dialog_opens_no_way(stage: &mut Stage) {
    let stranger = stage.peer("stranger", "10", "192.168.1.66");
    stage.explain_each(&[
        "A BYE as if inside a call: a To tag, and a Route to us. Kamailio's loose_route() takes it.",
        "Our Route carries a signature of the call it belongs to. This one has none.",
    ]);
    let bye = stranger.new_request(Method::Bye, "sip:victim@10.0.1.102");
    let bye = bye
        .to("<sip:victim@10.0.1.102>;tag=made-up")
        .route("<sip:192.168.1.15;lr>");
    bye.send().answer(403).await;
}

pub async fn a_contact_on_loopback_is_called_by_nobody(stage: &mut Stage) {
    let (ten, stranger) = (
        stage.phone("10", TEN),
        stage.peer("stranger", "11", "192.168.1.66"),
    );
    stage.explain_each(&[
        "A Contact that is nobody's phone: a database on the server's own machine, over TCP.",
        "The registrar keeps any Contact.",
    ]);
    let register = stranger.new_register();
    register
        .contact("<sip:11@127.0.0.1:6379;transport=tcp>")
        .send()
        .answer(200)
        .await;
    stage.explain_each(&[
        "Phone 10 calls 11.",
        "",
        "Nothing was sent there, so the answer is the same whether a service listens or not.",
    ]);
    ten.invite("11").refused(500).await;
}

pub async fn no_hops_are_left(stage: &mut Stage) {
    let (ten, eleven) = (stage.phone("10", TEN), stage.phone("11", ELEVEN));
    eleven.register().await;
    stage.explain_each(&[
        "Every proxy takes one from Max-Forwards, so that no message travels for ever.",
        "There is none left to take.",
        "",
        "What is for the server itself goes no further, and needs none.",
        "So ask those who want to know whether this very server is there.",
    ]);
    ten.new_invite("11")
        .max_forwards(0)
        .call()
        .refused(483)
        .await;
    let ping = ten.new_request(Method::Options, "sip:192.168.1.15");
    ping.max_forwards(0).send().answer(200).await;
}

pub async fn a_message_is_too_long(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    stage.explain_each(&[
        "A body of 5,000 bytes.",
        "More than this server may accept.",
    ]);
    let message = ten.new_request(Method::Message, "11");
    message
        .body("text/plain", "x".repeat(5_000))
        .send()
        .answer(513)
        .await;
}

pub async fn a_message_cannot_be_read(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    stage.explain_each(&[
        "A Contact whose bracket never closes.",
        "The reason names the fault and the byte, and nothing is stored.",
    ]);
    let register = ten.new_register().contact("<sip:10@192.168.1.10");
    register.send().answer(400).await;
}

pub async fn the_server_itself_reads_no_messages(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    stage.explain_each(&[
        "A MESSAGE for the server, not for a user of it.",
        "405, and Allow lists what may be sent (RFC 3261 §21.4.6).",
    ]);
    let message = ten.new_request(Method::Message, "sip:192.168.1.15");
    message
        .body("text/plain", "Hello?")
        .send()
        .answer(405)
        .await;
}

pub async fn an_ack_of_no_call_goes_nowhere(stage: &mut Stage) {
    let (ten, eleven) = (stage.phone("10", TEN), stage.phone("11", ELEVEN));
    eleven.register().await;
    stage.explain("Phone 10 confirms a call that nobody has made.");
    ten.new_request(Method::Ack, "11").send();
    let heard = eleven.listen_for(std::time::Duration::from_secs(1)).await;
    assert!(heard.is_empty(), "phone 11 heard {heard:?}");
}
