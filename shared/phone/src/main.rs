//! `phone`: a SIP phone for people without one, and for attacks.
//!
//! | file | what it is |
//! |---|---|
//! | `flags`, `typed`, `password` | the command line, and what may stand in it |
//! | `line`, `server` | a phone switched on: sockets, lies, the way to its server |
//! | `watched`, `show`, `explain` | what a person sees of the wire, and the digest by hand |
//! | `realms`, `ask` | the passwords, and a request, its challenge, its answer |
//! | `retry` | when a server wants to be asked again |
//! | `register`, `call`, `answer`, `short`, `replay` | the verbs |
//! | `pasted` | a request copied from a terminal |
//! | `stop` | Ctrl-C |

mod answer;
mod ask;
mod call;
mod explain;
mod failure;
mod flags;
mod line;
mod password;
mod pasted;
mod realms;
mod register;
mod replay;
mod retry;
mod server;
mod short;
mod show;
mod stop;
mod typed;
mod watched;

use std::process::ExitCode;

use clap::Parser;

use failure::Failure;
use flags::{Flags, Verb};
use line::Line;
use stop::Stop;

fn main() -> ExitCode {
    match inside_tokio(Flags::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn inside_tokio(flags: Flags) -> Result<(), Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format!("the system gives no event loop: {error}")))?
        .block_on(run(flags))
}

async fn run(mut flags: Flags) -> Result<(), Failure> {
    let realms = password::of(&flags)?;
    flags.account.password = None;
    flags.account.realm.clear();
    let stop = Stop::listen()?;
    if let Verb::Replay(what) = &flags.verb {
        return replay::run(&flags, what, realms, &stop).await;
    }
    let (account, show, lies) = (flags.account, flags.show, flags.lies);
    let line = Line::new(account, show, lies, realms, stop).await?;
    match &flags.verb {
        Verb::Register { expires, stay } => register::run(&line, *expires, *stay).await,
        Verb::Call {
            whom,
            seconds,
            ring_seconds,
        } => call::run(&line, whom, *seconds, *ring_seconds).await,
        Verb::Answer(answer) => answer::run(&line, answer).await,
        Verb::Message { whom, text } => short::message(&line, whom, text).await,
        Verb::Options { whom } => short::options(&line, whom.as_deref()).await,
        Verb::Replay(_) => unreachable!("it was replayed above, on sockets of its own"),
    }
}
