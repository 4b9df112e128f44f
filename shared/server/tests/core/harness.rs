//! A server core on a recorded network, at a time of the test's choosing.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, SystemTime};

use sip_message::{Arrival, Flow};
use sip_server::protocol::{Core, Waits};
use sip_server::{
    Clock, Found, Limits, Network, Observer, OnReply, PrivateTargets, Reply, Request, Response,
    Settings, Stats, Target, Ways, look_up, take_apart,
};
use std::time::Instant;

use super::messages::response;
use super::recorded::{Peer, Recorded, Sent};

pub(crate) use super::setting::*;

/// A server core, its network, and the time.
pub(crate) struct Server {
    core: Core,
    ways: Ways,
    observer: Box<dyn Observer>,
    limits: Limits,
    pub(crate) network: Recorded,
    pub(crate) users: Users,
    /// While true, scripts wait for [`Server::decide`].
    pub(crate) holds_scripts: bool,
    held: Vec<Request>,
    began: Instant,
    now: Instant,
    pub(crate) notes: Notes,
    pub(crate) stats: Arc<Stats>,
}

impl Server {
    pub(crate) fn new() -> Self {
        Self::with_limits(Limits::default())
    }

    pub(crate) fn with_limits(limits: Limits) -> Self {
        Self::with(|settings| settings.limits = limits)
    }

    /// A server that does this to every response.
    pub(crate) fn on_reply(judge: impl Fn(&mut Response) -> Result<(), Reply> + 'static) -> Self {
        Self::with(|settings| settings.on_reply = OnReply(Box::new(judge)))
    }

    pub(crate) fn with_private_targets(targets: PrivateTargets) -> Self {
        Self::with(|settings| settings.private_targets = targets)
    }

    fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let (notes, stats, now) = (Notes::default(), Arc::default(), Instant::now());
        let mut settings = settings(Limits::default(), &notes, &stats);
        change(&mut settings);
        let b = Target::new("sip:b@192.0.2.11");
        let c = Target::new("sip:c@192.0.2.12");
        let limits = settings.limits;
        let (core, ways, observer) = take_apart(settings, now);
        Self {
            limits,
            core,
            ways,
            observer,
            network: Recorded::default(),
            users: Users::from([("b", vec![b.clone()]), ("both", vec![b, c])]),
            holds_scripts: false,
            held: Vec::new(),
            began: now,
            now,
            notes,
            stats,
        }
    }

    /// Gives a user other targets.
    pub(crate) fn user(&mut self, user: &'static str, targets: &[&str]) {
        let targets = targets.iter().map(|uri| Target::new(*uri)).collect();
        self.users.insert(user, targets);
    }

    /// A message comes from a peer; what the server sends at once.
    pub(crate) fn gets(&mut self, from: Peer, text: &str) -> Vec<Sent> {
        let arrival = Arrival {
            flow: from.0,
            at: self.time(),
        };
        let bytes = text.as_bytes().to_vec();
        self.core.turn(self.now, arrival.at);
        match self.core.receive(bytes, arrival) {
            Some(request) if self.holds_scripts => {
                if let Some(waits) = Waits::of(&request) {
                    self.core.script_waits(waits);
                }
                self.held.push(*request);
            }
            Some(request) => self.run(request),
            None => {}
        }
        self.fire();
        self.sent()
    }

    /// The time of day.
    fn time(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + START + (self.now - self.began)
    }

    /// The server ends and starts again, with the secret it had.
    pub(crate) fn restarts(&mut self) {
        let mut settings = settings(self.limits, &self.notes, &self.stats);
        settings.clock = Clock::starting_at(self.time());
        (self.core, self.ways, self.observer) = take_apart(settings, self.now);
    }

    fn run(&mut self, mut request: Box<Request>) {
        let decision = script(&self.users, &mut request);
        self.core.send_early();
        let Some(departure) = self.core.decide(request, decision) else {
            return;
        };
        let (hops, account) = (departure.hops(), departure.account());
        let lookups = look_up(hops, account, &self.network);
        assert!(lookups.is_none(), "only the driver looks names up");
        let (found, from) = (Found::default(), departure.came_by());
        let ways = self
            .ways
            .find(hops, &found, from, account, &mut self.network);
        self.core.send(departure, ways);
    }

    /// What is due is done.
    fn fire(&mut self) {
        self.core.turn(self.now, self.time());
        self.core.fire();
        while self.core.is_due(self.now) {
            self.core.fire();
        }
    }

    /// The scripts that wait come to their decision.
    pub(crate) fn decide(&mut self) -> Vec<Sent> {
        self.core.turn(self.now, self.time());
        for request in std::mem::take(&mut self.held) {
            self.run(Box::new(request));
        }
        self.sent()
    }

    /// Which of the waiting requests came from the server itself.
    pub(crate) fn held_spirals(&self) -> Vec<bool> {
        let held = self.held.iter();
        held.map(Request::is_spiral).collect()
    }

    /// How many scripts wait.
    pub(crate) fn waiting(&self) -> usize {
        self.held.len()
    }

    /// A peer answers a request it was sent.
    pub(crate) fn answered(&mut self, to: &Sent, status: u16, tag: &str) -> Vec<Sent> {
        self.gets(Peer(to.flow), &response(to, status, "Reason", tag))
    }

    /// What was sent to a flow did not arrive.
    pub(crate) fn fails(&mut self, flow: Flow) -> Vec<Sent> {
        self.core.turn(self.now, self.time());
        self.core.flows_failed(&[flow]);
        self.sent()
    }

    /// Time passes; what is sent meanwhile, each with its time since the beginning.
    pub(crate) fn timeline(&mut self, time: Duration) -> Vec<(Duration, Sent)> {
        let end = self.now + time;
        let mut timeline = Vec::new();
        while let Some(at) = self.core.next_deadline().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.fire();
            let since = self.now - self.began;
            timeline.extend(self.sent().into_iter().map(|sent| (since, sent)));
        }
        self.now = end;
        timeline
    }

    /// Time passes; what is sent meanwhile.
    pub(crate) fn passes(&mut self, time: Duration) -> Vec<Sent> {
        let timeline = self.timeline(time);
        timeline.into_iter().map(|(_, sent)| sent).collect()
    }

    /// Time passes, and the server does not run until it is over; what is sent then.
    pub(crate) fn stands_still(&mut self, time: Duration) -> Vec<Sent> {
        self.now += time;
        self.fire();
        self.sent()
    }

    /// Time passes; when, in milliseconds since the beginning, that start line was sent.
    pub(crate) fn times_of(&mut self, start: &str, time: Duration) -> Vec<u128> {
        let timeline = self.timeline(time);
        let same = timeline
            .iter()
            .filter(|(_, sent)| sent.start().starts_with(start));
        same.map(|(at, _)| at.as_millis()).collect()
    }

    fn sent(&mut self) -> Vec<Sent> {
        let (out, at) = self.core.outgoing();
        for (from, text) in out.notes() {
            self.observer.note(at, from, format_args!("{text}"));
        }
        self.network.send_all(out);
        std::mem::take(&mut self.network.sent)
    }

    /// Transactions the server holds.
    pub(crate) fn transactions(&mut self) -> u64 {
        self.fire();
        self.stats.transactions.load(Relaxed)
    }

    /// Retransmissions absorbed so far.
    pub(crate) fn retransmissions(&self) -> u64 {
        self.stats.retransmissions.load(Relaxed)
    }

    /// Calls in the table of calls.
    pub(crate) fn calls_going_on(&mut self) -> u64 {
        self.transactions();
        self.stats.calls.load(Relaxed)
    }

    /// An INVITE from the caller to that user comes: the INVITEs that leave.
    pub(crate) fn calls(&mut self, user: &str) -> Vec<Sent> {
        let sent = self.gets(caller(), &super::messages::invite(caller(), user));
        sent.into_iter()
            .filter(|sent| sent.start().starts_with("INVITE"))
            .collect()
    }
}

/// The start lines of what was sent.
pub(crate) fn starts(sent: &[Sent]) -> Vec<&str> {
    sent.iter().map(Sent::start).collect()
}
