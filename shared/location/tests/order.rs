//! Call-ID and CSeq: which REGISTER is the later one.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{location, register, rings};

const PHONE: &str = "Contact: <sip:11@192.168.1.11>";
const GONE: &str = "Contact: <sip:11@192.168.1.11>;expires=0";

#[tokio::test]
async fn an_overtaken_register_is_refused_and_changes_nothing() {
    let location = location();
    register(&[PHONE]).cseq(7).save(&location).await.unwrap();
    let overtaken = register(&[GONE]).cseq(6).at(2).answer(&location).await;
    assert_eq!(
        overtaken,
        ["SIP/2.0 500 CSeq Not Higher Than Before", "Retry-After: 30"]
    );
    let star = register(&["Contact: *", "Expires: 0"]).cseq(6).at(2);
    assert!(star.save(&location).await.is_err());
    assert_eq!(rings(&location, 2), ["sip:11@192.168.1.11"]);
}

#[tokio::test]
async fn a_phone_that_restarts_with_its_old_call_id_is_not_locked_out() {
    let location = location();
    register(&[PHONE]).cseq(700).save(&location).await.unwrap();
    let reborn = register(&[PHONE]).cseq(1).at(32).answer(&location).await;
    assert_eq!(
        reborn,
        [
            "SIP/2.0 200 OK",
            "Contact: <sip:11@192.168.1.11>;expires=3600"
        ]
    );
    let next = register(&[PHONE]).cseq(2).at(33).answer(&location).await;
    assert_eq!(next[0], "SIP/2.0 200 OK");
}

#[tokio::test]
async fn another_call_id_needs_no_higher_cseq() {
    let location = location();
    register(&[PHONE]).cseq(7).save(&location).await.unwrap();
    let other = register(&[GONE]).call_id("two").cseq(1);
    assert_eq!(other.answer(&location).await, ["SIP/2.0 200 OK"]);
}

#[tokio::test]
async fn the_same_register_again_is_answered_and_changes_nothing() {
    let location = location();
    let first = register(&[PHONE, "Expires: 100"]);
    first.save(&location).await.unwrap();
    let again = first.clone().at(10).answer(&location).await;
    assert_eq!(again[1], "Contact: <sip:11@192.168.1.11>;expires=90");
    let other = register(&[GONE]).at(10).answer(&location).await;
    assert_eq!(
        other,
        ["SIP/2.0 500 CSeq Not Higher Than Before", "Retry-After: 1"]
    );
}

#[tokio::test]
async fn a_removal_sent_again_is_answered() {
    let location = location();
    register(&[PHONE]).save(&location).await.unwrap();
    for _ in 0..2 {
        let gone = register(&[GONE]).cseq(2).answer(&location).await;
        assert_eq!(gone, ["SIP/2.0 200 OK"]);
    }
}

#[tokio::test]
async fn an_expired_binding_sets_no_order() {
    let location = location();
    let brief = register(&[PHONE, "Expires: 60"]).cseq(7);
    brief.save(&location).await.unwrap();
    let after = register(&[PHONE]).cseq(1).at(60).answer(&location).await;
    assert_eq!(after[0], "SIP/2.0 200 OK");
    assert_eq!(location.counts().bindings, 1);
}

#[tokio::test]
async fn a_clock_set_back_does_not_lock_out() {
    let location = location();
    register(&[PHONE])
        .cseq(7)
        .at(5000)
        .save(&location)
        .await
        .unwrap();
    let next = register(&[PHONE]).cseq(1).at(0).answer(&location).await;
    assert_eq!(next[0], "SIP/2.0 200 OK");
}
