//! Messages of whole calls, taken apart and put together wrongly: right credentials under
//! somebody else's From, a right Route in another call, an answer to no question.
//!
//! First, honest phones call through chapter 7's server. Thousands of messages are made from theirs
//! and sent from every address on the stage. Everything that leaves the server is checked against
//! three promises: no credentials for us, no challenge in our name that is not ours, and nothing
//! relayed that a verified user, a carrier or a call of ours did not ask for.

#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

#[path = "../src/route.rs"]
mod route;
mod server;

#[path = "mixed_up/mixer.rs"]
mod mixer;
#[path = "mixed_up/promises.rs"]
mod promises;

use std::cell::{Cell, RefCell};
use std::time::Duration;

use sip_digest::Challenge;
use sip_message::{HeaderName, Method, Packet};
use sip_stage::{Call, Phone, Recording, Stage, exchange};

use mixer::Mixer;

/// Mixed-up messages in one play: with all that they cause, fewer than a stage can record.
const A_PLAY: usize = 1_000;

/// Longer than a message, and what it causes, takes to arrive.
const MOMENT: Duration = Duration::from_millis(4);

thread_local! {
    /// The sender of the next play's messages; none in the first, which the others learn from.
    static MIXER: RefCell<Option<Mixer>> = const { RefCell::new(None) };
    /// Calls that honest phones completed after the mixed-up messages.
    static COMPLETED: Cell<usize> = const { Cell::new(0) };
}

#[test]
fn mixed_up_messages_of_a_call_gain_nothing() {
    play(5_000, 3261);
}

#[test]
#[ignore = "takes minutes: cargo test --release -p step-07 --test mixed_up -- --ignored"]
fn a_million_mixed_up_messages_of_a_call_gain_nothing() {
    play(1_000_000, 4475);
}

fn play(count: usize, seed: u64) {
    let honest = server::play(&exchange!(calls, "Honest phones"));
    let mut mixer = Mixer::new(&honest, seed);
    assert_eq!(promises::check(&honest), 9, "INVITE, ACK, UPDATE and BYE of honest calls");
    let mut relayed = 0;
    for _ in 0..count.div_ceil(A_PLAY) {
        MIXER.set(Some(mixer));
        let recording: Recording = server::play(&exchange!(calls, "Mixed-up messages"));
        mixer = MIXER.take().expect("the play leaves it behind");
        relayed += promises::check(&recording);
    }
    assert_eq!(COMPLETED.take(), count.div_ceil(A_PLAY));
    assert!(relayed > count / 50, "much of it gets through: {relayed} relayed");
}

/// Calls in every direction, then whatever the mixer makes of them, then one more call.
async fn calls(stage: &mut Stage) {
    let [ten, eleven] =
        [("10", "192.168.1.10"), ("11", "192.168.1.11")].map(|(u, a)| stage.phone(u, a));
    let carrier = stage.peer("carrier", "+41215500000", "10.0.1.102");
    let stranger = stage.peer("stranger", "66", "203.0.113.66");
    ten.register_with("abc10").await;
    eleven.register_with("abc11").await;
    inside(&ten, &eleven).await;
    out(&ten, &carrier).await;
    incoming(&carrier, &eleven).await;

    let mixer = MIXER.take();
    if let Some(mut mixer) = mixer {
        mixer.answer_from_now_on([challenge(&ten).await, challenge(&eleven).await]);
        for _ in 0..A_PLAY {
            let (sender, bytes) = mixer.next();
            let peers = [&ten, &eleven, &carrier, &stranger];
            let from = peers[sender % peers.len()];
            from.send_raw(&bytes).unwrap_or_else(|e| panic!("{e}"));
            for peer in peers {
                let heard = peer.listen_for(MOMENT / 4).await;
                answer(peer, heard, &mut mixer);
            }
        }
        MIXER.set(Some(mixer));
        stage.wait_seconds(200).await; // calls under way end, registrations expire
        for peer in [&ten, &eleven, &carrier, &stranger] {
            peer.listen_for(MOMENT).await; // so that no late message counts for the next call
        }
        ten.register_with("abc10").await;
        eleven.register_with("abc11").await;
        inside(&ten, &eleven).await;
        COMPLETED.set(COMPLETED.get() + 1);
    }
}

/// The nonce of a challenge to a call.
async fn challenge(phone: &Phone) -> String {
    let challenge = phone.new_invite("11").call().refused(407).await;
    let value = challenge.raw(HeaderName::ProxyAuthenticate).next().unwrap_or_default();
    let challenge = Challenge::parse(&String::from_utf8_lossy(value));
    challenge.expect("a digest challenge").expect("a whole one").nonce
}

/// A phone answers a request that reached it, rightly or not.
fn answer(peer: &Phone, heard: Vec<Packet>, mixer: &mut Mixer) {
    for packet in heard {
        if let Packet::Request(request) = packet
            && let Some(bytes) = mixer.response_to(&request)
        {
            peer.send_raw(&bytes).unwrap_or_else(|e| panic!("{e}"));
        }
    }
}

/// Ten calls eleven, eleven puts the call on hold, ten hangs up.
async fn inside(ten: &Phone, eleven: &Phone) {
    let mut caller = ten.invite_with("11", "abc10").await;
    let mut callee = talk(&mut caller, eleven).await;
    let hold = callee.new_request(Method::Other("UPDATE".into())).send();
    let update = caller.receive_request("UPDATE").await;
    caller.reply_to(&update, 200);
    hold.answer(200).await;
    let bye = caller.hang_up();
    callee.hung_up().await;
    bye.answer(200).await;
}

/// Ten calls a number behind the carrier, which hangs up.
async fn out(ten: &Phone, carrier: &Phone) {
    let mut caller = ten.invite_with("sip:0041215500000@10.0.1.102", "abc10").await;
    let mut callee = talk(&mut caller, carrier).await;
    let bye = callee.hang_up();
    caller.hung_up().await;
    bye.answer(200).await;
}

/// A call from the carrier, which goes on while the mixed-up messages come.
async fn incoming(carrier: &Phone, eleven: &Phone) {
    let invite = carrier.new_invite("11");
    let invite = invite.from("<sip:+41215500000@carrier.example>;tag=carrier-1");
    let mut caller = invite.call();
    talk(&mut caller, eleven).await;
}

async fn talk(caller: &mut Call, called: &Phone) -> Call {
    let mut callee = called.incoming_call().await;
    callee.ring();
    caller.ringing().await;
    callee.answer();
    caller.answered().await;
    callee.acknowledged().await;
    callee
}
