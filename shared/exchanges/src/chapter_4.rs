//! What phones do with chapter 4's server.

use sip_message::Response;
use sip_stage::{Draft, Phone, Stage, exchanges};

use crate::cast::TEN;

exchanges! {
    test_chapter_4;
    a_password_registers_its_own_number: "The phone whose password it is",
    a_password_does_not_register_another_number: "Credentials of 10, To of 11: refused",
    an_answer_with_another_contact_is_too_late: "What check_to does not stop, the count does",
    an_answer_for_another_uri_is_refused: "An answer is good for the place it was made for",
}

/// The attacker of the paper's section 4.2.5, who knows 10's password or has heard its answer.
const ATTACKER: &str = "192.168.1.66";

async fn a_password_registers_its_own_number(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    ten.register_with("abc10").await;
}

/// A REGISTER of the attacker with 10's credentials.
fn attack(attacker: &Phone, challenge: &Response) -> Draft {
    attacker
        .new_register()
        .answering_as(challenge, "10", "abc10")
}

async fn a_password_does_not_register_another_number(stage: &mut Stage) {
    let attacker = stage.peer("attacker", "10", ATTACKER);
    let eleven = "<sip:11@192.168.1.15>";
    let challenge = attacker.new_register().to(eleven).send().answer(401).await;
    stage.explain_each(&[
        "The credentials are 10's and right. To says 11. At chapter 3's server this succeeds.",
        "Here it is refused, with a challenge for a phone that has 11's password.",
    ]);
    attack(&attacker, &challenge)
        .to(eleven)
        .send()
        .answer(401)
        .await;
    stage.explain_each(&["Phone 10 calls 11:", "nothing was saved."]);
    stage.phone("10", TEN).invite("11").refused(404).await;
}

async fn an_answer_with_another_contact_is_too_late(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    let challenge = ten.new_register().send().answer(401).await;
    let answered = ten.new_register().answering(&challenge, "abc10");
    let copy = answered.clone();
    stage.explain("This answer is heard by somebody.");
    answered.send().answer(200).await;
    stage.explain_each(&[
        "The same answer with a Contact of the attacker's: digest covers no header field but its own.",
        "The answer was used: its nonce count must be higher each time.",
    ]);
    let stolen = copy.contact("<sip:10@192.168.1.66>").cseq(200);
    stolen.send().answer(401).await;
}

async fn an_answer_for_another_uri_is_refused(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    let challenge = ten.new_register().send().answer(401).await;
    stage.explain_each(&[
        "An answer made for a REGISTER to another server, which shares the password.",
        "The uri that was hashed is not the one of the request.",
    ]);
    let elsewhere = ten
        .new_register()
        .uri("sip:10.0.1.102")
        .answering(&challenge, "abc10");
    elsewhere.uri("sip:192.168.1.15").send().answer(401).await;
}
