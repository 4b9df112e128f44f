//! Chapter 7: a proxy that knows carriers by their address.

mod carriers;
mod exchanges;
mod route;

use std::process::ExitCode;

use crate::route::{Cx, onreply_route, route};
use clap::Parser;
use sip_auth::{Addresses, Auth, KeyedNonces, NonceKey};
use sip_chapter::{Chapter, Failure, Flags, Service, Start, chapter, run};

/// A proxy that knows carriers by their address.
#[derive(Parser)]
#[command(version, after_help = sip_chapter::examples!())]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(flatten)]
    kept: sip_database::Flags,
    #[command(flatten)]
    auth: sip_auth::Flags,
    /// Let phones register from the addresses of group 300 alone, the offices.
    #[arg(long)]
    offices_only: bool,
}

const CHAPTER: Chapter = chapter!(exchanges, RegisterAndCall, "Chapter 7: known by address");

fn main() -> ExitCode {
    let cli = Cli::parse();
    let flags = cli.flags.clone().beside(&cli.kept.database).in_realm(cli.auth.realm.as_deref());
    run(&CHAPTER, flags, |start| open(start, &cli), route)
}

fn open(start: &Start, cli: &Cli) -> Result<Service<Cx>, Failure> {
    let database = sip_database::Database::open(&cli.kept.database)?.warning(sip_chapter::warn);
    let myself = start.myself(sip_server::Secret(database.secret(start.new_secret().0)?));
    let location = database.location(start.location_settings(), start.clock().now())?;
    let nonces = KeyedNonces::new(NonceKey::new(myself.secret().0), start.new_number());
    let auth = Auth::new(cli.auth.settings(), nonces, database.reader()?);
    let addresses = Addresses::load(database.clone(), sip_chapter::warn)?;
    start.method("permissions.addressReload", &addresses, Addresses::reload);
    start.method("permissions.addressDump", &addresses, |a| Ok::<_, Failure>(a.dump()));
    let (aliases, max_length) = (database.alias_reader(sip_chapter::warn)?, start.max_length());
    let offices_only = cli.offices_only;
    let cx = Cx { location, auth, aliases, addresses, offices_only, max_length };
    Ok(Service::new(myself, cx.location.clone(), cx).on_reply(onreply_route))
}
