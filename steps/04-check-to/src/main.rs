//! Chapter 4: a registrar where nobody registers for others.

mod route;

use std::process::ExitCode;

use clap::Parser;
use sip_chapter::{Allocator, Chapter, Failure, Flags, Service, Start, chapter, run};
use sip_database::Database;

use crate::route::{Cx, route};

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

/// A registrar where nobody registers for others.
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

const CHAPTER: Chapter = chapter!(4, Register, "Chapter 4: who may register which number");

fn main() -> ExitCode {
    run(&CHAPTER, |cli: &Cli| &cli.flags, open, route)
}

fn open(start: &mut Start, cli: &Cli) -> Result<Service<Cx>, Failure> {
    let database: Database = start.database(&cli.kept.database)?;
    start.journal(&database);
    start.load(&database)?;
    let auth = cli.auth.auth(start.secret(), start.random(), database.reader()?);
    let cx = Cx { location: start.location(), auth, max_length: start.max_length() };
    Ok(Service::new(cx).in_realm(cli.auth.realm.as_deref()))
}
