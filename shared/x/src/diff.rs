//! The differences of two texts: as `diff -u` prints them, counted, and in colour.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

/// The difference of two files as `diff -u` prints it, with three lines around a change.
pub fn unified(old_name: &str, old: &str, new_name: &str, new: &str) -> String {
    TextDiff::from_lines(old, new)
        .unified_diff()
        .context_radius(3)
        .header(old_name, new_name)
        .to_string()
}

/// How many lines went or came; a changed line counts twice, as in `diff`.
pub fn changed_lines(old: &str, new: &str) -> usize {
    TextDiff::from_lines(old, new)
        .iter_all_changes()
        .filter(|change| change.tag() != ChangeTag::Equal)
        .count()
}

/// A unified difference with colours: removed red, added green, places cyan.
pub fn coloured(diff: &str) -> String {
    let mut out = String::with_capacity(diff.len() * 2);
    for line in diff.lines() {
        let style = match line.as_bytes().first() {
            _ if line.starts_with("---") || line.starts_with("+++") => Style::new().bold(),
            Some(b'-') => AnsiColor::Red.on_default(),
            Some(b'+') => AnsiColor::Green.on_default(),
            Some(b'@') => AnsiColor::Cyan.on_default(),
            _ => Style::new(),
        };
        // Writing to a String does not fail.
        let _ = writeln!(out, "{style}{line}{style:#}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_line_counts_twice() {
        assert_eq!(changed_lines("a\nb\nc\n", "a\nB\nc\nd\n"), 3);
    }

    #[test]
    fn the_difference_names_both_files() {
        let diff = unified("old.rs", "a\n", "new.rs", "b\n");
        assert_eq!(diff, "--- old.rs\n+++ new.rs\n@@ -1 +1 @@\n-a\n+b\n");
    }
}
