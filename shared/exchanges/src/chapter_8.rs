//! What phones do with chapter 8's server.

use sip_digest::Algorithm;
use sip_message::HeaderName;
use sip_stage::{Asked, Draft, Login, Phone, Stage, exchanges};

use crate::cast::{ELEVEN, STRANGER, TEN, phones, talk};

exchanges! {
    test_chapter_8;
    md5_alone_is_what_it_was: "Without --algorithms nothing changes",
    a_phone_answers_the_first_challenge_it_knows with ["--algorithms", "sha-256,md5"]:
        "Two challenges, one nonce",
    an_old_phone_answers_the_second with ["--algorithms", "sha-256,md5"]:
        "MD5 is still offered, and still counts",
    a_phone_answers_both with ["--algorithms", "sha-256,md5"]:
        "Two answers are one guess",
    a_wrong_pair_of_answers_is_one_guess with ["--algorithms", "sha-256,md5"]:
        "And a second answer for one algorithm is none",
    sha_256_alone_refuses_md5 with ["--algorithms", "sha-256"]:
        "The algorithm was not offered",
    a_user_with_md5_alone_registers with
        ["--algorithms", "sha-256,md5", "--domain", "example.com"]:
        "A row that Kamailio wrote has no other hash",
    an_unknown_user_is_offered_the_same with ["--algorithms", "sha-256,md5"]:
        "Nobody learns who has which hash",
    a_moved_user_answers_again: "stale=true: the phone asks nobody",
    a_moved_user_calls: "The same for calls, with 407",
    strangers_see_no_difference: "Who was moved is shown to its own phone alone",
    both_answers_stay_here with ["--algorithms", "sha-256,md5"]:
        "consume_credentials takes both, where Kamailio's takes one",
    a_man_in_the_middle_strips_the_stronger_challenge with ["--algorithms", "sha-256,md5"]:
        "Why chapter 9 is needed",
}

const LOGIN_10: Login<'static> = Login {
    username: "10",
    password: "abc10",
    realm: None,
};

/// What an administrator does with `sipctl offer 10 sha-256`. In a check the user has another name
/// that ends in 10.
const MOVE_10: &str = "INSERT INTO subscriber_digest (username, domain, ha1, offer)
SELECT username, domain, ha1, 'sha-256' FROM subscriber WHERE username LIKE '%10' AND domain = ''
ON CONFLICT DO UPDATE SET offer = excluded.offer";

/// Another program's row knows MD5 alone.
const MD5_ALONE: &str = "DELETE FROM subscriber_digest WHERE domain <> ''";

/// The answer to the challenge of one algorithm alone, as a phone that knows no other.
fn answering(draft: Draft, each: &[Asked], algorithm: Algorithm, login: Login<'_>) -> Draft {
    let is_its = |asked: &&Asked| asked.algorithm() == algorithm;
    let asked = each.iter().find(is_its);
    let asked = asked.unwrap_or_else(|| panic!("{algorithm:?} was not offered"));
    draft.answering_one(asked, login)
}

/// The challenges for phone 10's REGISTER.
async fn challenged(phone: &Phone) -> Vec<Asked> {
    Asked::each(&phone.new_register().send().answer(401).await)
}

async fn md5_alone_is_what_it_was(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    stage.explain_each(&["", "One challenge, which names no algorithm: MD5.", "", ""]);
    ten.register_with("abc10").await;
}

async fn a_phone_answers_the_first_challenge_it_knows(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    stage.explain_each(&[
        "",
        "Two challenges of one realm, with one nonce. The upper one is preferred.",
        "A hash of SHA-256 has 64 hex digits. The phone answers one challenge, the first it knows.",
        "",
    ]);
    ten.register_with("abc10").await;
    stage.explain_each(&["A call is asked in the same way.", "", "", "", ""]);
    ten.invite_with("12", "abc10").await.refused(404).await;
}

async fn an_old_phone_answers_the_second(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    stage.explain_each(&[
        "",
        "",
        "This phone knows MD5 alone, and passes over the upper challenge.",
        "",
    ]);
    let each = challenged(&ten).await;
    let register = answering(ten.new_register(), &each, Algorithm::Md5, LOGIN_10);
    register.send().answer(200).await;
}

