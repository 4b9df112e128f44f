//! The file between two tasks: the finished one, with the items as they are before a task.

use super::places::{Place, lines, places};
use crate::failure::Failure;

/// The items that a task changes, as they are before it.
#[derive(Debug)]
pub(super) struct Before {
    /// The top of the file, which says what state it is in.
    head: String,
    /// Names and texts.
    items: Vec<(String, String)>,
}

impl Before {
    /// Reads a file `1.rs`.
    pub(super) fn read(source: &str) -> Result<Self, Failure> {
        let places = places(source)?;
        let text = |place: &Place| lines(source, place.first, place.last);
        Ok(Self {
            head: head(source, &places),
            items: places.iter().map(|p| (p.name.clone(), text(p))).collect(),
        })
    }
}

/// The finished file when the tasks of `left` are not done: each of its items as it is before the
/// first of them, and without the items that come with one, `new`.
pub(super) fn state(finished: &str, left: &[Before], new: &[&str]) -> Result<String, Failure> {
    let all = places(finished)?;
    let is_there = |name: &str| all.iter().any(|place| place.name == name);
    let items = left.iter().flat_map(|before| &before.items);
    let names = items.clone().map(|(name, _)| name.as_str());
    if let Some(unknown) = names
        .chain(new.iter().copied())
        .find(|name| !is_there(name))
    {
        return Err(Failure::new(format!(
            "the finished file has no `{unknown}`"
        )));
    }
    let mut out = match left.first() {
        Some(before) => before.head.clone(),
        None => head(finished, &all),
    };
    let mut next = all.first().map_or(1, |place| place.first);
    for place in &all {
        let between = lines(finished, next, place.first - 1);
        next = place.last + 1;
        if new.contains(&place.name.as_str()) {
            continue;
        }
        let before = items.clone().find(|(name, _)| *name == place.name);
        let text = match before {
            Some((_, text)) => text.clone(),
            None => lines(finished, place.first, place.last),
        };
        out += &(between + &text);
    }
    Ok(out)
}

/// All above the first item.
fn head(source: &str, places: &[Place]) -> String {
    lines(source, 1, places.first().map_or(0, |place| place.first - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FINISHED: &str = "//! Done.\n\nuse a::{B, C};\n\n/// Asks.\nfn ask() {\n    one();\n    \
        two();\n}\n\n/// New.\nconst X: u8 = 1; // why\n";

    fn before(text: &str) -> Before {
        Before::read(text).unwrap()
    }

    #[test]
    fn an_item_is_as_it_is_before_the_first_task_that_is_left() {
        let first = before("//! Begin.\n\n/// Ask.\nfn ask() {}\n");
        let second = "fn ask() {\n    one();\n}\n\nuse a::B;\n\nconst X: u8 = 0;\n";
        let tasks = [first, before(&format!("//! Middle.\n\n{second}"))];
        // X comes with the first task, and changes in the second.
        let begun = state(FINISHED, &tasks, &["const X"]).unwrap();
        assert_eq!(begun, "//! Begin.\n\nuse a::B;\n\n/// Ask.\nfn ask() {}\n");
        let middle = state(FINISHED, &tasks[1..], &[]).unwrap();
        let expected = "use a::B;\n\nfn ask() {\n    one();\n}\n\nconst X: u8 = 0;\n";
        assert_eq!(middle, format!("//! Middle.\n\n{expected}"));
        assert_eq!(state(FINISHED, &[], &[]).unwrap(), FINISHED);
    }

    #[test]
    fn an_item_that_the_finished_file_does_not_have_is_named() {
        let failure = state(FINISHED, &[before("//! B.\n\nfn gone() {}\n")], &[]).unwrap_err();
        assert_eq!(failure.to_string(), "the finished file has no `fn gone`");
    }
}
