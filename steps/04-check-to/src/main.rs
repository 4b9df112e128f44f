//! Chapter 4: a registrar where nobody registers for others.

mod exchanges;
mod route;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use sip_auth::{Auth, KeyedNonces, NonceKey};
use sip_chapter::{Chapter, Failure, Flags, Service, Start};
use sip_database::Database;
use sip_location::Location;
use sip_server::Secret;

use crate::route::{Cx, route};

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

const CHAPTER: Chapter =
    sip_chapter::chapter!(exchanges, Register, "Chapter 4: who may register whom");

fn main() -> ExitCode {
    let cli = Cli::parse();
    let flags = cli.flags.clone().beside(&cli.kept.database).in_realm(cli.auth.realm.as_deref());
    sip_chapter::run(&CHAPTER, flags, |start| open(start, &cli), route)
}

fn open(start: &Start, cli: &Cli) -> Result<Service<Cx>, Failure> {
    let database = Database::open(&cli.kept.database)?.warning(sip_chapter::warn);
    let secret = database.secret(start.new_secret().0)?;
    let myself = start.myself(Secret(secret));
    let location = Location::new(start.location_settings(), Some(Arc::new(database.clone())));
    database.load(&location, start.clock().now())?;
    let nonces = KeyedNonces::new(NonceKey::new(secret), start.new_number());
    let auth = Auth::new(cli.auth.settings(), nonces, database.reader()?);
    let max_length = start.max_length();
    let cx = Cx { location: location.clone(), auth, max_length };
    Ok(Service::new(myself, location, cx))
}
