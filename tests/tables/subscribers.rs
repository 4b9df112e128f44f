//! `subscriber`: which password lets a phone in.

use whole_system::kamailio::Kamailio;
use whole_system::step::{self, STEP_07, Server};
use whole_system::wire::Phone;
use whole_system::{address, digest, text};

use crate::script::script;
use crate::{Row, Section, place};

const BOTH: &str =
    "Kamailio reads the one column that its script names; here HA1 counts where there is one";
const UPPER: &str = "Kamailio compares HA1 as text; here a hash may have capitals";
const LOWER: &str = "the domain is looked up here, in lower case; Kamailio with `use_domain` 0 \
    ignores it";
const DOMAIN: &str = "the domain is looked up here, as in a Kamailio with `use_domain` 1";
const BROKEN: &str = "here a broken `ha1` lets nobody in; Kamailio reads the password";

/// The columns, their values (SQL; `$HA1` is the right hash), what is shown, and why the servers
/// differ.
const CASES: &[(&str, &str, &str, &str)] = &[
    ("password", "'secret'", "a password alone", ""),
    ("password", "''", "nothing", ""),
    ("password", "x'736563726574'", "bytes", ""),
    ("password", "'  '", "spaces", ""),
    ("ha1", "'$HA1'", "HA1 alone", ""),
    ("ha1", "upper('$HA1')", "HA1 in capitals", UPPER),
    ("ha1", "'0123'", "a broken hash", ""),
    (
        "ha1, password",
        "'$HA1', 'other'",
        "HA1, and another password",
        "",
    ),
    (
        "ha1, password",
        "'0123', 'secret'",
        "a broken hash, and the password",
        BROKEN,
    ),
    (
        "ha1, password",
        "'00000000000000000000000000000000', 'secret'",
        "another HA1, and the password",
        BOTH,
    ),
    ("ha1b", "'$HA1'", "HA1b alone", ""),
    (
        "domain, password",
        "'127.0.0.1', 'secret'",
        "the domain",
        "",
    ),
    (
        "domain, password",
        "'other.example', 'secret'",
        "another domain",
        DOMAIN,
    ),
    (
        "domain, ha1",
        "'LOCALHOST', '$HA1'",
        "a domain in capitals",
        LOWER,
    ),
];

/// Both servers read every case; Kamailio twice, once set to read passwords and once hashes.
pub fn section() -> Section {
    let realm = "127.0.0.1";
    let rows: String = CASES
        .iter()
        .enumerate()
        .map(|(number, (columns, values, ..))| {
            let user = format!("user{number}");
            let ha1 = digest::of_password(user.as_bytes(), realm, "secret");
            let values = values.replace("$HA1", &ha1);
            format!("INSERT INTO subscriber (username, {columns}) VALUES ('{user}', {values});")
        })
        .collect();
    let files = place::with(&rows);
    let database = step::database(files.path());
    let [plain, hashed] = [false, true].map(|ha1| {
        let address = address::free(1);
        let kamailio = Kamailio::launch(address, &script(address, &database, ha1), files.path());
        let kamailio = kamailio.when_ready();
        let read = all(address);
        kamailio.stop();
        read
    });
    let server = Server::start(STEP_07, files.path());
    let ours = all(server.address());
    assert!(server.stop().success());
    let rows = CASES
        .iter()
        .enumerate()
        .map(|(at, (columns, _, shown, why))| {
            // An administrator would choose the setting that fits the row.
            let kamailio = match (plain[at], hashed[at]) {
                (false, false) => "is refused",
                (true, true) => "is let in",
                (true, false) => "is let in with `calculate_ha1` yes",
                (false, true) => "is let in with `calculate_ha1` no",
            };
            let ours = match (ours[at], plain[at] || hashed[at]) {
                (true, true) => kamailio.to_owned(),
                (true, false) => "is let in".to_owned(),
                (false, _) => "is refused".to_owned(),
            };
            Row {
                shown: format!("{shown} (`{columns}`)"),
                kamailio: kamailio.to_owned(),
                ours,
                why,
            }
        });
    Section {
        table: "subscriber",
        rows: rows.collect(),
    }
}

fn all(address: std::net::SocketAddr) -> Vec<bool> {
    let let_in = |number: usize| {
        let phone = Phone::new(&format!("user{number}"), 16, address);
        let mut phone = phone.with_password(Some("secret"));
        let contact = format!("Contact: <{}>\r\n", phone.contact());
        let register = phone.registration(&contact);
        text::status(&phone.transact(&register)) == Some(200)
    };
    (0..CASES.len()).map(let_in).collect()
}
