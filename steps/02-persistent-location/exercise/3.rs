//! Chapter 2: a registrar and proxy that writes what it does not read.

fn open(start: &mut Start, cli: &Cli) -> Result<Service<Cx>, Failure> {
    let database: Database = start.database(&cli.kept.database)?;
    start.journal(&database); // a 200 waits until its binding is in the file
    Ok(Service::new(Cx { location: start.location(), max_length: start.max_length() }))
}
