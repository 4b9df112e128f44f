//! Chapter 1: a registrar and proxy that keeps everything in memory.

mod route;

use std::process::ExitCode;

use clap::Parser;
use sip_chapter::{Allocator, Chapter, Failure, Flags, Service, Start, chapter, run};

use crate::route::{Cx, route};

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

/// A registrar and proxy that keeps everything in memory.
#[derive(Parser)]
#[command(version, after_help = sip_chapter::examples!())]
struct Cli {
    #[command(flatten)]
    flags: Flags,
}

const CHAPTER: Chapter = chapter!(1, None, "Chapter 1: a registrar and proxy in memory");

fn main() -> ExitCode {
    run(&CHAPTER, |cli: &Cli| &cli.flags, open, route)
}

fn open(start: &mut Start, _: &Cli) -> Result<Service<Cx>, Failure> {
    Ok(Service::new(Cx { location: start.location(), max_length: start.max_length() }))
}
