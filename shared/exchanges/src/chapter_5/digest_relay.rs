//! The digest relay: a caller has the server's challenge answered by the phone it has called, and
//! calls at that phone's expense.

use sip_message::{HeaderName, Message, Method, Reply, Request};
use sip_stage::{Call, Phone, Stage};

/// A number that costs its caller money, at a carrier.
const PREMIUM: &str = "sip:1900@10.0.1.102";

/// Answers a request as no phone would.
pub fn send_reply(phone: &Phone, request: &Request, reply: Reply) {
    phone
        .send_raw(&reply.to_bytes(request, "odd"))
        .unwrap_or_else(|e| panic!("{e}"));
}

/// The value of a header field, to be written somewhere else.
pub fn copied(message: &Message, name: HeaderName) -> String {
    String::from_utf8_lossy(message.value(name).unwrap_or_default()).into_owned()
}

/// To becomes From of what phone 11 sends inside the call.
pub async fn a_challenge_is_passed_on_to_the_callee(stage: &mut Stage) {
    relay(stage, "<sip:11@elsewhere.example>", "<sip:11@192.168.1.15>").await;
}

/// From of what phone 11 sends is as it should be, and the challenge is for another name of the
/// server.
pub async fn a_challenge_in_another_of_our_names(stage: &mut Stage) {
    relay(stage, "<sip:11@192.168.1.15>", "<sip:11@[2001:db8::15]>").await;
}

async fn relay(stage: &mut Stage, called_as: &str, asks_as: &str) {
    let (ten, eleven) = (
        stage.phone("10", "192.168.1.10"),
        stage.phone("11", "192.168.1.11"),
    );
    let carrier = stage.peer("carrier", "1900", "10.0.1.102");
    eleven.register_with("abc11").await;
    stage.scene("Phone 10 calls 11 and says that its Contact is the premium number.");
    let mut callee = call_with(&ten, &eleven, called_as).await;
    stage.scene("Phone 11 puts the call on hold.");
    stage.explain_each(&["A re-INVITE to the Contact, by way of phone 10.", ""]);
    let mut hold = callee.new_request(Method::Invite).call();
    let asked = ten.receive("INVITE").await;
    stage.scene("Phone 10 asks the server for a call to that number, as phone 11.");
    let premium = || ten.new_invite(PREMIUM).from(format!("{asks_as};tag=as-11"));
    let challenge = premium().call().refused(407).await;
    stage.scene("It passes the challenge on to phone 11.");
    stage.explain_each(&["The server's challenge, in an answer of phone 10's.", ""]);
    let challenge = Reply::of(407).with(
        "Proxy-Authenticate",
        copied(&challenge, HeaderName::ProxyAuthenticate),
    );
    send_reply(&ten, &asked, challenge);
    let challenge = hold.refused(407).await;
    stage.explain_each(&[
        "",
        "Phone 11 knows that realm, and has a password for it,",
        "",
    ]);
    hold.again(&challenge, "abc11");
    let answered = ten.receive("INVITE").await;
    stage.scene("Phone 10 has an answer of phone 11's, to that method and that URI.");
    stage.explain_each(&[
        "It was made for no other call than this one.",
        "",
        "1900 rings.",
    ]);
    let answer = copied(&answered, HeaderName::ProxyAuthorization);
    let mut call = premium()
        .cseq(2)
        .header("Proxy-Authorization", answer)
        .call();
    carrier.incoming_call().await.refuse(486);
    call.refused(486).await;
}

/// Phone 10 calls 11 with this To, and what 11 sends inside the call comes to phone 10 as a request
/// for the premium number: that is the Contact, and phone 10 is on the way there.
async fn call_with(ten: &Phone, eleven: &Phone, to: &str) -> Call {
    let invite = || {
        let invite = ten.new_invite("11").to(to).contact(format!("<{PREMIUM}>"));
        invite.header("Record-Route", "<sip:192.168.1.10;lr>")
    };
    let challenge = invite().call().refused(407).await;
    let mut caller = invite().cseq(2).answering(&challenge, "abc10").call();
    let mut callee = eleven.incoming_call().await;
    callee.answer();
    let ok = caller.receive(200).await;
    let route = ok.list(HeaderName::RecordRoute).next().unwrap_or_default();
    let ack = ten.new_request(Method::Ack, "sip:11@192.168.1.11:5060");
    let ack = ack
        .dialog(&caller.dialog().call_id, 2)
        .from(&caller.dialog().local);
    let ack = ack
        .to(&caller.dialog().remote)
        .route(String::from_utf8_lossy(route));
    ack.send();
    callee.acknowledged().await;
    callee
}
