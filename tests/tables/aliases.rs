//! `aliases`: what `lookup("aliases")` of the listings reads. The table has the columns of `location`,
//! and a row of it leads from an alias to a URI.

use whole_system::kamailio::{Kamailio, create_tables_of};
use whole_system::step::{self, STEP_07, Server};
use whole_system::wire::Phone;
use whole_system::{address, text};

use crate::bindings::{NOBODY, insert_into, of_kamailio};
use crate::script::script;
use crate::{Row, Section, place};

const VERSION: &str = "Kamailio's module usrloc wants 9, and its own script makes this table with 8; \
    the server does not use the table";
const UNREAD: &str = "the server reads `dbaliases`; `sipctl db check` names these rows";

/// What makes Kamailio start with the table.
const AS_9: &str = "UPDATE version SET table_version = 9 WHERE table_name = 'aliases'";

/// Where an alias without oddities leads.
const USUAL: &str = "sip:10@192.0.2.7";

/// The column of an alias, and its value (SQL).
const CASES: &[(&str, &str)] = &[
    ("ruid", "'any-text'"),
    ("username", "upper('ALIAS')"),
    ("domain", "NULL"),
    ("domain", "'other.example'"),
    ("contact", "'sip:10@192.0.2.9:5080;line=1'"),
    ("contact", "'nonsense'"),
    ("contact", "''"),
    ("received", "'sip:203.0.113.9:40001'"),
    ("path", "'<sip:192.0.2.8;lr>'"),
    ("expires", "'2030-05-28 21:32:15'"),
    ("expires", "0"),
    ("expires", "2440587.5"),
    ("q", "0.5"),
    ("callid", "'any-text'"),
    ("cseq", "7"),
    ("last_modified", "'yesterday'"),
    ("flags", "1"),
    ("cflags", "64"),
    ("user_agent", "'any-text'"),
    ("socket", "NULL"),
    ("methods", "1"),
    ("instance", "'<urn:uuid:1>'"),
    ("reg_id", "1"),
    ("server_id", "9"),
    ("connection_id", "77"),
    ("keepalive", "1"),
    ("partition", "3"),
];

/// Both servers read every case, all from one table.
pub fn section() -> Section {
    let rows: String = CASES
        .iter()
        .enumerate()
        .map(|(number, (column, value))| {
            let value = value.replace("ALIAS", &alias(number));
            insert_into("aliases", &alias(number), USUAL, column, &value)
        })
        .collect();
    let files = place::with("");
    create_tables_of("registrar", &step::database(files.path()));
    place::execute(files.path(), &rows);
    let address = address::free(1);
    let script = script(address, &step::database(files.path()), false);
    let script = script.replace("\"location\"", "\"aliases\"");
    let launch = || Kamailio::launch(address, &script, files.path());

    let as_made = launch().if_it_starts().map(Kamailio::stop);
    place::execute(files.path(), AS_9);
    let kamailio = launch().when_ready();
    let asking = Phone::new("2000", 16, address);
    let theirs: Vec<String> = (0..CASES.len())
        .map(|number| of_kamailio(&alias(number), USUAL, &asking, &kamailio))
        .collect();
    kamailio.stop();

    let server = Server::start(STEP_07, files.path());
    server.add_user("2000");
    let ours: Vec<String> = (0..CASES.len())
        .map(|number| called_here(&alias(number), &server))
        .collect();
    assert!(server.stop().success());

    let first = Row {
        shown: "`version` as the table is made, 8".to_owned(),
        kamailio: match as_made {
            Some(()) => "starts".to_owned(),
            None => "does not start".to_owned(),
        },
        ours: "starts".to_owned(),
        why: VERSION,
    };
    let rows = CASES.iter().zip(theirs.into_iter().zip(ours));
    let rows = rows.map(|((column, value), (kamailio, ours))| Row {
        shown: format!("`{column}` = `{value}`"),
        why: if kamailio == ours { "" } else { UNREAD },
        kamailio,
        ours,
    });
    Section {
        table: "aliases",
        rows: std::iter::once(first).chain(rows).collect(),
    }
}

fn called_here(alias: &str, server: &Server) -> String {
    let caller = Phone::new("2000", 16, server.address()).with_password(STEP_07.password());
    match text::status(&caller.invite(alias)) {
        Some(404) => NOBODY.to_owned(),
        other => format!("the call ends with {other:?}"),
    }
}

fn alias(number: usize) -> String {
    format!("alias{number}")
}
