//! The driver: one task that hands the core what came in, runs the script for what is new, and
//! keeps time.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::{OptionFuture, join_all};
use futures_util::stream::FuturesUnordered;
use sip_message::Reply;
use tokio::time::{Instant, Sleep, sleep_until, timeout_at};

use crate::action::Action;
use crate::core::{Core, Hop, Next, Received, Waits};
use crate::network::{Event, Network};
use crate::request::Request;
use crate::settings::Settings;
use crate::shares::{Share, Shares};

/// How long requests under way may take to finish once the server is told to stop.
const GRACE: Duration = Duration::from_secs(2);

/// How long a script may wait: after 64*T1 the client has given up (RFC 3261 §17.1).
const PATIENCE: Duration = Duration::from_secs(32);

/// Addresses of one name that are tried for a way there.
const MOST_ADDRESSES: usize = 16;

/// A script or a look-up under way.
type Run<'a> = Pin<Box<dyn Future<Output = Step> + 'a>>;

/// One that waits, and the place it has among them.
struct Waiting<'a> {
    run: Run<'a>,
    _place: Share,
}

impl Future for Waiting<'_> {
    type Output = Step;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Step> {
        self.run.as_mut().poll(context)
    }
}

/// What a wait ended with.
enum Step {
    /// The script has decided.
    Decided(Option<u64>, Request, Result<Action, Reply>),
    /// The names of the hops are looked up.
    Resolved(Option<u64>, Request, Vec<Hop>),
}

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
    let places = Shares::new(settings.limits.waiting_scripts);
    let mut core = Core::new(settings);
    let mut waiting: FuturesUnordered<Waiting<'_>> = FuturesUnordered::new();
    let mut alarm = Alarm::new();
    let mut events = Vec::new();
    let mut steps = Vec::new();
    let mut stop = pin!(stop);
    let mut stopping: Option<Instant> = None;

    loop {
        alarm.set(core.next_deadline().into_iter().chain(stopping).min());
        std::future::poll_fn(|context| {
            let mut is_ready = network.poll_events(context, &mut events).is_ready();
            while let Poll::Ready(Some(step)) = waiting.poll_next_unpin(context) {
                steps.push(step);
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

        let now = Instant::now();
        let mut failed = Vec::new();
        for step in steps.drain(..) {
            waiting.extend(take_step(&mut core, step, &places, now, network));
        }
        for event in events.drain(..) {
            match event {
                Event::Message { bytes, arrival } => {
                    let received = core.receive(bytes, arrival, now, network);
                    let Some(received) = received else { continue };
                    let (account, rank) = (received.request.account(), received.rank());
                    if stopping.is_some() || !places.has_room(account, 1, rank) {
                        let busy = Err(Reply::of(503).with("Retry-After", "5"));
                        core.decided(received.key, received.request, busy, now, network);
                        continue;
                    }
                    waiting.extend(run_script(
                        &mut core, script, received, &places, now, network,
                    ));
                }
                Event::Failed { flow } => failed.push(flow),
            }
        }
        if !failed.is_empty() {
            core.flows_failed(&failed, now, network);
        }
        core.fire(now, network);
        if stopping.is_some_and(|deadline| waiting.is_empty() || now >= deadline) {
            return;
        }
    }
}

/// Runs the script; most decide at once and never wait.
fn run_script<'a>(
    core: &mut Core,
    script: &'a impl AsyncFn(&mut Request) -> Result<Action, Reply>,
    received: Received,
    places: &Shares,
    now: Instant,
    network: &mut dyn Network,
) -> Option<Waiting<'a>> {
    let Received { key, mut request } = received;
    let account = request.account();
    let waits = key.map(|key| (key, Waits::of(&request)));
    let mut run: Run<'a> = Box::pin(async move {
        let decision = timeout_at(now + PATIENCE, script(&mut request)).await;
        let too_late = |_| Err(Reply::of(500).because("the script waited too long"));
        Step::Decided(key, request, decision.unwrap_or_else(too_late))
    });
    match run.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(step) => take_step(core, step, places, now, network),
        Poll::Pending => {
            if let Some((key, waits)) = waits {
                core.script_waits(key, waits, now);
            }
            let _place = places.hold(account, 1);
            Some(Waiting { run, _place })
        }
    }
}

/// Carries out a decision; names among its hops are looked up first.
fn take_step<'a>(
    core: &mut Core,
    step: Step,
    places: &Shares,
    now: Instant,
    network: &mut dyn Network,
) -> Option<Waiting<'a>> {
    let (key, request, decision) = match step {
        Step::Decided(key, request, decision) => (key, request, decision),
        Step::Resolved(key, request, hops) => {
            core.relay(key, request, &hops, now, network);
            return None;
        }
    };
    let (request, hops) = core.decided(key, request, decision, now, network)?;
    if let Some(key) = key {
        core.script_waits(key, Waits::of(&request), now);
    }
    let account = request.account();
    let addresses = hops.iter().map(|hop| match &hop.next {
        Next::Name(_, name, port) => Some(network.resolve(name, *port, account)),
        _ => None,
    });
    let addresses = join_all(addresses.map(OptionFuture::from));
    let run = Box::pin(async move {
        let mut hops = hops;
        for (hop, found) in hops.iter_mut().zip(addresses.await) {
            if let (Next::Name(transport, ..), Some(Ok(mut addresses))) = (&hop.next, found) {
                addresses.truncate(MOST_ADDRESSES);
                hop.next = Next::FirstOf(*transport, addresses);
            }
        }
        Step::Resolved(key, request, hops)
    });
    let _place = places.hold(account, 1);
    Some(Waiting { run, _place })
}

/// Wakes the driver when the core has something due.
struct Alarm {
    sleep: Pin<Box<Sleep>>,
    is_set: bool,
}

impl Alarm {
    fn new() -> Self {
        Self {
            sleep: Box::pin(sleep_until(Instant::now())),
            is_set: false,
        }
    }

    fn set(&mut self, at: Option<Instant>) {
        let Some(at) = at else {
            self.is_set = false;
            return;
        };
        // A later deadline need not move the alarm: it rings, finds nothing, and is set anew.
        if !self.is_set || at < self.sleep.deadline() {
            self.sleep.as_mut().reset(at);
            self.is_set = true;
        }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if !self.is_set || self.sleep.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        self.is_set = false;
        Poll::Ready(())
    }
}
