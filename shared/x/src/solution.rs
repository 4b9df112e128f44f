//! `cargo x solution N`: what changes the reader's file into the finished one.

use crate::course::Course;
use crate::diff::unified;
use crate::exercise::Exercise;
use crate::failure::Failure;

/// The difference between the reader's file and the finished one; empty when there is none.
///
/// # Errors
/// When the reader has not started the chapter.
pub fn solution(course: &Course, number: &str) -> Result<String, Failure> {
    let chapter = course.chapter(number)?;
    let file = Exercise::of(course, chapter)?.file;
    let finished = chapter.folder.join(&file);
    let folder = course.mine(chapter).ok_or_else(|| {
        Failure::new(format!(
            "{} does not exist; `cargo x start {number}` makes it, and the finished file is {}",
            chapter.mine().display(),
            finished.display()
        ))
    })?;
    let mine = folder.join(&file);
    Ok(unified(
        &mine.to_string_lossy(),
        &course.read(&mine)?,
        &finished.to_string_lossy(),
        &course.read(&finished)?,
    ))
}
