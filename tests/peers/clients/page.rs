//! The tables in docs/phones.md and docs/08-stronger-digest.md, each between two marks.

use std::env;
use std::fs;
use std::path::Path;

use crate::client::{Calls, Client};
use crate::run::{Outcome, Way};

const BEGIN: &str = "<!-- clients: begin -->\n";
const END: &str = "<!-- clients: end -->\n";

/// What renews the page instead of comparing it.
const RENEW: &str = "CLIENTS";

/// A client, and what it managed each way.
pub struct Row<'a> {
    /// The client.
    pub client: &'a Client,
    /// The version that was tried.
    pub version: String,
    /// Its outcomes, in the order of [`Way::ALL`] or [`Way::OFFERS`].
    pub outcomes: Vec<&'a Outcome>,
}

/// Compares the page with what the clients did, or renews it with `CLIENTS=renew`.
///
/// # Panics
/// When they differ, with the logs of the clients and servers.
pub fn check(rows: &[Row<'_>]) {
    let head = "| client | registers, refreshes, unregisters: chapter 1 | 3 | 5 | 7, UDP | 7, TCP | 7, IPv6 \
                | calls phone 11 | what to set |\n|---|---|---|---|---|---|---|---|---|\n";
    compare("docs/phones.md", head, rows, line_of);
}

/// The same for the algorithms that chapter 8 offers.
///
/// # Panics
/// As [`check`].
pub fn check_offers(rows: &[Row<'_>]) {
    let head = "| client | `md5` | `sha-256,md5` | `md5,sha-256` | `sha-256` \
                | `md5`, and its user moved to `sha-256` |\n|---|---|---|---|---|---|\n";
    compare("docs/08-stronger-digest.md", head, rows, offers_of);
}

fn compare(name: &str, head: &str, rows: &[Row<'_>], line_of: fn(&Row<'_>) -> String) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
    let page = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
    let parts = page.split_once(BEGIN).and_then(|(before, rest)| {
        let (shown, after) = rest.split_once(END)?;
        Some((before, shown, after))
    });
    let Some((before, shown, after)) = parts else {
        panic!("{name}: no table between {BEGIN}and {END}");
    };
    let lines: String = rows.iter().map(line_of).collect();
    let table = format!("{head}{lines}");
    if env::var_os(RENEW).is_some() {
        let page = format!("{before}{BEGIN}{table}{END}{after}");
        fs::write(&file, page).unwrap_or_else(|error| panic!("{name}: {error}"));
        return;
    }
    if shown == table {
        return;
    }
    for row in rows {
        if !shown.contains(&line_of(row)) {
            row.outcomes.iter().for_each(|it| println!("{}", it.story));
        }
    }
    panic!(
        "{name} is out of date: `{RENEW}=renew cargo test -p whole-system \
         --test peers-clients -- --ignored` renews the page\n--- expected\n{shown}\n--- actual\n{table}"
    );
}

fn offers_of(row: &Row<'_>) -> String {
    let works = |outcome: &&Outcome| match (outcome.registers, outcome.at_second_try) {
        (true, false) => "yes",
        (true, true) => "at its second try",
        (false, _) => "no",
    };
    let works: Vec<&str> = row.outcomes.iter().map(works).collect();
    let (name, version) = (row.client.name, &row.version);
    format!("| {name} {version} | {} |\n", works.join(" | "))
}

fn line_of(row: &Row<'_>) -> String {
    let Row {
        client,
        version,
        outcomes,
    } = row;
    let registers: Vec<&str> = outcomes
        .iter()
        .map(|outcome| registration(outcome))
        .collect();
    let reached = |outcome: &Outcome| outcome.is_impossible || outcome.reaches;
    let works = Way::ALL
        .iter()
        .zip(outcomes.iter().copied())
        .filter(|(_, o)| o.registers);
    let all = works.clone().all(|(_, outcome)| reached(outcome));
    let calls = match client.calls {
        Calls::Voice if all => "yes".to_owned(),
        Calls::Message if all => "no, it needs a browser; a message arrives".to_owned(),
        Calls::Not(why) => format!("no: {why}"),
        Calls::Voice | Calls::Message => {
            let failed = works.filter(|(_, outcome)| !reached(outcome));
            let failed: Vec<String> = failed.map(|(way, _)| format!("{way:?}")).collect();
            format!("not by {}", failed.join(", "))
        }
    };
    format!(
        "| {} {version} | {} | {calls} | {} |\n",
        client.name,
        registers.join(" | "),
        client.settings
    )
}

fn registration(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome {
            is_impossible: true,
            ..
        } => "-",
        Outcome {
            refreshes: true,
            unregisters: true,
            ..
        } => "yes",
        Outcome {
            registers: true,
            refreshes: false,
            ..
        } => "no refresh",
        Outcome {
            registers: true, ..
        } => "stays registered",
        _ => "no",
    }
}
