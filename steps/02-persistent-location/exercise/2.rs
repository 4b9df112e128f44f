//! Chapter 2: a registrar and proxy with an empty file.

fn open(start: &mut Start, cli: &Cli) -> Result<Service<Cx>, Failure> {
    let _: Database = start.database(&cli.kept.database)?;
    Ok(Service::new(Cx { location: start.location(), max_length: start.max_length() }))
}
