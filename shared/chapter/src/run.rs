//! A chapter's server, from its flags to its last word.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use nix::sys::resource::{Resource::RLIMIT_NOFILE, getrlimit, setrlimit};
use nix::sys::signal::Signal::SIGXFSZ;
use sip_location::Location;
use sip_server::{
    Action, Clock, Limits, OnReply, Reply, Request, Settings, Sockets, Stats, SystemEntropy,
    Timers, TransportLimits, serve,
};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

use crate::banner::{Banner, DEFAULT_CONTROL};
use crate::chapter::Chapter;
use crate::control::{Control, Running};
use crate::demo;
use crate::failure::{Failure, warn};
use crate::flags::{Flags, Task};
use crate::interfaces;
use crate::start::{Service, Start};
use crate::trace::Watch;

/// How often room is made of what expired.
const PURGE_EVERY: Duration = Duration::from_secs(1);

/// Open files a server asks for: more than the connections it serves at most.
const OPEN_FILES: u64 = 16_384;

/// Does what the command line says: serves with the chapter's script, or plays an exchange.
///
/// `open` builds the chapter's context once the sockets are open, `route` is its script.
pub fn run<C: 'static>(
    chapter: &Chapter,
    flags: Flags,
    open: impl FnOnce(&Start) -> Result<Service<C>, Failure>,
    route: impl AsyncFn(&C, &mut Request) -> Result<Action, Reply>,
) -> ExitCode {
    let done = flags.check().and_then(|()| match &flags.task {
        Some(Task::Demo(demo)) => demo::run(chapter, demo),
        None => inside_tokio(serve_until_stopped(chapter, flags, open, route)),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// One thread serves: at the rates a course needs, a second would cost more than it gives.
fn inside_tokio(task: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format!("the system gives no event loop: {error}")))?
        .block_on(task)
}

async fn serve_until_stopped<C: 'static>(
    chapter: &Chapter,
    flags: Flags,
    open: impl FnOnce(&Start) -> Result<Service<C>, Failure>,
    route: impl AsyncFn(&C, &mut Request) -> Result<Action, Reply>,
) -> Result<(), Failure> {
    raise_open_files();
    let clock = Clock::system();
    let stop_signals = StopSignals::new()?;
    let mut sockets = bind(&flags, clock)?;
    let listeners = sockets.listeners().to_vec();
    // Claimed before the chapter opens its database, beside which it lies: two servers that
    // write one file would each serve half of it.
    let control_path = control_path(&flags);
    let claimed = Control::claim(&control_path)?;

    let start = Start::new(flags.clone(), listeners.clone(), clock);
    let Service {
        myself,
        location,
        cx,
        onreply_route,
    } = open(&start)?;
    let cx = Rc::new(cx);

    let stats = Arc::new(Stats::default());
    let running = Running {
        package: chapter.package,
        clock,
        since: clock.now(),
        location: location.clone(),
        stats: Arc::clone(&stats),
    };
    let control = claimed.offering(start.into_methods()).answer(running)?;
    let (observer, watch) = Watch::start(&flags)?;
    welcome(&Banner {
        chapter,
        listeners: &listeners,
        interfaces: &interfaces::addresses(),
        domains: &flags.domain,
        control: &control_path,
        database: flags.database.as_deref(),
        realm: flags.realm.as_deref(),
        bindings: location.counts().bindings,
    });

    let replies = Rc::clone(&cx);
    let on_reply = onreply_route.map(|route| OnReply(Box::new(move |it| route(&replies, it))));
    let settings = Settings {
        myself,
        clock,
        entropy: Box::new(SystemEntropy::default()),
        observer,
        timers: Timers::default(),
        limits: Limits::default(),
        private_targets: flags.private_targets,
        stats,
        on_reply: on_reply.unwrap_or_default(),
    };
    let script = async |request: &mut Request| route(&cx, request).await;
    let (stop, stopped) = oneshot::channel();
    let stopped = async {
        let _ = stopped.await; // an error is a task that is gone, and nobody could stop us
    };
    // Tasks of their own, so that a message on the wire does not wake them.
    tokio::spawn(purge(location, clock));
    let at_once = tokio::spawn(stop_signals.twice(stop));
    tokio::select! {
        () = serve(&mut sockets, &script, settings, stopped) => {}
        _ = at_once => {}
    }
    drop(control);
    watch.finish();
    Ok(())
}

/// Each TCP connection is an open file, and a shell allows a program 1,024 of them where it may
/// have many more. Where the system refuses, the server serves fewer connections.
fn raise_open_files() {
    if let Ok((soft, hard)) = getrlimit(RLIMIT_NOFILE)
        && soft < hard.min(OPEN_FILES)
    {
        let _ = setrlimit(RLIMIT_NOFILE, hard.min(OPEN_FILES), hard);
    }
}

fn bind(flags: &Flags, clock: Clock) -> Result<Sockets, Failure> {
    let mut entropy = SystemEntropy::default();
    let limits = TransportLimits::default();
    Sockets::bind(&flags.listen, clock, &mut entropy, limits)
        .map_err(|error| Failure::new(error.to_string()))
}

fn control_path(flags: &Flags) -> PathBuf {
    let default = || DEFAULT_CONTROL.into();
    flags.control.clone().unwrap_or_else(default)
}

/// Says the start-up words. A closed standard output is no reason not to serve.
fn welcome(banner: &Banner<'_>) {
    let _ = io::stdout().write_all(banner.text().as_bytes());
    let _ = io::stdout().flush();
    if let Some(warning) = banner.warning() {
        warn(&warning);
    }
}

/// Gives back the room of bindings that expired, for ever.
async fn purge(location: Location, clock: Clock) {
    let mut ticks = tokio::time::interval(PURGE_EVERY);
    let mut failed = false;
    loop {
        ticks.tick().await;
        let purged = location.purge_expired(clock.now()).await;
        // A disk that stays full is told once, not every second.
        if let (Err(error), false) = (&purged, failed) {
            let _ = writeln!(anstream::stderr(), "expired bindings stay on disk: {error}");
        }
        failed = purged.is_err();
    }
}

/// Ctrl-C, and what a service manager sends.
struct StopSignals {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignals {
    fn new() -> Result<Self, Failure> {
        let failed = |e: io::Error| Failure::new(format!("the system gives no signals: {e}"));
        // Heard by nobody: else a file that may grow no further (`ulimit -f`) would end the
        // server, and not only the write (setrlimit(2)).
        let _ = signal(SignalKind::from_raw(SIGXFSZ as i32)).map_err(failed)?;
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).map_err(failed)?,
            terminate: signal(SignalKind::terminate()).map_err(failed)?,
        })
    }

    /// Tells `stop` of the first, and ends with the second: who presses Ctrl-C again is in a
    /// hurry.
    async fn twice(mut self, stop: oneshot::Sender<()>) {
        self.next().await;
        let _ = stop.send(());
        self.next().await;
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
