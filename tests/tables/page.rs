//! The page of the book that shows the tables: docs/tables.md, between two marks.

use std::path::Path;
use std::{env, fs};

use crate::{Row, Section};

const BEGIN: &str = "<!-- tables: begin -->\n";
const END: &str = "<!-- tables: end -->\n";

/// What renews the page instead of comparing it.
const RENEW: &str = "TABLES";

/// Compares the page with the rows, or renews it with `TABLES=renew`.
///
/// # Panics
/// When they differ.
pub fn check(sections: &[Section]) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/tables.md");
    let page = fs::read_to_string(&file).expect("the page is there");
    let (before, rest) = page.split_once(BEGIN).expect("the mark of the beginning");
    let (shown, after) = rest.split_once(END).expect("the mark of the end");
    let seen: String = sections.iter().map(text).collect();
    if env::var_os(RENEW).is_some() {
        let page = format!("{before}{BEGIN}{seen}{END}{after}");
        fs::write(&file, page).expect("the page can be written");
    } else {
        assert!(
            shown == seen,
            "docs/tables.md is out of date: `{RENEW}=renew cargo test -p whole-system \
             --test peers-tables -- --ignored` renews the page. Seen:\n{seen}"
        );
    }
}

fn text(section: &Section) -> String {
    let head = format!(
        "\n### {}\n\n| row | Kamailio | here | why |\n|---|---|---|---|\n",
        section.table
    );
    let line = |row: &Row| {
        let Row {
            shown,
            kamailio,
            ours,
            why,
        } = row;
        let here = if ours == kamailio { "the same" } else { ours };
        format!("| {shown} | {kamailio} | {here} | {why} |\n").replace("  ", " ")
    };
    head + &section.rows.iter().map(line).collect::<String>()
}