async fn a_phone_answers_both(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    stage.explain_each(&[
        "",
        "",
        "Some phones answer each challenge, with a header field of its own.",
        "The stronger answer is checked first, wherever it is.",
    ]);
    let each = challenged(&ten).await;
    let md5 = answering(ten.new_register(), &each, Algorithm::Md5, LOGIN_10);
    let both = answering(md5, &each, Algorithm::Sha256, LOGIN_10);
    both.send().answer(200).await;
}

async fn a_wrong_pair_of_answers_is_one_guess(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    let guess = |password| Login {
        password,
        ..LOGIN_10
    };
    stage.explain("Two wrong answers, and one guess: nothing is offered that was not tried.");
    let each = challenged(&ten).await;
    let md5 = answering(ten.new_register(), &each, Algorithm::Md5, guess("guess-1"));
    let both = answering(md5, &each, Algorithm::Sha256, guess("guess-2"));
    let refused = both.send().answer(401).await;
    stage.explain_each(&[
        "Three answers of SHA-256, and the right one is the last.",
        "Only the first counts: otherwise one request could try many passwords.",
    ]);
    let each = Asked::each(&refused);
    let three = ["guess-3", "guess-4", "abc10"].into_iter();
    let three = three.fold(ten.new_register(), |draft, password| {
        answering(draft, &each, Algorithm::Sha256, guess(password))
    });
    three.send().answer(401).await;
}

async fn sha_256_alone_refuses_md5(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    stage.explain_each(&[
        "",
        "",
        "The phone hashes with MD5 all the same, and says so.",
        "The password is right. But an answer that anybody may crack is not asked for.",
    ]);
    let each = challenged(&ten).await;
    let asked = each[0].clone().with_algorithm(Algorithm::Md5);
    let register = ten.new_register().answering_one(&asked, LOGIN_10);
    let again = register.send().answer(401).await;
    stage.explain("With SHA-256 it is let in.");
    let register = ten.new_register().answering(&again, "abc10");
    register.send().answer(200).await;
}

async fn a_user_with_md5_alone_registers(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    stage.wait_seconds(1).await; // the server starts
    stage.show(MD5_ALONE);
    let register = || {
        let register = ten.new_register().uri("sip:example.com");
        register
            .to("<sip:10@example.com>")
            .from("<sip:10@example.com>;tag=ten")
    };
    stage.explain_each(&[
        "",
        "",
        "The phone answers with SHA-256,",
        "and the server has nothing to check that with. It does not say so: MD5 comes next, for every user.",
        "The answer of MD5 is right.",
        "",
    ]);
    let challenge = register().send().answer(401).await;
    let register_again = register().answering(&challenge, "abc10");
    let weaker = register_again.send().answer(401).await;
    register()
        .answering(&weaker, "abc10")
        .send()
        .answer(200)
        .await;
    stage.explain_each(&[
        "From now on this phone is offered what its user can answer.",
        "",
    ]);
    stage.wait_seconds(400).await;
    register().send().answer(401).await;
}

async fn an_unknown_user_is_offered_the_same(stage: &mut Stage) {
    let (ten, stranger) = (stage.phone("10", TEN), stage.phone("99", STRANGER));
    stage.explain("There is a user 10, with both hashes, and this is not its password.");
    let challenge = ten.new_register().send().answer(401).await;
    let register = ten.new_register().answering(&challenge, "guess");
    register.send().answer(401).await;
    stage.explain("User 99 does not exist, and the answers are the same.");
    let challenge = stranger.new_register().send().answer(401).await;
    let register = stranger.new_register().answering(&challenge, "guess");
    register.send().answer(401).await;
}

