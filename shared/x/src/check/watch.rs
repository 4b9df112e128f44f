//! `--watch`: checks again when a source of the chapter was saved.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::{Duration, SystemTime};

use notify_debouncer_mini::{DebounceEventResult, new_debouncer, notify::RecursiveMode};

use super::place;
use crate::course::{Course, entries};
use crate::failure::Failure;

/// Editors write a file in several steps.
const SETTLING: Duration = Duration::from_millis(300);

/// Calls `check` now, and again after every save, until it fails or the program ends.
///
/// # Errors
/// When the folder cannot be watched, or is no longer there.
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
    let mut sources = Sources::of(&folder)?;
    check()?;
    for events in saves {
        events.map_err(cannot)?;
        let now = Sources::of(&folder)?;
        // The compiler opens the sources, too, and that is an event as well.
        if now != sources {
            // As they are before the check: what is saved while it runs is checked next.
            sources = now;
            check()?;
        }
    }
    Ok(())
}

/// The sources in a folder and the folders below it, and when each was written.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sources(BTreeMap<PathBuf, Option<SystemTime>>);

impl Sources {
    fn of(folder: &Path) -> Result<Self, Failure> {
        let found = entries(folder).map_err(|e| {
            let and = "it was removed or renamed, so watch ends; begin it again when there is one";
            Failure::new(format!("{e}: {and}"))
        })?;
        let mut sources = Self::default();
        for path in found {
            if path.is_dir() {
                sources.0.extend(Self::of(&path)?.0);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let written = fs::metadata(&path).and_then(|it| it.modified()).ok();
                sources.0.insert(path, written);
            }
        }
        Ok(sources)
    }
}
