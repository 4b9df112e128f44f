//! `version`: whether each server starts with a table of another version, or without its row.

use whole_system::address;
use whole_system::kamailio::Kamailio;
use whole_system::step::{self, STEP_07, Server};

use crate::script::script;
use crate::{Row, Section, place};

const NO_ROW: &str = "a table without a row is taken, and `sipctl db check` names it";

const UNCHECKED: &str = "Kamailio does not look at the version of this table; a column may mean \
    something else in another one";

/// A change of the table (SQL), and why the servers differ, if they do.
const CASES: &[(&str, &str)] = &[
    ("DELETE FROM version WHERE table_name = 'location'", NO_ROW),
    ("DELETE FROM version WHERE table_name = 'address'", NO_ROW),
    (
        "UPDATE version SET table_version = 8 WHERE table_name = 'location'",
        "",
    ),
    (
        "UPDATE version SET table_version = 10 WHERE table_name = 'location'",
        "",
    ),
    (
        "UPDATE version SET table_version = 6 WHERE table_name = 'subscriber'",
        UNCHECKED,
    ),
    (
        "UPDATE version SET table_version = 2 WHERE table_name = 'dbaliases'",
        UNCHECKED,
    ),
    (
        "UPDATE version SET table_version = 5 WHERE table_name = 'address'",
        "",
    ),
    (
        "UPDATE version SET table_version = '9' WHERE table_name = 'location'",
        "",
    ),
    (
        "UPDATE version SET table_version = 'nine' WHERE table_name = 'location'",
        "",
    ),
    (
        "UPDATE version SET table_name = 'LOCATION' WHERE table_name = 'location'",
        NO_ROW,
    ),
];

/// Starts both with every case.
pub fn section() -> Section {
    Section {
        table: "version",
        rows: CASES.iter().map(row).collect(),
    }
}

fn row((change, why): &(&str, &'static str)) -> Row {
    let files = place::with(change);
    let address = address::free(17);
    let script = script(address, &step::database(files.path()), false);
    let kamailio = Kamailio::launch(address, &script, files.path()).if_it_starts();
    let theirs = kamailio.map(Kamailio::stop);
    let server = Server::launch(STEP_07, files.path(), address::free(1)).if_it_starts();
    let ours = server.map(|server| assert!(server.stop().success()));
    let shown = |started: Option<()>| match started {
        Some(()) => "starts",
        None => "does not start",
    };
    Row {
        shown: format!("`{change}`"),
        kamailio: shown(theirs).to_owned(),
        ours: shown(ours).to_owned(),
        why,
    }
}
