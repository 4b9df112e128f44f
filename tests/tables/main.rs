//! Kamailio's tables, column by column: a real Kamailio and the server of chapter 7 read rows with
//! every odd value from the same file. docs/tables.md shows what each made of them.
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

mod addresses;
mod aliases;
mod bindings;
mod dbaliases;
mod page;
mod place;
mod script;
mod stock;
mod subscribers;
mod versions;

/// A row, what each server made of it, and why that differs where it does.
pub struct Row {
    /// The row, as the page shows it.
    pub shown: String,
    /// What Kamailio made of it.
    pub kamailio: String,
    /// What the server made of it.
    pub ours: String,
    /// Why the two differ; empty where they do not.
    pub why: &'static str,
}

/// The rows of a table.
pub struct Section {
    /// Its name.
    pub table: &'static str,
    /// The rows.
    pub rows: Vec<Row>,
}

#[test]
#[ignore = "needs Kamailio (Debian: kamailio, kamailio-sqlite-modules), .ci/run installs it"]
fn every_odd_value_of_every_column_is_read_as_the_page_says() {
    let sections = [
        bindings::section(),
        subscribers::section(),
        dbaliases::section(),
        aliases::section(),
        addresses::section(),
        versions::section(),
    ];
    let all = sections.iter().flat_map(|section| &section.rows);
    let unexplained: Vec<String> = all
        .filter(|row| (row.kamailio == row.ours) != row.why.is_empty())
        .map(|row| {
            let Row {
                shown,
                kamailio,
                ours,
                why,
            } = row;
            format!("{shown}: Kamailio {kamailio}, here {ours}, explained: {why:?}")
        })
        .collect();
    assert!(unexplained.is_empty(), "{}", unexplained.join("\n"));
    page::check(&sections);
}
