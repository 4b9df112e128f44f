//! `--watch`: checks again when a source of the chapter was saved.

use std::sync::mpsc::channel;
use std::time::Duration;

use notify_debouncer_mini::{DebounceEventResult, new_debouncer, notify::RecursiveMode};

use super::place;
use crate::course::Course;
use crate::failure::Failure;

/// Editors write a file in several steps.
const SETTLING: Duration = Duration::from_millis(300);

/// Calls `check` now, and again after every save, until it fails or the program ends.
///
/// # Errors
/// When the folder cannot be watched.
pub fn watch(
    course: &Course,
    number: &str,
    mut check: impl FnMut() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let folder = course
        .root
        .join(place(course, course.chapter(number)?))
        .join("src");
    let (saved, saves) = channel();
    let tell = move |events: DebounceEventResult| {
        // Fails when nobody waits any more.
        let _ = saved.send(events);
    };
    let cannot = |error| Failure::of(folder.display(), error);
    let mut debouncer = new_debouncer(SETTLING, tell).map_err(cannot)?;
    let watcher = debouncer.watcher();
    watcher
        .watch(&folder, RecursiveMode::Recursive)
        .map_err(cannot)?;
    check()?;
    for events in saves {
        let events = events.map_err(cannot)?;
        let is_source = |path: &std::path::Path| path.extension().is_some_and(|end| end == "rs");
        if events.iter().any(|event| is_source(&event.path)) {
            check()?;
        }
    }
    Ok(())
}
