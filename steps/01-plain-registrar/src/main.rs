//! Chapter 1: a registrar and proxy that keeps everything in memory.

mod exchanges;
mod route;

use std::process::ExitCode;

use clap::Parser;
use sip_chapter::{Chapter, Failure, Flags, Service, Start};
use sip_location::Location;

use crate::route::{Cx, route};

/// A registrar and proxy that keeps everything in memory.
#[derive(Parser)]
#[command(version, after_help = sip_chapter::examples!())]
struct Cli {
    #[command(flatten)]
    flags: Flags,
}

const CHAPTER: Chapter =
    sip_chapter::chapter!(exchanges, None, "Chapter 1: a registrar and proxy in memory");

fn main() -> ExitCode {
    sip_chapter::run(&CHAPTER, Cli::parse().flags, open, route)
}

fn open(start: &Start) -> Result<Service<Cx>, Failure> {
    let myself = start.myself(start.new_secret());
    let location = Location::new(start.location_settings(), None);
    let max_length = start.max_length();
    let cx = Cx { location: location.clone(), max_length };
    Ok(Service::new(myself, location, cx))
}
