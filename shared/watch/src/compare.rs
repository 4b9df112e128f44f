//! Two messages side by side, line by line.

use serde::Serialize;
use similar::{ChangeTag, TextDiff};

/// A line of both messages, or of one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct PairOfLines {
    pub(crate) left: Option<String>,
    pub(crate) right: Option<String>,
    pub(crate) same: bool,
}

/// The lines of two messages: equal lines beside each other, changed lines too.
pub(crate) fn compare(left: &[u8], right: &[u8]) -> Vec<PairOfLines> {
    let texts = [left, right].map(|bytes| String::from_utf8_lossy(bytes).replace("\r\n", "\n"));
    let diff = TextDiff::from_lines(&texts[0], &texts[1]);
    let mut rows = Vec::new();
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    for change in diff.iter_all_changes() {
        let line = change.value().trim_end_matches('\n').to_owned();
        match change.tag() {
            ChangeTag::Delete => removed.push(line),
            ChangeTag::Insert => added.push(line),
            ChangeTag::Equal => {
                pair(&mut rows, &mut removed, &mut added);
                rows.push(PairOfLines {
                    left: Some(line.clone()),
                    right: Some(line),
                    same: true,
                });
            }
        }
    }
    pair(&mut rows, &mut removed, &mut added);
    rows
}

/// Puts lines that were replaced beside those that replace them.
fn pair(rows: &mut Vec<PairOfLines>, removed: &mut Vec<String>, added: &mut Vec<String>) {
    let mut added = added.drain(..);
    for left in removed.drain(..) {
        rows.push(PairOfLines {
            left: Some(left),
            right: added.next(),
            same: false,
        });
    }
    rows.extend(added.map(|right| PairOfLines {
        left: None,
        right: Some(right),
        same: false,
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_lines_are_beside_each_other() {
        let rows = compare(
            b"A\r\nVia: 1\r\nVia: 2\r\nB\r\n",
            b"A\r\nVia: 3\r\nB\r\nC\r\n",
        );
        let shown: Vec<(&str, &str, bool)> = rows
            .iter()
            .map(|row| {
                (
                    row.left.as_deref().unwrap_or("-"),
                    row.right.as_deref().unwrap_or("-"),
                    row.same,
                )
            })
            .collect();
        let expected = [
            ("A", "A", true),
            ("Via: 1", "Via: 3", false),
            ("Via: 2", "-", false),
            ("B", "B", true),
            ("-", "C", false),
        ];
        assert_eq!(shown, expected);
    }
}
