//! `db`, and the way to the database file.

use std::io::{self, Write};

use serde_json::json;
use sip_auth::Reloaded;
use sip_database::{Admin, Created, Database};
use sip_message::printable;

use crate::failure::Failure;
use crate::flags::Flags;
use crate::report::report;
use crate::verbs::Db;

/// Carries one verb out.
pub(crate) fn run(verb: &Db, flags: &Flags) -> Result<(), Failure> {
    match verb {
        Db::Create => create(flags),
        Db::Check => check(flags),
    }
}

/// `db check`: the rows that a server would complain about when it starts.
fn check(flags: &Flags) -> Result<(), Failure> {
    let admin = open(flags)?;
    let mut odd = admin.odd_rows()?;
    let addresses = Reloaded::of(&admin.addresses(None)?);
    odd.extend(addresses.refused);
    odd.extend(addresses.doubted);
    if flags.json {
        report(flags, json!(odd), "")?;
    } else {
        let mut out = anstream::stdout().lock();
        for line in &odd {
            writeln!(out, "{}", printable(line.as_bytes()))?;
        }
    }
    match odd.len() {
        0 if flags.json => Ok(()),
        0 => report(flags, "", "a server reads every row as it is written"),
        1 => Err(Failure::Refused("1 row is odd".to_owned())),
        count => Err(Failure::Refused(format!("{count} rows are odd"))),
    }
}

/// `db create`: the file and its tables.
fn create(flags: &Flags) -> Result<(), Failure> {
    let (database, Created { file, tables }) = Database::create(&flags.database)?;
    let path = database.path().display();
    let names = tables.join(", ");
    let text = match (file, tables.len()) {
        (true, _) => format!("created {path} with the tables {names}"),
        (false, 0) => format!("{path} already exists and has every table"),
        (false, 1) => format!("{path} already exists; added the table {names}"),
        (false, _) => format!("{path} already exists; added the tables {names}"),
    };
    let json = json!({"file": path.to_string(), "created": file, "tables": tables});
    report(flags, json, text)
}

/// The database of `--database`, which must exist: a mistyped name must not create another one.
pub(crate) fn open(flags: &Flags) -> Result<Admin, Failure> {
    let path = &flags.database;
    match path.try_exists() {
        Ok(true) => Ok(Database::inline(path)?.admin()?),
        Ok(false) => Err(Failure::NoDatabase(path.clone())),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            let path = path.clone();
            Err(Failure::Input { path, error })
        }
        Err(_) => Err(Failure::NoDatabase(path.clone())),
    }
}
