//! `sipctl`: what an administrator asks of a running server, and tells it.
//!
//! | file | what it is |
//! |---|---|
//! | `flags` | the command line |
//! | `client` | the server's control socket, JSON-RPC 2.0 |
//! | `bindings`, `server` | one file a subject: what its verbs ask, and how they print it |
//! | `table` | columns for people |

mod bindings;
mod client;
mod flags;
mod server;
mod table;

use std::io::ErrorKind;
use std::process::ExitCode;

use clap::Parser;

use client::{Client, Failure};
use flags::{Flags, Verb};

fn main() -> ExitCode {
    let flags = Flags::parse();
    match run(&flags) {
        Ok(()) => ExitCode::SUCCESS,
        // `sipctl ul show | head`: the reader has seen enough.
        Err(Failure::Output(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            let red = anstyle::AnsiColor::Red.on_default().bold();
            anstream::eprintln!("{red}error{red:#}: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(flags: &Flags) -> Result<(), Failure> {
    let mut server = Client::connect(&flags.control)?;
    match &flags.verb {
        Verb::Ul(verb) => bindings::run(verb, flags.json, &mut server),
        Verb::Stats { names } => server::stats(names, flags.json, &mut server),
        Verb::Uptime => server::uptime(flags.json, &mut server),
    }
}
