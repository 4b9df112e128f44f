//! Chapter 7's server on a stage, for exchanges that only a test plays.

use clap::Parser;
use sip_auth::Addresses;
use sip_chapter::{Failure, Flags, Program, Service, Start};
use sip_database::Database;
use sip_stage::{Exchange, Logins, Recording, Values};

use crate::route::{Cx, onreply_route, route};

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(flatten)]
    auth: sip_auth::Flags,
}

/// As `open` of the chapter's `main.rs` does.
fn open(start: &mut Start, cli: &Cli) -> Result<Service<Cx>, Failure> {
    let database: Database = start.database("sip.db".as_ref())?;
    let auth = cli.auth.auth(start.secret(), start.random(), database.reader()?);
    let cx = Cx {
        location: start.location(),
        auth,
        aliases: database.alias_reader(|_| {})?,
        addresses: Addresses::load(database, |_| {})?,
        offices_only: false,
        max_length: start.max_length(),
    };
    Ok(Service::new(cx).on_reply(onreply_route))
}

/// Plays an exchange to its end.
pub fn play(exchange: &Exchange) -> Recording {
    let program = Program::new(|cli: &Cli| &cli.flags, open, route);
    let recording = program.play(exchange, Values::as_written(), Logins::default());
    assert_eq!(recording.broke_off, None);
    recording
}
