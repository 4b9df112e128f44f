//! Chapter 8: a proxy that asks for stronger answers.

mod route;

use std::process::ExitCode;

use clap::Parser;
use sip_auth::{Addresses, Offer};
use sip_chapter::{Allocator, Chapter, Failure, Flags, Service, Start, chapter, run, warn};
use sip_database::Database;

use crate::route::{Cx, onreply_route, route};

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

/// A proxy that asks for stronger answers.
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
    /// The algorithms of the challenges, one challenge for each, in this order: md5; sha-256,md5;
    /// md5,sha-256; or sha-256.
    #[arg(long, value_name = "LIST", default_value_t)]
    algorithms: Offer,
}

const CHAPTER: Chapter = chapter!(8, RegisterAndCall, "Chapter 8: stronger digest");

fn main() -> ExitCode {
    run(&CHAPTER, |cli: &Cli| &cli.flags, open, route)
}

fn open(start: &mut Start, cli: &Cli) -> Result<Service<Cx>, Failure> {
    let database: Database = start.database(&cli.kept.database)?;
    start.journal(&database);
    start.load(&database)?;
    let subscribers = database.reader()?.with_digests();
    let flags = cli.auth.offering(cli.algorithms);
    let auth = flags.auth(start.secret(), start.random(), subscribers);
    let aliases = database.alias_reader(warn)?;
    let addresses = Addresses::load(database.clone(), warn)?;
    start.method("permissions.addressReload", &addresses, Addresses::reload);
    start.method("permissions.addressDump", &addresses, |a| Ok::<_, Failure>(a.dump()));
    let cx = Cx {
        location: start.location(),
        auth,
        aliases,
        addresses,
        offices_only: cli.offices_only,
        max_length: start.max_length(),
    };
    let service = Service::new(cx).in_realm(cli.auth.realm.as_deref());
    Ok(service.on_reply(onreply_route))
}
