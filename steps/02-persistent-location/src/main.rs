//! Chapter 2: a registrar and proxy whose bindings outlive it.

mod route;

use std::process::ExitCode;

use clap::Parser;
use sip_chapter::{Allocator, Chapter, Failure, Flags, Service, Start, chapter, run};
use sip_database::Database;

use crate::route::{Cx, route};

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

/// A registrar and proxy whose bindings outlive it.
#[derive(Parser)]
#[command(version, after_help = sip_chapter::examples!())]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(flatten)]
    kept: sip_database::Flags,
}

const CHAPTER: Chapter = chapter!(2, None, "Chapter 2: bindings that outlive the server");

fn main() -> ExitCode {
    run(&CHAPTER, |cli: &Cli| &cli.flags, open, route)
}

fn open(start: &mut Start, cli: &Cli) -> Result<Service<Cx>, Failure> {
    let database: Database = start.database(&cli.kept.database)?;
    start.journal(&database); // a 200 waits until its binding is in the file
    start.load(&database)?; // the bindings of the last run
    Ok(Service::new(Cx { location: start.location(), max_length: start.max_length() }))
}
