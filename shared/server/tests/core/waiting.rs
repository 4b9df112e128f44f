//! Scripts that wait.

use std::future::pending;

use sip_server::{Limits, Reply, Request};

use super::driver::{Line, with_limited_server};
use super::harness::{caller, starts};
use super::messages::request;
use super::recorded::udp;

/// Waits for ever, but for who asks the server itself.
async fn script(request: &mut Request) -> Result<sip_server::Action, Reply> {
    match request.has_user() {
        true => pending().await,
        false => Ok(Reply::of(200).into()),
    }
}

#[tokio::test(start_paused = true)]
async fn scripts_of_one_source_that_wait_leave_room_for_those_of_others() {
    let limits = Limits {
        waiting_scripts: 80,
        ..Limits::default()
    };
    with_limited_server(limits, script, async |line: &Line| {
        let mut waiting = 0;
        for number in 0..80 {
            let branch = format!("z9hG4bK-{number}");
            let text = request(caller(), "MESSAGE", "sip:b@192.0.2.1", &branch);
            let sent = line.gets(caller(), text).await;
            match starts(&sent)[..] {
                [] => waiting += 1,
                [refused] => assert_eq!(refused, "SIP/2.0 503 Service Unavailable"),
                _ => panic!("{sent:?}"),
            }
        }
        assert_eq!(waiting, 35, "half of what is not the reserve");
        let register = request(caller(), "REGISTER", "sip:192.0.2.1", "z9hG4bK-r");
        let sent = line.gets(caller(), register).await;
        assert_eq!(starts(&sent), ["SIP/2.0 200 OK"], "the reserve is there");
        let other = udp("192.0.2.20:5060");
        let text = request(other, "MESSAGE", "sip:b@192.0.2.1", "z9hG4bK-other");
        assert!(line.gets(other, text).await.is_empty(), "it waits, too");
    })
    .await;
}
