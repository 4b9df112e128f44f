use std::io;

use serde_json::json;
use sip_database::{Admin, Created, Database};

use crate::failure::Failure;
use crate::flags::Flags;
use crate::report::report;
use crate::verbs::Db;

/// `db create`: the file and its tables.
pub(crate) fn run(verb: &Db, flags: &Flags) -> Result<(), Failure> {
    let Db::Create = verb;
    let (database, Created { file, tables }) = Database::create(&flags.database)?;
    let path = database.path().display();
    let names = tables.join(", ");
    let text = match (file, tables.len()) {
        (true, _) => format!("{path} is made, with the tables {names}"),
        (false, 0) => format!("{path} is there already, and has every table"),
        (false, 1) => format!("{path} was there already; the table {names} is made"),
        (false, _) => format!("{path} was there already; the tables {names} are made"),
    };
    let json = json!({"file": path.to_string(), "created": file, "tables": tables});
    report(flags, json, text)
}

/// The database of `--database`, which must be there: a mistyped name makes no new one.
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
