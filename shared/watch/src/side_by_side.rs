//! The same exchange under two scripts: which message is which, and what differs.

use serde::Serialize;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::message::{Line, lines};
use crate::model::{Kept, Store};

/// A message of both exchanges, or of one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Pair {
    /// The number of the message on the left.
    pub(crate) left: Option<u64>,
    /// The number of the message on the right.
    pub(crate) right: Option<u64>,
    /// They differ at most in values that are new in every run.
    pub(crate) same: bool,
    /// The lines that differ.
    pub(crate) differences: Vec<Difference>,
}

/// A line that differs, or that only one message has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Difference {
    pub(crate) left: Option<String>,
    pub(crate) right: Option<String>,
}

/// Values that are new in every run say nothing about a script.
const NEW_EVERY_TIME: [&str; 7] = [
    "branch", "tag", "call-id", "nonce", "cnonce", "opaque", "response",
];

/// The messages of two exchanges side by side.
pub(crate) fn side_by_side(left: &Store, right: &Store) -> Vec<Pair> {
    let (lefts, rights) = (keys(left), keys(right));
    let texts = |keys: &[(String, u64)]| -> Vec<String> {
        keys.iter().map(|(key, _)| key.clone()).collect()
    };
    let ops = capture_diff_slices(Algorithm::Myers, &texts(&lefts), &texts(&rights));
    let mut pairs = Vec::new();
    for op in ops {
        let (old, new) = (op.old_range(), op.new_range());
        let (old, new) = (&lefts[old], &rights[new]);
        match op {
            DiffOp::Equal { .. } => {
                let both = old.iter().zip(new);
                pairs.extend(both.map(|((_, a), (_, b))| both_of(left, right, *a, *b)));
            }
            _ => {
                pairs.extend(old.iter().map(|(_, n)| alone(Some(*n), None)));
                pairs.extend(new.iter().map(|(_, n)| alone(None, Some(*n))));
            }
        }
    }
    pairs
}

/// Who sends what to whom, and the number of the message.
fn keys(store: &Store) -> Vec<(String, u64)> {
    let name = |id: Option<usize>| {
        let party = id.and_then(|id| store.parties().get(id));
        party.map_or("", |party| party.name.as_str())
    };
    let key = |kept: &Kept| {
        let row = &kept.row;
        let key = format!("{} {} {}", name(Some(row.from)), name(row.to), row.label);
        (key, row.n)
    };
    store.messages().map(key).collect()
}

fn alone(left: Option<u64>, right: Option<u64>) -> Pair {
    Pair {
        left,
        right,
        same: false,
        differences: Vec::new(),
    }
}

fn both_of(left: &Store, right: &Store, a: u64, b: u64) -> Pair {
    let shown = |store: &Store, n| {
        let bytes = store.message(n).map(|kept| &*kept.message.bytes);
        let (head, body) = lines(bytes.unwrap_or_default(), |_| None);
        head.into_iter().chain(body).collect::<Vec<Line>>()
    };
    let differences = differences(&shown(left, a), &shown(right, b));
    Pair {
        left: Some(a),
        right: Some(b),
        same: differences.is_empty(),
        differences,
    }
}

fn differences(left: &[Line], right: &[Line]) -> Vec<Difference> {
    let kept = |lines: &[Line]| -> Vec<String> { lines.iter().map(without_new_values).collect() };
    let ops = capture_diff_slices(Algorithm::Myers, &kept(left), &kept(right));
    let mut differences = Vec::new();
    for op in ops {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let mut added = right[op.new_range()].iter().map(whole);
        for line in &left[op.old_range()] {
            differences.push(Difference {
                left: Some(whole(line)),
                right: added.next(),
            });
        }
        differences.extend(added.map(|right| Difference {
            left: None,
            right: Some(right),
        }));
    }
    differences
}

fn whole(line: &Line) -> String {
    line.segments
        .iter()
        .map(|piece| piece.text.as_str())
        .collect()
}

fn without_new_values(line: &Line) -> String {
    let pieces = line.segments.iter();
    let shown = pieces.map(|piece| {
        if NEW_EVERY_TIME.contains(&piece.kind) {
            "*"
        } else {
            piece.text.as_str()
        }
    });
    shown.collect()
}
