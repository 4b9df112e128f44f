//! A chapter's server before it starts: what reads its command line, opens it and runs its script.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use clap::Parser;
use sip_server::{Action, Myself, OnReply, Reply, Request};
use sip_stage::{Exchange, Logins, Recording, Setting, Stage, StageServer, Values};

use tempfile::TempDir;

use crate::failure::Failure;
use crate::flags::Flags;
use crate::service::{OnreplyRoute, Service, on_reply};
use crate::start::{Look, Staged, Start};

/// The flag that gives a nonce, which no play with new values takes.
const REPLAY: &str = "--replay-nonce";

/// A chapter's server before it starts. Cheap to clone.
#[derive(Clone)]
pub struct Program(Arc<Opening>);

type Opening = dyn Fn(&[String], Staged) -> Result<Opened, Failure> + Send + Sync;

/// A server that was opened on a stage.
struct Opened {
    myself: Myself,
    look: Look,
    script: Rc<dyn Script>,
}

type Decision<'a> = Pin<Box<dyn Future<Output = Result<Action, Reply>> + 'a>>;

/// A chapter's script with its context.
trait Script {
    fn route<'a>(&'a self, request: &'a mut Request) -> Decision<'a>;

    fn on_reply(&self) -> OnReply;
}

struct Routed<C, R> {
    cx: Rc<C>,
    route: R,
    onreply_route: Option<OnreplyRoute<C>>,
}

impl<C, R> Script for Routed<C, R>
where
    C: 'static,
    R: AsyncFn(&C, &mut Request) -> Result<Action, Reply>,
{
    fn route<'a>(&'a self, request: &'a mut Request) -> Decision<'a> {
        Box::pin((self.route)(&self.cx, request))
    }

    fn on_reply(&self) -> OnReply {
        on_reply(&self.cx, self.onreply_route)
    }
}

impl Program {
    /// A server whose command line is `Cli`; `flags` finds those of every chapter in it. `open` and
    /// `route` are as for [`crate::run`].
    pub fn new<Cli, C>(
        flags: fn(&Cli) -> &Flags,
        open: fn(&mut Start<'_>, &Cli) -> Result<Service<C>, Failure>,
        route: impl AsyncFn(&C, &mut Request) -> Result<Action, Reply> + Copy + Send + Sync + 'static,
    ) -> Self
    where
        Cli: Parser + 'static,
        C: 'static,
    {
        Self(Arc::new(move |arguments, staged| {
            let cli = Cli::try_parse_from(arguments)?;
            let mut start = Start::on_stage(flags(&cli), staged);
            let service = open(&mut start, &cli)?;
            Ok(Opened {
                myself: start.myself(),
                look: start.look(),
                script: Rc::new(Routed {
                    cx: Rc::new(service.cx),
                    route,
                    onreply_route: service.onreply_route,
                }),
            })
        }))
    }

    /// Plays an exchange with this server. `logins` is what its phones answer by themselves.
    ///
    /// # Panics
    /// When the system has no room for a database.
    pub fn play(&self, exchange: &Exchange, values: Values, logins: Logins) -> Recording {
        let folder = folder().unwrap_or_else(|e| panic!("no place for a database: {e}"));
        let file = folder.path().join("sip.db");
        let arguments = arguments(exchange, &values);
        let program = self.clone();
        let setting = Setting { values, logins };
        Stage::play_in(setting, exchange, move |stage| {
            let opened = program.open(&arguments, file.clone(), &stage);
            serve(
                opened.unwrap_or_else(|failure| panic!("the server did not start: {failure}")),
                stage,
            )
        })
    }

    fn open(
        &self,
        flags: &[String],
        file: PathBuf,
        stage: &StageServer,
    ) -> Result<Opened, Failure> {
        let values = &stage.values;
        (self.0)(
            flags,
            Staged {
                myself: stage.myself(),
                clock: stage.settings.clock,
                number: values.number("serial", 1),
                seed: values.number("location", 0),
                rows: sip_exchanges::rows(values),
                file,
            },
        )
    }
}

/// A folder for one play. In memory where the system has that: a database is synced to disk often.
fn folder() -> io::Result<TempDir> {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())
}

fn arguments(exchange: &Exchange, values: &Values) -> Vec<String> {
    let mut flags = exchange.flags().iter();
    let mut arguments = vec!["server".to_owned()];
    while let Some(flag) = flags.next() {
        if *flag == REPLAY && values.are_fresh() {
            flags.next();
            continue;
        }
        arguments.push(values.text(flag));
    }
    arguments
}

async fn serve(opened: Opened, mut stage: StageServer) {
    let Opened {
        myself,
        look,
        script,
    } = opened;
    stage.settings.myself = myself;
    stage.settings.on_reply = script.on_reply();
    stage.views.offer(move |name| look(name));
    stage
        .serve(&async |request: &mut Request| script.route(request).await)
        .await;
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Program(..)")
    }
}
