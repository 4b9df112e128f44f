//! A chapter's server, from its flags to its end.

use std::io::{self, Write};
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use sip_location::Location;
use sip_server::{
    Action, Clock, Limits, Observer, OnReply, Reply, Request, Settings, Sockets, Stats,
    SystemEntropy, Timers, TransportLimits, serve,
};
use tokio::sync::oneshot;

use crate::banner::Banner;
use crate::chapter::Chapter;
use crate::control::Running;
use crate::demo;
use crate::failure::{Failure, warn};
use crate::first_call;
use crate::flags::{Flags, Task};
use crate::interfaces;
use crate::obstacle::{cannot_listen, raise_open_files};
use crate::program::Program;
use crate::service::{Service, on_reply};
use crate::signals::StopSignals;
use crate::start::Start;
use crate::trace::Watch;

/// How often expired bindings are removed.
const PURGE_EVERY: Duration = Duration::from_secs(1);

/// Does what the command line says: serves with the chapter's script, or plays an exchange.
///
/// `Cli` is the chapter's command line, and `flags` finds those of every chapter in it. `open` builds
/// the chapter's context once the server listens; `route` is its script.
pub fn run<Cli: Parser + 'static, C: 'static>(
    chapter: &Chapter,
    flags: fn(&Cli) -> &Flags,
    open: fn(&mut Start<'_>, &Cli) -> Result<Service<C>, Failure>,
    route: impl AsyncFn(&C, &mut Request) -> Result<Action, Reply> + Copy + Send + Sync + 'static,
) -> ExitCode {
    let cli = Cli::parse();
    let common = flags(&cli);
    let program = Program::new(flags, open, route);
    let done = common.check().and_then(|()| match &common.task {
        Some(Task::Demo(demo)) => demo::run(chapter, &program, demo),
        None => {
            let open = |start: &mut Start<'_>| open(start, &cli);
            raise_open_files()?;
            let serving = serve_until_stopped(chapter, program, common, open, route);
            inside_tokio(serving).map(|()| ExitCode::SUCCESS)
        }
    });
    done.unwrap_or_else(|failure| failure.report())
}

/// One thread serves: at the rates a course needs, a second would cost more than it gives.
fn inside_tokio(task: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::of("cannot start the event loop", error))?
        .block_on(task)
}

async fn serve_until_stopped<C: 'static>(
    chapter: &Chapter,
    program: Program,
    flags: &Flags,
    open: impl FnOnce(&mut Start<'_>) -> Result<Service<C>, Failure>,
    route: impl AsyncFn(&C, &mut Request) -> Result<Action, Reply>,
) -> Result<(), Failure> {
    let signals = StopSignals::new()?;
    let clock = Clock::system();
    let mut sockets = bind(flags, clock)?;

    let mut start = Start::new(flags, sockets.listeners().to_vec(), clock);
    let service = open(&mut start)?;
    let running = Running {
        folder: chapter.folder,
        database: start.database.clone(),
        ..Running::new(chapter.package, clock, start.location())
    };
    let watchers = running.watchers.clone();
    let stats = Arc::clone(&running.stats);
    let control = start.take_control()?.answer(running)?;
    let (observer, watch) = Watch::start(flags)?;
    let observer = watchers.beside(observer);
    welcome(chapter, &start, service.realm.as_deref());
    first_call::offer(chapter, program);

    let cx = Rc::new(service.cx);
    let settings = settings(
        &start,
        observer,
        stats,
        on_reply(&cx, service.onreply_route),
    );
    let script = async |request: &mut Request| route(&cx, request).await;
    let (stop, stopped) = oneshot::channel();
    let stopped = async {
        let _ = stopped.await; // fails only if the task below is gone, and then nobody could stop us
    };
    // Tasks of their own, so that a message on the wire does not wake them.
    tokio::spawn(purge(start.location(), clock));
    let at_once = tokio::spawn(signals.twice(stop));
    tokio::select! {
        () = serve(&mut sockets, &script, settings, stopped) => {}
        _ = at_once => {}
    }
    drop(control);
    watch.finish();
    Ok(())
}

fn bind(flags: &Flags, clock: Clock) -> Result<Sockets, Failure> {
    let mut entropy = SystemEntropy::default();
    let limits = TransportLimits::default();
    Sockets::bind(&flags.listen, clock, &mut entropy, limits).map_err(cannot_listen)
}

/// Prints the start-up text. A closed standard output does not stop the server.
fn welcome(chapter: &Chapter, start: &Start<'_>, realm: Option<&str>) {
    let banner = Banner {
        chapter,
        listeners: &start.listeners,
        interfaces: &interfaces::addresses(),
        domains: &start.flags.domain,
        control: &start.control_path(),
        database: start.database.as_deref(),
        realm,
        bindings: start.location.counts().bindings,
    };
    let _ = io::stdout().write_all(banner.text().as_bytes());
    let _ = io::stdout().flush();
    if let Some(warning) = banner.warning() {
        warn(&warning);
    }
}

fn settings(
    start: &Start<'_>,
    observer: Box<dyn Observer>,
    stats: Arc<Stats>,
    on_reply: OnReply,
) -> Settings {
    Settings {
        myself: start.myself(),
        clock: start.clock,
        entropy: Box::new(SystemEntropy::default()),
        observer,
        timers: Timers::default(),
        limits: Limits::default(),
        private_targets: start.flags.private_targets.clone(),
        stats,
        on_reply,
    }
}

/// Removes expired bindings, for ever.
async fn purge(location: Location, clock: Clock) {
    let mut ticks = tokio::time::interval(PURGE_EVERY);
    let mut failed = false;
    loop {
        ticks.tick().await;
        let purged = location.purge_expired(clock.now()).await;
        // Once for a disk that stays full, not every second.
        if let Err(error) = &purged
            && !failed
        {
            warn(&format!(
                "expired bindings cannot be removed from the database: {error}"
            ));
        }
        failed = purged.is_err();
    }
}
