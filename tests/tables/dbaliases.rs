//! `dbaliases`: where an alias leads. Here to user 10, or to nobody.

use std::time::{Duration, Instant};

use whole_system::kamailio::Kamailio;
use whole_system::step::{self, STEP_07, Server};
use whole_system::wire::{PATIENCE, Phone};
use whole_system::{address, text};

use crate::script::script;
use crate::{Row, Section, place};

/// How often each phone is asked what has come.
const POLL: Duration = Duration::from_millis(5);

const EMPTY: &str = "an empty domain means the domain that was called; Kamailio makes `sip:10@` of \
    it, without a host";
const DOMAIN: &str = "the domain is looked up here, as in a Kamailio with `use_domain` 1";

/// A column of an alias, its value (SQL), and why the servers differ, if they do.
const CASES: &[(&str, &str, &str)] = &[
    ("username", "'10'", ""),
    ("username", "10", ""),
    ("username", "x'3130'", ""),
    ("username", "''", ""),
    ("domain", "''", EMPTY),
    ("alias_domain", "'127.0.0.1'", ""),
    ("alias_domain", "'other.example'", DOMAIN),
    ("alias_domain", "'OTHER.EXAMPLE'", DOMAIN),
    ("alias_username", "upper('ALIAS')", ""),
];

/// Reads every case from both.
pub fn section() -> Section {
    let rows: String = CASES
        .iter()
        .enumerate()
        .map(|(number, (column, value, _))| {
            let mut set = vec![
                ("alias_username", format!("'{}'", alias(number))),
                ("username", "'10'".to_owned()),
                ("domain", "'127.0.0.1'".to_owned()),
            ];
            set.retain(|(name, _)| name != column);
            set.push((column, value.replace("ALIAS", &alias(number))));
            let (columns, values): (Vec<_>, Vec<_>) = set.into_iter().unzip();
            let (columns, values) = (columns.join(", "), values.join(", "));
            format!("INSERT INTO dbaliases ({columns}) VALUES ({values});")
        })
        .collect();
    let files = place::with(&rows);
    let address = address::free(1);
    let script = script(address, &step::database(files.path()), false);
    let kamailio = Kamailio::launch(address, &script, files.path()).when_ready();
    let asking = Phone::new("2000", 16, address);
    let theirs: Vec<bool> = (0..CASES.len())
        .map(|number| {
            let uri = format!("sip:{}@{address}", alias(number));
            let answer = asking.transact(&asking.request("NOTIFY", &uri, ""));
            answer.starts_with("SIP/2.0 200 10\r\n")
        })
        .collect();
    kamailio.stop();
    let server = Server::start(STEP_07, files.path());
    let mut ten = server.phone("10", 15);
    ten.register(600);
    server.add_user("2000");
    let ours: Vec<bool> = (0..CASES.len())
        .map(|number| {
            // Each call from a phone of its own: late answers are not taken for those of the next.
            let caller = Phone::new("2000", 16, server.address());
            let caller = caller.with_password(STEP_07.password());
            rings(&ten, &caller, &alias(number))
        })
        .collect();
    assert!(server.stop().success());
    let shown = |leads| {
        if leads {
            "leads to 10"
        } else {
            "leads to nobody"
        }
    };
    let rows = CASES.iter().zip(theirs.into_iter().zip(ours));
    let rows = rows.map(|((column, value, why), (kamailio, ours))| Row {
        shown: format!("`{column}` = `{value}`"),
        kamailio: shown(kamailio).to_owned(),
        ours: shown(ours).to_owned(),
        why,
    });
    Section {
        table: "dbaliases",
        rows: rows.collect(),
    }
}

/// Whether a call to an alias rings at a phone, which is busy. It does not when it is refused instead.
fn rings(phone: &Phone, caller: &Phone, alias: &str) -> bool {
    caller.begin_call(alias);
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        if let Some(invite) = phone.receive(POLL)
            && text::method(&invite) == Some("INVITE")
        {
            phone.answer_to_via(&invite, "486 Busy Here");
            return true;
        }
        let answer = caller.receive(POLL);
        if answer.is_some_and(|it| text::status(&it) >= Some(400)) {
            return false;
        }
    }
    panic!("a call to {alias} neither rings nor is refused");
}

fn alias(number: usize) -> String {
    format!("alias{number}")
}
