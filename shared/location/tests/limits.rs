//! Every state has a bound.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{at, register, rings};
use sip_location::{Limits, Location, Settings};

fn small() -> Location {
    let limits = Limits {
        contacts: 2,
        bindings: 3,
    };
    let settings = Settings {
        limits,
        ..Settings::default()
    };
    Location::new(settings, None)
}

fn contact(port: u16) -> String {
    format!("Contact: <sip:11@192.168.1.11:{port}>")
}

#[tokio::test]
async fn one_contact_more_takes_the_place_of_the_one_refreshed_longest_ago() {
    let location = small();
    for (cseq, port) in [(1, 1), (2, 2), (3, 1), (4, 3)] {
        let refresh = register(&[&contact(port)]).cseq(cseq).at(cseq.into());
        refresh.save(&location).await.unwrap();
    }
    let left = ["sip:11@192.168.1.11:3", "sip:11@192.168.1.11:1"];
    assert_eq!(rings(&location, 4), left);
}

#[tokio::test]
async fn an_expired_binding_makes_room_before_a_live_one() {
    let location = small();
    let live = register(&[&contact(1)]);
    live.save(&location).await.unwrap();
    let brief = register(&[&contact(2), "Expires: 60"]).cseq(2).at(1);
    brief.save(&location).await.unwrap();
    let third = register(&[&contact(3)]).cseq(3).at(61);
    third.save(&location).await.unwrap();
    let left = ["sip:11@192.168.1.11:3", "sip:11@192.168.1.11:1"];
    assert_eq!(rings(&location, 61), left);
}

#[tokio::test]
async fn more_contacts_at_once_than_one_may_have_are_refused() {
    let location = small();
    let three = register(&[&contact(1), &contact(2), &contact(3)]);
    let answer = three.answer(&location).await;
    assert_eq!(answer, ["SIP/2.0 403 Too Many Contacts"]);
    let gone: Vec<_> = (1..=5).map(|port| contact(port) + ";expires=0").collect();
    let gone: Vec<_> = gone.iter().map(String::as_str).collect();
    let answer = register(&gone).answer(&location).await;
    assert_eq!(answer, ["SIP/2.0 403 Too Many Contacts"]);
    assert_eq!(location.counts().bindings, 0);
}

#[tokio::test]
async fn a_full_table_takes_no_new_binding_but_refreshes_those_it_has() {
    let location = small();
    for user in ["1", "2", "3"] {
        register(&[&contact(1)])
            .user(user)
            .save(&location)
            .await
            .unwrap();
    }
    let fourth = register(&[&contact(1)]).user("4").answer(&location).await;
    assert_eq!(
        fourth,
        ["SIP/2.0 503 Service Unavailable", "Retry-After: 60"]
    );
    let refresh = register(&[&contact(1)]).user("1").cseq(2);
    assert_eq!(refresh.answer(&location).await[0], "SIP/2.0 200 OK");
}

#[tokio::test]
async fn what_is_longer_than_a_column_is_refused() {
    let location = small();
    let uri = format!("Contact: <sip:{}@h>", "1".repeat(512));
    let answer = register(&[&uri]).answer(&location).await;
    assert_eq!(answer, ["SIP/2.0 400 Contact: longer than 512 bytes"]);
    let call_id = register(&[&contact(1)]).call_id(&"x".repeat(256));
    let answer = call_id.answer(&location).await;
    assert_eq!(answer, ["SIP/2.0 400 Call-ID: longer than 255 bytes"]);
    let agent = format!("User-Agent: {}", "x".repeat(1000));
    register(&[&contact(1), &agent])
        .save(&location)
        .await
        .unwrap();
    assert_eq!(location.bindings("11", at(0))[0].user_agent.len(), 255);
}

#[tokio::test]
async fn purging_gives_the_room_back() {
    let location = small();
    let brief = register(&[&contact(1), "Expires: 60"]);
    brief.save(&location).await.unwrap();
    register(&[&contact(1)])
        .user("12")
        .save(&location)
        .await
        .unwrap();
    let mut purged = 0;
    for _ in 0..64 {
        purged += location.purge_expired(at(60)).await.unwrap();
    }
    assert_eq!(purged, 1);
    let counts = location.counts();
    assert_eq!((counts.users, counts.bindings), (1, 1));
}
