//! The table in docs/phones.md, between two marks.

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
    /// Its outcomes, in the order of [`Way::ALL`].
    pub outcomes: [&'a Outcome; 6],
}

/// Compares the page with what the clients did, or renews it with `CLIENTS=renew`.
///
/// # Panics
/// When they differ, with the logs of the clients and servers.
pub fn check(rows: &[Row<'_>]) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/phones.md");
    let page = fs::read_to_string(&file).unwrap_or_else(|error| panic!("docs/phones.md: {error}"));
    let parts = page.split_once(BEGIN).and_then(|(before, rest)| {
        let (shown, after) = rest.split_once(END)?;
        Some((before, shown, after))
    });
    let Some((before, shown, after)) = parts else {
        panic!("docs/phones.md: no table between {BEGIN}and {END}");
    };
    let table = text(rows);
    if env::var_os(RENEW).is_some() {
        let page = format!("{before}{BEGIN}{table}{END}{after}");
        fs::write(&file, page).unwrap_or_else(|error| panic!("docs/phones.md: {error}"));
        return;
    }
    if shown == table {
        return;
    }
    for (row, outcome) in rows.iter().flat_map(|row| row.outcomes.map(|it| (row, it))) {
        let line = line_of(row);
        if !shown.contains(&line) {
            println!("{}", outcome.story);
        }
    }
    panic!(
        "docs/phones.md is out of date: `{RENEW}=renew cargo test -p whole-system \
         --test peers-clients -- --ignored` renews the page\n--- expected\n{shown}\n--- actual\n{table}"
    );
}

fn text(rows: &[Row<'_>]) -> String {
    let mut text =
        "| client | registers, refreshes, unregisters: chapter 1 | 3 | 5 | 7, UDP | 7, TCP | 7, IPv6 \
                    | calls phone 11 | what to set |\n|---|---|---|---|---|---|---|---|---|\n"
            .to_owned();
    for row in rows {
        text += &line_of(row);
    }
    text
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
    let works = Way::ALL.iter().zip(outcomes).filter(|(_, o)| o.registers);
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
