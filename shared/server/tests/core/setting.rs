//! What a server under test is made with: time, randomness, names, a script, and its peers.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use sip_message::{Flow, Method};
use sip_server::{
    Action, Clock, Direction, Entropy, Limits, Myself, Observer, OnReply, PrivateTargets, Reply,
    Request, Secret, Settings, Stats, Target, Timers, relay, relay_in_dialog,
};

use super::recorded::{LOOPBACK, Peer, SECOND, SERVER, udp};

/// Milliseconds.
pub(crate) fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Randomness that counts.
#[derive(Default)]
struct Counted(u64);

impl Entropy for Counted {
    fn number(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }
}

/// Keeps the notes.
#[derive(Clone, Default)]
pub(crate) struct Notes(pub(crate) Rc<RefCell<Vec<String>>>);

impl Observer for Notes {
    fn message(&mut self, _: Direction, _: &Flow, _: SystemTime, _: &[u8]) {}

    fn note(&mut self, _: SystemTime, _: SocketAddr, text: fmt::Arguments<'_>) {
        self.0.borrow_mut().push(text.to_string());
    }
}

/// The names of the server under test.
pub(crate) fn myself() -> Myself {
    let listeners =
        [SERVER, SECOND, LOOPBACK, "[2001:db8::1]:5060"].map(|address| address.parse().unwrap());
    let domains = vec!["example.com".to_owned()];
    Myself::new(listeners.to_vec(), domains, Secret(*b"sixteen bytes ok"))
}

/// The time of day when a test begins, in seconds since 1970.
pub(crate) const START: Duration = Duration::from_secs(1_700_000_000);

/// What a server under test is given.
pub(crate) fn settings(limits: Limits, notes: &Notes, stats: &Arc<Stats>) -> Settings {
    Settings {
        myself: myself(),
        clock: Clock::starting_at(SystemTime::UNIX_EPOCH + START),
        entropy: Box::new(Counted::default()),
        observer: Box::new(notes.clone()),
        timers: Timers::default(),
        limits,
        private_targets: PrivateTargets::default(),
        stats: stats.clone(),
        on_reply: OnReply::default(),
    }
}

/// A registrar's view: users and where they are.
pub(crate) type Users = HashMap<&'static str, Vec<Target>>;

/// A script like the first chapter's: in a call the Route decides, else the user's targets.
pub(crate) fn script(users: &Users, request: &mut Request) -> Result<Action, Reply> {
    if let Some(user) = request.other("X-Verified") {
        request.note_verified_user(std::str::from_utf8(user).unwrap());
    }
    request.check_max_forwards(70)?;
    if request.loose_route() {
        return Ok(relay_in_dialog());
    }
    if !request.is_for_us() || request.has_route() {
        return Err(Reply::new(403, "Relaying Denied").because(request.why_not_here()));
    }
    if *request.method() == Method::Ack {
        return Ok(Action::Drop);
    }
    let uri = request.uri().unwrap();
    let Some(user) = uri.sip().and_then(|uri| uri.user) else {
        return match request.method() {
            Method::Options | Method::Register => Ok(Reply::of(200).into()),
            _ => Err(Reply::of(405)),
        };
    };
    if user == "guarded" {
        return Err(challenge(request.method()));
    }
    let targets = users.get(user).cloned().ok_or(Reply::of(404))?;
    request.record_route();
    Ok(relay(targets))
}

/// What a caller without a password gets.
fn challenge(method: &Method) -> Reply {
    match method {
        Method::Register => Reply::of(401).with("WWW-Authenticate", "Digest realm=\"r\""),
        _ => Reply::of(407).with("Proxy-Authenticate", "Digest realm=\"r\""),
    }
}

/// The caller of most tests.
pub(crate) fn caller() -> Peer {
    udp("192.0.2.10:5060")
}

/// The phone of user `b`.
pub(crate) fn callee() -> Peer {
    udp("192.0.2.11:5060")
}

/// The second phone of user `both`.
pub(crate) fn other_callee() -> Peer {
    udp("192.0.2.12:5060")
}
