//! Chapter 1: a registrar and proxy that keeps everything in memory.

mod exchanges;
mod route;

use std::process::ExitCode;

use clap::Parser;
use sip_command::{Authentication, Chapter, Flags, Service};
use sip_lab::Stage;
use sip_location::Location;
use sip_server::Request;

use crate::route::{Cx, route};

/// A registrar and proxy that keeps everything in memory.
#[derive(Parser)]
#[command(version, after_help = sip_command::examples!())]
struct Cli {
    #[command(flatten)]
    flags: Flags,
}

const CHAPTER: Chapter = Chapter {
    package: env!("CARGO_PKG_NAME"),
    title: "Chapter 1: a registrar and proxy in memory",
    authentication: Authentication::None,
    exchanges: exchanges::EXCHANGES,
    play: |exchange| Stage::play(exchange, exchanges::serve),
};

fn main() -> ExitCode {
    let flags = Cli::parse().flags;
    let open = async |start: &sip_command::Start| {
        let names = start.names(start.new_secret());
        let location = Location::new(start.location_settings(), None);
        let cx = Cx {
            names: names.clone(),
            location: location.clone(),
            max_length: start.max_length(),
        };
        Ok(Service {
            names,
            location,
            cx,
        })
    };
    sip_command::run(
        &CHAPTER,
        flags,
        open,
        async |cx: &Cx, request: &mut Request| route(cx, request).await,
    )
}
