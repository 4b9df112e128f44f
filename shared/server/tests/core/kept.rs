//! Which connections a binding or a call needs, and how long.

use std::time::Duration;

use sip_server::Reply;

use super::driver::{Line, with_server};
use super::harness::Server;
use super::messages::{invite, request, response};
use super::recorded::{Peer, tcp};

#[tokio::test(start_paused = true)]
async fn the_connection_a_phone_has_registered_over_is_kept_until_its_last_binding_ends() {
    let script = async |_: &mut sip_server::Request| {
        Ok(Reply::of(200)
            .with("Contact", "<sip:a@192.0.2.10>;expires=60")
            .with("Contact", "\"A\" <sip:a@192.0.2.12>;q=0.5;expires=1800")
            .into())
    };
    with_server(script, async |line: &Line| {
        for (method, connection) in [("REGISTER", 7), ("OPTIONS", 8)] {
            let phone = tcp("192.0.2.10:40000", connection);
            let text = request(phone, method, "sip:192.0.2.1", "z9hG4bK-r");
            line.gets(phone, text).await;
        }
        let kept = line.recorded.borrow().kept.clone();
        assert_eq!(kept, [(7, Duration::from_secs(1800))].into());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_register_that_is_refused_keeps_no_connection() {
    let script = async |_: &mut sip_server::Request| {
        Err(Reply::of(401).with("Contact", "<sip:a@192.0.2.10>;expires=60"))
    };
    with_server(script, async |line: &Line| {
        let phone = tcp("192.0.2.10:40000", 7);
        line.gets(
            phone,
            request(phone, "REGISTER", "sip:192.0.2.1", "z9hG4bK-r"),
        )
        .await;
        assert!(line.recorded.borrow().kept.is_empty());
    })
    .await;
}

#[test]
fn a_call_that_is_answered_keeps_the_connections_of_both_sides() {
    let mut server = Server::new();
    server.user("b", &["sip:b@192.0.2.11:5070;transport=tcp"]);
    let phone = tcp("192.0.2.10:40000", 7);
    let sent = server.gets(phone, &invite(phone, "b"));
    let to_b = Peer(sent[1].flow);
    server.gets(to_b, &response(&sent[1], 180, "Ringing", "t"));
    assert!(server.network.kept.is_empty(), "nobody has answered");
    server.gets(to_b, &response(&sent[1], 200, "OK", "t"));
    let hours = Duration::from_secs(2 * 60 * 60);
    assert_eq!(server.network.kept, [(7, hours), (5070, hours)].into());
}
