//! `sipctl`: an administrator's command for the database and for a running server.
//!
//! | file | what it is |
//! |---|---|
//! | `flags`, `verbs`, `values` | the command line |
//! | `users`, `password`, `aliases`, `namesakes`, `addresses`, `import`, `rows`, `columns` | what is in the database, one file a subject |
//! | `bindings`, `server` | what the running server knows |
//! | `database`, `client`, `patience` | the way to the SQLite file, and to the control socket; how long the server may take |
//! | `report`, `aside`, `table` | how it is printed: words or JSON; standard error; columns for people |
//! | `failure` | what can go wrong, and what to do then |

mod addresses;
mod aliases;
mod aside;
mod bindings;
mod client;
mod columns;
mod database;
mod failure;
mod flags;
mod import;
mod namesakes;
mod offers;
mod password;
mod patience;
mod report;
mod rows;
mod server;
mod table;
mod users;
mod values;
mod verbs;

use std::io::ErrorKind;
use std::process::ExitCode;

use clap::Parser;

use client::Client;
use failure::Failure;
use flags::{Flags, Verb};

fn main() -> ExitCode {
    let words = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
    let flags = match Flags::try_parse() {
        Ok(flags) => flags,
        Err(error) => return flags::explain(error, words.collect()),
    };
    match run(&flags) {
        Ok(()) => ExitCode::SUCCESS,
        // `sipctl ul show | head`: the reader has seen enough.
        Err(Failure::Output(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            aside::error(flags.json, &failure);
            failure.exit_code()
        }
    }
}

fn run(flags: &Flags) -> Result<(), Failure> {
    let server = || Client::connect(&flags.control);
    match &flags.verb {
        Verb::Db(verb) => database::run(verb, flags),
        Verb::Add(new) => users::add(new, flags),
        Verb::Passwd(password) => users::passwd(password, flags),
        Verb::Offer { user, offer } => offers::set(user, *offer, flags),
        Verb::Rm { user } => users::rm(user, flags),
        Verb::Show { user } => users::show(user.as_ref(), flags),
        Verb::Alias(verb) => aliases::run(verb, flags),
        Verb::Address(verb) => addresses::run(verb, flags),
        Verb::Import(import) => import::run(import, flags),
        Verb::Ul(verb) => bindings::run(verb, flags.json, &mut server()?),
        Verb::Stats { names } => server::stats(names, flags.json, &mut server()?),
        Verb::Uptime => server::uptime(flags.json, &mut server()?),
    }
}
