//! The messages of RFC 4475 and RFC 5118 sent to a whole server: a registrar and proxy as in the
//! first chapter, on its driver.

#[path = "../../../message/tests/torture/cases.rs"]
mod cases;

use std::sync::Arc;

use sip_location::Location;
use sip_message::Transport;
use sip_server::{
    Action, Limits, Method, Myself, Reply, Request, Secret, Settings, relay, relay_in_dialog,
};

use self::cases::{RFC4475, RFC5118};
use super::driver::{Line, with_server_of};
use super::harness::{Notes, settings};
use super::recorded::{Peer, Sent, peer};

async fn registrar(location: &Location, request: &mut Request) -> Result<Action, Reply> {
    request.check_max_forwards(70)?;
    if request.loose_route() {
        return Ok(relay_in_dialog());
    }
    if !request.is_for_us() || request.has_route() {
        return Err(Reply::new(403, "Relaying Denied"));
    }
    match request.method() {
        Method::Register => location.save(request).await.map(Action::Reply),
        Method::Ack => Ok(Action::Drop),
        _ if request.has_user() => {
            let targets = location.lookup(request).ok_or(Reply::of(404))?;
            request.record_route();
            Ok(relay(targets))
        }
        Method::Options => Ok(Reply::of(200).into()),
        _ => Err(Reply::of(405)),
    }
}

/// What the server answers to one message, without the copies Timer G might send.
async fn answers(from: Peer, message: &[u8]) -> Vec<Sent> {
    let listeners = ["[2001:db8:5::15]:5060", "192.0.2.15:5060"].map(|l| l.parse().unwrap());
    let domains = vec!["sip.example".to_owned()];
    let myself = Myself::new(listeners.to_vec(), domains, Secret(*b"another 16 bytes"));
    let (notes, stats) = (Notes::default(), Arc::default());
    let settings = Settings {
        myself,
        ..settings(Limits::default(), &notes, &stats)
    };
    let location = Location::new(sip_location::Settings::default(), None);
    let mut sent = Vec::new();
    let script = async |request: &mut Request| registrar(&location, request).await;
    with_server_of(settings, script, async |line: &Line| {
        sent = line.gets(from, message).await;
    })
    .await;
    sent
}

#[tokio::test(start_paused = true)]
async fn every_message_of_both_documents_gets_an_answer_it_may_get() {
    let v4 = peer(Transport::Udp, "192.0.2.15:5060", "192.0.2.99:5070", None);
    let v6 = peer(
        Transport::Udp,
        "[2001:db8:5::15]:5060",
        "[2001:db8::99]:5070",
        None,
    );
    let cases = RFC4475.iter().map(|case| (case, v4));
    for (case, from) in cases.chain(RFC5118.iter().map(|case| (case, v6))) {
        let sent = answers(from, case.bytes).await;
        assert!(
            sent.iter()
                .all(|sent| sent.flow.remote.ip() == from.0.remote.ip()),
            "{}: {sent:?}",
            case.name
        );
        let statuses = sent
            .iter()
            .map(|sent| sent.start()[8..11].parse::<u16>().unwrap());
        let statuses: Vec<u16> = statuses.filter(|status| *status >= 200).collect();
        match case.answers {
            [] => assert_eq!(statuses, [], "{}", case.name),
            allowed => {
                let [status] = statuses[..] else {
                    panic!("{}: {sent:?}", case.name)
                };
                assert!(
                    allowed.contains(&status),
                    "{}: {status} {sent:?}",
                    case.name
                );
            }
        }
    }
}
