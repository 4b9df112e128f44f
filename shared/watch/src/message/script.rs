//! A line of a script, with those around it. Only the scripts of this course are read.

use std::path::{Component, Path, PathBuf};

use serde::Serialize;

/// Lines shown before and after the one that decided.
const AROUND: usize = 3;

/// A place in a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Place {
    /// The file, relative to the workspace.
    pub(crate) file: String,
    /// The line, from 1.
    pub(crate) line: u32,
    /// The function it is in.
    pub(crate) function: Option<String>,
    /// The lines around it, if the file can be read.
    pub(crate) source: Vec<SourceLine>,
}

/// A line of a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct SourceLine {
    pub(crate) line: u32,
    pub(crate) text: String,
    /// This one decided.
    pub(crate) decided: bool,
}

/// The first of the places that is in the script of the package in that folder, and not in a
/// crate that the script calls.
pub(crate) fn place(folder: &str, places: &[(String, u32)]) -> Option<Place> {
    let mut found = places.iter().filter_map(|(file, line)| {
        let path = script(folder, file)?;
        Some((path, file, *line))
    });
    let (path, file, line) = found.next()?;
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let index = (line as usize).saturating_sub(1);
    let first = index.saturating_sub(AROUND);
    let around = lines
        .iter()
        .enumerate()
        .skip(first)
        .take(index + AROUND + 1 - first);
    let source = around.map(|(at, text)| SourceLine {
        line: at as u32 + 1,
        text: (*text).to_owned(),
        decided: at == index,
    });
    Some(Place {
        file: shown(folder, file),
        line,
        function: function(&lines, index),
        source: source.collect(),
    })
}

/// The file of a script, if it is below `src` of the package's folder.
fn script(folder: &str, file: &str) -> Option<PathBuf> {
    let name = Path::new(folder).file_name()?;
    let file = Path::new(file);
    let is_plain = |part: Component<'_>| !matches!(part, Component::ParentDir);
    if folder.is_empty() || !file.components().all(is_plain) {
        return None;
    }
    // `steps/07-ip-groups/src/route.rs`, or `src/route.rs` of a workspace of its own.
    let parts: Vec<Component<'_>> = file.components().collect();
    let src = parts.iter().rposition(|part| part.as_os_str() == "src")?;
    let is_own = src == 0
        || parts
            .get(src - 1)
            .is_some_and(|part| part.as_os_str() == name);
    let below: PathBuf = parts[src..].iter().collect();
    is_own.then(|| Path::new(folder).join(below))
}

/// The file as people know it: below the folder of the package.
fn shown(folder: &str, file: &str) -> String {
    let name = Path::new(folder).file_name().unwrap_or_default();
    let name = name.to_string_lossy();
    match file.strip_prefix("src/") {
        Some(rest) => format!("{name}/src/{rest}"),
        None => file.to_owned(),
    }
}

/// The function that a line is in: the last one that begins at or before it.
fn function(lines: &[&str], index: usize) -> Option<String> {
    let before = lines.get(..=index)?;
    let name = |line: &&str| {
        let (head, rest) = line.split_once("fn ")?;
        let is_function = head
            .split_whitespace()
            .all(|word| matches!(word, "pub" | "async" | "const") || word.starts_with("pub("));
        let name = rest.split(['(', '<']).next()?;
        is_function.then(|| name.to_owned())
    };
    before.iter().rev().find_map(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOLDER: &str = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../steps/01-plain-registrar"
    );
    const ROUTE: &str = "steps/01-plain-registrar/src/route.rs";

    fn at(file: &str, line: u32) -> Option<Place> {
        place(FOLDER, &[(file.to_owned(), line)])
    }

    #[test]
    fn a_line_of_the_script_is_shown_with_its_function_and_its_neighbours() {
        let text = std::fs::read_to_string(Path::new(FOLDER).join("src/route.rs")).unwrap();
        let line = text
            .lines()
            .position(|line| line.contains("check_length"))
            .unwrap() as u32
            + 1;
        let place = at(ROUTE, line).unwrap();
        assert_eq!(
            (&*place.file, place.function.as_deref()),
            (ROUTE, Some("route"))
        );
        let decided = place.source.iter().find(|line| line.decided).unwrap();
        assert!(decided.text.contains("check_length"), "{place:?}");
        assert_eq!(place.source.len(), 7);
        assert_eq!(at("src/route.rs", line).unwrap().source, place.source);
    }

    #[test]
    fn files_elsewhere_are_not_read() {
        for file in [
            "/etc/passwd",
            "../../../etc/passwd",
            "shared/auth/src/challenge.rs",
            "src/../../x",
        ] {
            assert_eq!(at(file, 1), None, "{file}");
        }
        assert_eq!(place("", &[("src/route.rs".to_owned(), 1)]), None);
    }
}
