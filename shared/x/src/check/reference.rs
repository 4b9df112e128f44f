//! The finished chapter that a reader's is compared with: as git keeps it, whatever is in the folder.

use std::path::Path;
use std::process::Command;

use crate::course::{Chapter, Course};
use crate::failure::Failure;
use crate::mine::write;
use crate::program::Program;

/// The finished program of a chapter. It is the package in `steps/`; where its sources were edited, a
/// copy in the target folder with the sources that git keeps.
///
/// # Errors
/// When it does not build.
pub(crate) fn reference(course: &Course, chapter: &Chapter) -> Result<Program, Failure> {
    let package = chapter.package();
    let edited = edited(course, chapter);
    if edited.is_empty() {
        return Program::built(course, &package, &package);
    }
    let package = format!("finished-{package}");
    let folder = Path::new("target").join(&package);
    course.copy_step(chapter, &folder, &package)?;
    for path in edited {
        let kept = git(course, &["show", &format!("HEAD:{path}")]);
        let kept = kept.ok_or_else(|| Failure::new(format!("git does not keep {path}")))?;
        let below = Path::new(&path).strip_prefix(&chapter.folder);
        let below = below.map_err(|_| Failure::new(format!("{path} is of no chapter")))?;
        write(&course.root.join(&folder).join(below), &kept)?;
    }
    Program::of_copy(course, &folder, &package)
}

/// The sources of a chapter that are not as git keeps them, relative to the workspace.
pub(crate) fn edited(course: &Course, chapter: &Chapter) -> Vec<String> {
    let sources = chapter.folder.join("src");
    let sources = sources.to_string_lossy();
    let names = git(course, &["diff", "--name-only", "HEAD", "--", &sources]);
    // Without git there is no other version to compare with.
    names
        .unwrap_or_default()
        .lines()
        .map(str::to_owned)
        .collect()
}

fn git(course: &Course, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .current_dir(&course.root)
        .args(arguments)
        .output();
    let output = output.ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}
