//! Chapter 2: a registrar and proxy whose bindings outlive it.

mod exchanges;
mod route;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use sip_command::{Authentication, Chapter, Failure, Flags, Service, Start};
use sip_database::Database;
use sip_location::Location;
use sip_server::Secret;

use crate::route::{Cx, route};

/// A registrar and proxy whose bindings outlive it.
#[derive(Parser)]
#[command(version, after_help = sip_command::examples!())]
struct Cli {
    #[command(flatten)]
    flags: Flags,

    /// The SQLite file that keeps the bindings; made when it is not there.
    #[arg(long, value_name = "FILE", default_value = "sip.db")]
    database: PathBuf,
}

const CHAPTER: Chapter = Chapter {
    package: env!("CARGO_PKG_NAME"),
    title: "Chapter 2: bindings that outlive the server",
    authentication: Authentication::None,
    exchanges: exchanges::EXCHANGES,
    play: exchanges::play,
};

fn main() -> ExitCode {
    let Cli { flags, database } = Cli::parse();
    let open = async |start: &Start| open(start, &database).await;
    sip_command::run(&CHAPTER, flags.beside(&database), open, route)
}

async fn open(start: &Start, path: &Path) -> Result<Service<Cx>, Failure> {
    let database = Database::open(path)?;
    let names = start.names(Secret(database.secret(start.new_secret().0)?));
    let location = Location::new(start.location_settings(), Some(Arc::new(database.clone())));
    database.load(&location, start.clock().now())?;
    let max_length = start.max_length();
    Ok(Service {
        cx: Cx {
            names: names.clone(),
            location: location.clone(),
            max_length,
        },
        names,
        location,
    })
}
