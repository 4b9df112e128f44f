//! Chapter 5: a proxy that asks callers for a password.

mod route;

use std::process::ExitCode;

use clap::Parser;
use sip_chapter::{Allocator, Chapter, Failure, Flags, Service, Start, chapter, run, warn};
use sip_database::Database;

use crate::route::{Cx, onreply_route, route};

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

/// A proxy that asks callers for a password.
#[derive(Parser)]
#[command(version, after_help = sip_chapter::examples!())]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(flatten)]
    kept: sip_database::Flags,
    #[command(flatten)]
    auth: sip_auth::Flags,
}

const CHAPTER: Chapter = chapter!(5, RegisterAndCall, "Chapter 5: who may call");

fn main() -> ExitCode {
    run(&CHAPTER, |cli: &Cli| &cli.flags, open, route)
}

fn open(start: &mut Start, cli: &Cli) -> Result<Service<Cx>, Failure> {
    let database: Database = start.database(&cli.kept.database)?;
    start.journal(&database);
    start.load(&database)?;
    let auth = cli.auth.auth(start.secret(), start.random(), database.reader()?);
    let aliases = database.alias_reader(warn)?;
    let cx = Cx { location: start.location(), auth, aliases, max_length: start.max_length() };
    let service = Service::new(cx).in_realm(cli.auth.realm.as_deref());
    Ok(service.on_reply(onreply_route))
}
