//! A registrar and proxy in a few lines, so that the stage can be tested without a chapter.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use sip_message::Transport;
use sip_server::{Action, Method, Reply, Request, Target, relay, relay_in_dialog};
use sip_stage::{Exchange, Fate, Recorded, Recording, Stage, StageServer, exchange};

/// Who is where; what a server keeps over a restart when a test holds it outside.
pub(crate) type Location = Rc<RefCell<BTreeMap<String, String>>>;

/// Serves with a location table that is forgotten when the server stops.
pub(crate) async fn forgetful(server: StageServer) {
    serve(server, Location::default()).await;
}

/// Serves with a given location table.
pub(crate) async fn serve(server: StageServer, location: Location) {
    let table = location.clone();
    server
        .views
        .offer(move |name| (name == "location").then(|| format!("{:?}", table.borrow())));
    server
        .serve(&async |request: &mut Request| {
            if request.loose_route() {
                return Ok(relay_in_dialog());
            }
            let user = |uri: &str| uri.split(['@', ':']).nth(1).unwrap_or_default().to_owned();
            if *request.method() == Method::Register {
                let aor = request.to().map_or(String::new(), |to| user(to.uri));
                let contact = request.list(sip_message::HeaderName::Contact).next();
                let contact = String::from_utf8_lossy(contact.unwrap_or_default()).into_owned();
                location.borrow_mut().insert(aor, contact.clone());
                return Ok(Action::Reply(Reply::of(200).with("Contact", contact)));
            }
            let callee = user(request.uri_text());
            let Some(contact) = location.borrow().get(&callee).cloned() else {
                return Err(Reply::new(404, "Not Found").because("not registered"));
            };
            request.record_route();
            Ok(relay(vec![Target::new(contact.trim_matches(['<', '>']))]))
        })
        .await;
}

/// Phone 10 calls 11, presses a key, and 11 hangs up.
pub(crate) async fn a_call(stage: &mut Stage) {
    let ten = stage.phone("10", "192.168.1.10");
    let eleven = stage.phone("11", "192.168.1.11");

    stage.explain("Phone 11 says where it is.");
    eleven.register().await;

    stage.explain("Phone 10 calls 11, of which it knows no more than the number.");
    let mut outgoing = ten.invite("11");
    let mut incoming = eleven.incoming_call().await;
    incoming.ring();
    outgoing.ringing().await;
    incoming.answer();
    outgoing.answered().await;
    incoming.acknowledged().await;

    let key = outgoing.press('3', 180);
    let info = incoming.receive_request("INFO").await;
    incoming.reply_to(&info, 200);
    key.answer(200).await;

    let bye = incoming.hang_up();
    outgoing.hung_up().await;
    bye.answer(200).await;
}

/// Losses, a phone on TCP, a server that forgets, a carrier, a busy phone.
pub(crate) async fn a_troubled_call(stage: &mut Stage) {
    let ten = stage.phone("10", "192.168.1.10");
    let eleven = stage.phone("11", "192.168.1.11");
    let carrier = stage.peer("carrier", "4420", "10.0.1.102");
    eleven.set_transport(Transport::Tcp);

    eleven.register().await;
    stage.lose("INVITE");
    let mut outgoing = ten.invite("11");
    let mut incoming = eleven.incoming_call().await;
    stage.wait_seconds(2).await;
    incoming.ring();
    outgoing.ringing().await;
    let cancel = outgoing.cancel();
    incoming.cancelled().await;
    cancel.answer(200).await;
    outgoing.refused(487).await;

    stage.restart_server().await;
    let mut again = carrier.invite("11");
    again.refused(404).await;
}

/// `2ms phone 10: INVITE 11@192.168.1.15`, a line a message.
pub fn lines(recording: &Recording) -> Vec<String> {
    let line = |m: &Recorded| {
        let lost = if m.fate == Fate::Lost { " lost" } else { "" };
        let from = &recording.nodes[m.sender].name;
        format!("{:?} {from}: {}{lost}", m.at, sip_stage::summary(&m.bytes))
    };
    recording.messages().map(line).collect()
}

pub fn play(exchange: &Exchange) -> Vec<String> {
    lines(&Stage::play(exchange, forgetful))
}

pub fn call() -> Recording {
    Stage::play(&exchange!(a_call, "A call"), forgetful)
}

pub fn trouble() -> Recording {
    Stage::play(
        &exchange!(a_troubled_call, "A call <in bad weather>"),
        forgetful,
    )
}

/// Plays an exchange that breaks off with these words.
pub(crate) fn breaks_off(words: &str, exchange: &Exchange) {
    let why = Stage::play(exchange, forgetful).broke_off;
    assert!(
        why.as_ref().is_some_and(|why| why.contains(words)),
        "{why:?}"
    );
}
