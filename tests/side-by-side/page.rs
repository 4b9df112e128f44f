//! Writes or checks the page that shows the table: docs/kamailio.md, between two marks.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::table::{ALL, LiesIn, Row};

const BEGIN: &str = "<!-- side by side: begin -->\n";
const END: &str = "<!-- side by side: end -->\n";

const GROUPS: [(LiesIn, &str); 3] = [
    (
        LiesIn::Script,
        "In the listings: another script would do as ours does",
    ),
    (
        LiesIn::Settings,
        "In the settings, which the texts chose or left at their defaults",
    ),
    (LiesIn::Kamailio, "In Kamailio 5.6.3 itself"),
];

/// The variable that renews the page instead of comparing it.
const RENEW: &str = "SIDE_BY_SIDE";

/// The folder of the book.
pub fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

/// Compares the page with the table, or renews it with `SIDE_BY_SIDE=renew`.
///
/// # Panics
/// When they differ.
pub fn check(rows: &[Row]) {
    let file = docs().join("kamailio.md");
    let page = fs::read_to_string(&file).expect("the page is there");
    let (before, rest) = page.split_once(BEGIN).expect("the mark of the beginning");
    let (shown, after) = rest.split_once(END).expect("the mark of the end");
    let table = text(rows);
    if env::var_os(RENEW).is_some() {
        let page = format!("{before}{BEGIN}{table}{END}{after}");
        fs::write(&file, page).expect("the page can be written");
    } else {
        assert!(
            shown == table,
            "docs/kamailio.md and the table differ: `{RENEW}=renew cargo test -p whole-system \
             --test peers-side-by-side` renews the page"
        );
    }
}

fn text(rows: &[Row]) -> String {
    let mut text = String::new();
    let mut chapter = 0;
    for row in rows {
        if row.chapter != chapter {
            chapter = row.chapter;
            text += &format!(
                "\n### Chapter {chapter}\n\n\
                 [`{chapter:02}.cfg`](kamailio/{chapter:02}.cfg)\n\n\
                 | scene | Kamailio | here | why |\n|---|---|---|---|\n"
            );
        }
        let mut here = if row.ours == row.kamailio {
            "the same".to_owned()
        } else {
            cell(row.ours)
        };
        if let Some(exchange) = row.recording {
            here += &format!("<br>(in `{exchange}`)");
        }
        let why: Vec<_> = row.why.iter().map(|difference| difference.name).collect();
        text += &format!(
            "| {} | {} | {here} | {} |\n",
            row.scene,
            cell(row.kamailio),
            why.join(", ")
        );
    }
    text += "\n## What is meant to differ\n";
    for (lies_in, title) in GROUPS {
        text += &format!("\n### {title}\n\n");
        for difference in ALL.iter().filter(|one| one.lies_in == lies_in) {
            text += &format!("- **{}.** {}\n", difference.name, difference.reason);
        }
    }
    text
}

/// One message a line.
fn cell(heard: &str) -> String {
    heard.replace("; ", "<br>")
}
