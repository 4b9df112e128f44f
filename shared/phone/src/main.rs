//! `phone`: a SIP phone for people without one, and for attacks.
//!
//! | file | what it decides |
//! |---|---|
//! | `flags`, `verb`, `typed`, `password` | the command line and its values |
//! | `line`, `server`, `lies` | a phone switched on: its sockets, its server, its lies |
//! | `watched`, `show`, `explain` | what a person sees of the wire, and the digest step by step |
//! | `realms`, `ask`, `challenges` | the passwords, and how challenges are answered |
//! | `retry` | when a server wants to be asked again |
//! | `register`, `call`, `answer`, `pair`, `short`, `replay` | the verbs |
//! | `bindings` | what a 200 to REGISTER lists |
//! | `pasted`, `replaying` | which bytes are replayed, and their response |
//! | `failure` | why the command ends early |
//! | `stop` | Ctrl-C |

mod answer;
mod ask;
mod bindings;
mod call;
mod challenges;
mod explain;
mod failure;
mod flags;
mod lies;
mod line;
mod pair;
mod password;
mod pasted;
mod realms;
mod register;
mod replay;
mod replaying;
mod retry;
mod server;
mod short;
mod show;
mod stop;
mod typed;
mod verb;
mod watched;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use tokio::time::sleep;

use failure::Failure;
use flags::{Flags, Over};
use line::Line;
use stop::Stop;
use verb::Verb;

/// How long a connection has to write what was sent last, such as the ACK to a refusal.
const LAST_WORDS: Duration = Duration::from_millis(50);

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
        .map_err(|error| Failure::caused(error).of("cannot start the event loop"))?
        .block_on(run(flags))
}

async fn run(flags: Flags) -> Result<(), Failure> {
    let is_tcp = flags.account.transport == Over::Tcp;
    let done = verb(flags).await;
    if is_tcp {
        sleep(LAST_WORDS).await;
    }
    done
}

async fn verb(mut flags: Flags) -> Result<(), Failure> {
    let stop = Stop::listen()?;
    if let Verb::Pair(pair) = &flags.verb {
        return pair::run(&flags, pair, &stop).await;
    }
    let realms = password::of(&flags.account, &flags.lies)?;
    flags.account.password = None;
    flags.account.realm.clear();
    if let Verb::Replay(what) = &flags.verb {
        return replay::run(&flags, what, realms, &stop).await;
    }
    let (account, show, lies) = (flags.account, flags.show, flags.lies);
    let line = Line::new(account, show, lies, realms, stop).await?;
    match &flags.verb {
        Verb::Register { expires, stay } => register::run(&line, *expires, *stay).await,
        Verb::Call {
            callee,
            seconds,
            ring_seconds,
        } => call::run(&line, callee, *seconds, *ring_seconds).await,
        Verb::Answer(answer) => answer::run(&line, answer).await,
        Verb::Message { callee, text } => short::message(&line, callee, text).await,
        Verb::Options { callee } => short::options(&line, callee.as_deref()).await,
        Verb::Replay(_) | Verb::Pair(_) => {
            unreachable!("these were done above, on sockets of their own")
        }
    }
}
