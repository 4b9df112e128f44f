//! Chapter 2: a registrar and proxy whose bindings outlive it. Yours to write.
#![allow(unused_imports)] // the tasks use everything; then this line can go

/// A registrar and proxy whose bindings outlive it.
#[derive(Parser)]
#[command(version, after_help = sip_chapter::examples!())]
struct Cli {
    #[command(flatten)]
    flags: Flags,
}

fn open(start: &mut Start, _: &Cli) -> Result<Service<Cx>, Failure> {
    Ok(Service::new(Cx { location: start.location(), max_length: start.max_length() }))
}