async fn a_moved_user_answers_again(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    stage.wait_seconds(1).await; // the server starts
    stage.show(MOVE_10);
    stage.explain_each(&[
        "The server does not know yet who asks, and offers what it offers all.",
        "",
        "A right answer. Only now the server knows that this is user 10, who was moved.",
        "The password was right, stale=true says. So the phone asks nobody and answers again.",
        "",
        "",
    ]);
    let challenge = ten.new_register().send().answer(401).await;
    let register = ten.new_register().answering(&challenge, "abc10");
    let stronger = register.send().answer(401).await;
    let register = ten.new_register().answering(&stronger, "abc10");
    register.send().answer(200).await;
    stage.wait_seconds(400).await;
    stage.explain_each(&["At this address it is known now:", "SHA-256 at once."]);
    ten.new_register().send().answer(401).await;
}

async fn a_moved_user_calls(stage: &mut Stage) {
    let (ten, eleven) = phones(stage).await;
    stage.show(MOVE_10);
    stage.explain_each(&["", "", "", "MD5, and right.", "", "", "Now with SHA-256."]);
    let mut challenge = ten.invite("11").refused(407).await;
    let invite = ten.new_invite("11").cseq(2).answering(&challenge, "abc10");
    challenge = invite.call().refused(407).await;
    let invite = ten.new_invite("11").cseq(3).answering(&challenge, "abc10");
    let mut caller = invite.call();
    let mut callee = talk(&mut caller, &eleven).await;
    let bye = callee.hang_up();
    caller.hung_up().await;
    bye.answer(200).await;
}

async fn strangers_see_no_difference(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    let stranger = stage.phone("10", STRANGER);
    stage.wait_seconds(1).await; // the server starts
    stage.show(MOVE_10);
    stage.scene("Phone 10 registers.");
    let challenge = ten.new_register().send().answer(401).await;
    let register = ten.new_register().answering(&challenge, "abc10");
    let stronger = register.send().answer(401).await;
    let register = ten.new_register().answering(&stronger, "abc10");
    register.send().answer(200).await;
    stage.scene("Somebody elsewhere asks for the same name.");
    stage.explain_each(&[
        "",
        "What all are offered. Whether there is a user 10, it does not show.",
    ]);
    let challenge = stranger.new_register().send().answer(401).await;
    stage.explain("A wrong answer changes nothing.");
    let register = stranger.new_register().answering(&challenge, "guess");
    register.send().answer(401).await;
}

async fn both_answers_stay_here(stage: &mut Stage) {
    let (ten, eleven) = (stage.phone("10", TEN), stage.phone("11", ELEVEN));
    eleven.register_with("abc11").await;
    let each = Asked::each(&ten.invite("11").refused(407).await);
    stage.explain_each(&[
        "Both challenges are answered.",
        "Neither answer leaves.",
        "",
        "",
    ]);
    let md5 = answering(
        ten.new_invite("11").cseq(2),
        &each,
        Algorithm::Md5,
        LOGIN_10,
    );
    let caller = answering(md5, &each, Algorithm::Sha256, LOGIN_10).call();
    let mut callee = eleven.incoming_call().await;
    let left = callee.invite().value(HeaderName::ProxyAuthorization);
    assert!(left.is_none(), "an answer has left");
    callee.refuse(486);
    let mut caller = caller;
    caller.refused(486).await;
}

async fn a_man_in_the_middle_strips_the_stronger_challenge(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    stage.scene("On the way to the phone somebody takes the upper challenge out.");
    stage.explain_each(&[
        "",
        "The phone gets this without its SHA-256.",
        "It has MD5 alone to answer. The server cannot see that the phone was not asked for more.",
        "",
    ]);
    let each = challenged(&ten).await;
    let register = answering(ten.new_register(), &each, Algorithm::Md5, LOGIN_10);
    register.send().answer(200).await;
    stage.show(MOVE_10);
    stage.wait_seconds(400).await;
    stage.scene("The same when the user was moved to SHA-256.");
    stage.explain_each(&[
        "",
        "",
        "The server refuses the answer.",
        "But it has travelled, and he who listens has it to guess at.",
    ]);
    let each = challenged(&ten).await;
    let register = answering(ten.new_register(), &each, Algorithm::Md5, LOGIN_10);
    register.send().answer(401).await;
}
