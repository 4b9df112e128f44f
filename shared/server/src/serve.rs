//! The driver: one task that hands the core what came in, runs the script for each new request,
//! finds ways, keeps time, and passes on what leaves.

mod alarm;
mod waiting;

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use sip_message::{Arrival, Reply};
use tokio::time::Instant;

use crate::account::Rank;
use crate::action::Action;
use crate::network::{Direction, Event, Network, Observer};
use crate::protocol::{Core, Departure, Setup, Waits};
use crate::request::Request;
use crate::settings::{Clock, Settings};
use crate::shares::Shares;
use crate::way::{Found, Ways, look_up};
use alarm::Alarm;
use waiting::{Done, Waiting, patiently};

/// How long requests under way may take to finish once the server is to stop.
const GRACE: Duration = Duration::from_secs(2);

/// Serves until `stop` is done, then lets what is under way finish for a moment.
///
/// `script` decides what becomes of each new request. Retransmissions, ACKs to refusals,
/// CANCELs and responses never reach it (RFC 3261 §17), but a request it has challenged and an
/// OPTIONS, which leave nothing behind, do when they come again (§8.2.7). What it answers to an
/// ACK is dropped.
pub async fn serve<N: Network>(
    network: &mut N,
    script: &impl AsyncFn(&mut Request) -> Result<Action, Reply>,
    settings: Settings,
    stop: impl Future<Output = ()>,
) {
    let mut driver = Driver::new(network, script, settings);
    let mut waiting: FuturesUnordered<Waiting<'_>> = FuturesUnordered::new();
    let mut alarm = Alarm::new();
    let mut events = Vec::new();
    let mut done_waiting = Vec::new();
    let mut stop = pin!(stop);
    let mut stopping: Option<Instant> = None;

    loop {
        let deadline = driver.core.next_deadline().map(Instant::from_std);
        alarm.set(deadline.into_iter().chain(stopping).min());
        std::future::poll_fn(|context| {
            let mut is_ready = driver.network.poll_events(context, &mut events).is_ready();
            while let Poll::Ready(Some(done)) = waiting.poll_next_unpin(context) {
                done_waiting.push(done);
                is_ready = true;
            }
            // What is due is done at every turn: the alarm only ends a wait.
            is_ready = is_ready || alarm.poll(context).is_ready();
            if stopping.is_none() && stop.as_mut().poll(context).is_ready() {
                stopping = Some(Instant::now() + GRACE);
                is_ready = true;
            }
            if is_ready {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;

        driver.now = Instant::now();
        for done in done_waiting.drain(..) {
            driver.begin_turn();
            waiting.extend(driver.go_on(done));
        }
        let mut failed = Vec::new();
        for event in events.drain(..) {
            match event {
                Event::Message { bytes, arrival } => {
                    waiting.extend(driver.receive(bytes, arrival, stopping.is_some()));
                }
                Event::Failed { flow } => failed.push(flow),
            }
        }
        if !failed.is_empty() {
            driver.begin_turn();
            driver.core.flows_failed(&failed);
            driver.leave();
        }
        driver.fire();
        if stopping.is_some_and(|deadline| waiting.is_empty() || driver.now >= deadline) {
            return;
        }
    }
}

/// The core, and what it works with but does not know of.
struct Driver<'a, N, S> {
    core: Core,
    network: &'a mut N,
    script: &'a S,
    ways: Ways,
    observer: Box<dyn Observer>,
    clock: Clock,
    /// Scripts and look-ups that may wait.
    places: Shares,
    now: Instant,
}

impl<'a, N, S> Driver<'a, N, S>
where
    N: Network,
    S: AsyncFn(&mut Request) -> Result<Action, Reply>,
{
    fn new(network: &'a mut N, script: &'a S, settings: Settings) -> Self {
        let now = Instant::now();
        let clock = settings.clock;
        let places = Shares::new(settings.limits.waiting_scripts);
        let (core, ways, observer) = take_apart(settings, now.into_std());
        Self {
            core,
            network,
            script,
            ways,
            observer,
            clock,
            places,
            now,
        }
    }

    /// What follows happens now, and not when a message came.
    fn begin_turn(&mut self) {
        self.core.turn(self.now.into_std(), self.clock.now());
    }

    /// Takes one message. A request that is new goes to the script, unless too many wait.
    fn receive(
        &mut self,
        bytes: Vec<u8>,
        arrival: Arrival,
        is_stopping: bool,
    ) -> Option<Waiting<'a>> {
        let Arrival { flow, at } = arrival;
        self.observer.message(Direction::In, &flow, at, &bytes);
        self.core.turn(self.now.into_std(), at);
        let mut waiting = None;
        if let Some(request) = self.core.receive(bytes, arrival) {
            let rank = Rank::of(request.method());
            if is_stopping || !self.places.has_room(request.account(), 1, rank) {
                let busy = Err(Reply::of(503).with("Retry-After", "5"));
                self.observer.decided(at, &request, &busy);
                self.core.decide(request, busy);
            } else {
                waiting = self.run_script(request);
            }
        }
        self.leave();
        waiting
    }

    /// Runs the script; most decide at once and never wait.
    fn run_script(&mut self, mut request: Box<Request>) -> Option<Waiting<'a>> {
        let account = request.account();
        let waits = Waits::of(&request);
        let (script, now) = (self.script, self.now);
        let mut run = Box::pin(async move {
            let decision = patiently(script(&mut request), now).await;
            Done::Decided(request, decision)
        });
        match run.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(done) => self.go_on(done),
            Poll::Pending => {
                if let Some(waits) = waits {
                    self.core.script_waits(waits);
                }
                Some(Waiting::new(run, self.places.hold(account, 1)))
            }
        }
    }

    /// Goes on after a wait: carries out a decision, or relays once the names are found.
    fn go_on(&mut self, done: Done) -> Option<Waiting<'a>> {
        match done {
            Done::Decided(request, decision) => {
                self.core.send_early();
                self.leave();
                let (_, at) = self.core.outgoing();
                self.observer.decided(at, &request, &decision);
                let departure = self.core.decide(request, decision)?;
                let names = look_up(departure.hops(), departure.account(), self.network);
                if let Some(names) = names {
                    return Some(self.wait_for_names(departure, names));
                }
                self.depart(departure, &Found::default());
            }
            Done::Found(departure, found) => self.depart(departure, &found),
        }
        self.leave();
        None
    }

    fn wait_for_names(
        &mut self,
        departure: Departure,
        names: impl Future<Output = Found> + 'a,
    ) -> Waiting<'a> {
        if let Some(waits) = departure.waits() {
            self.core.script_waits(waits);
        }
        let place = self.places.hold(departure.account(), 1);
        let run = Box::pin(async move {
            let found = names.await;
            Done::Found(departure, found)
        });
        Waiting::new(run, place)
    }

    fn depart(&mut self, departure: Departure, found: &Found) {
        let (hops, from) = (departure.hops(), departure.came_by());
        let account = departure.account();
        let ways = self.ways.find(hops, found, from, account, self.network);
        self.core.send(departure, ways);
    }

    /// Does what has become due.
    fn fire(&mut self) {
        let now = self.now.into_std();
        while self.core.is_due(now) {
            self.begin_turn();
            self.core.fire();
            self.leave();
        }
        self.core.fire();
        self.leave();
    }

    /// Hands over what leaves: to the observer, then to the network.
    fn leave(&mut self) {
        let (out, at) = self.core.outgoing();
        if out.is_empty() {
            return;
        }
        for (from, text) in out.notes() {
            self.observer.note(at, from, format_args!("{text}"));
        }
        for (flow, bytes) in out.messages() {
            self.observer.message(Direction::Out, flow, at, bytes);
        }
        self.network.send_all(out);
        out.clear();
    }
}

/// The core of a server that starts at this moment, the ways it takes, and the observer: the three
/// that a driver joins.
pub fn take_apart(settings: Settings, now: std::time::Instant) -> (Core, Ways, Box<dyn Observer>) {
    let Settings {
        myself,
        clock,
        entropy,
        observer,
        timers,
        limits,
        private_targets,
        stats,
        on_reply,
    } = settings;
    let ways = Ways::new(myself.clone(), private_targets);
    let core = Core::new(Setup {
        myself,
        now,
        time: clock.now(),
        entropy,
        timers,
        limits,
        stats,
        on_reply,
    });
    (core, ways, observer)
}
