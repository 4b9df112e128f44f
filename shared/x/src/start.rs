//! `cargo x start N`: a copy of a chapter to work in.

use std::fmt::Write as _;
use std::path::Path;

use crate::course::{Chapter, Course};
use crate::exercise::{Exercise, Passes};
use crate::failure::Failure;
use crate::mine::write;

/// Makes the reader's copy of a chapter, and says what to do first.
///
/// # Errors
/// When there is one already: nothing that the reader wrote is overwritten.
pub fn start(course: &Course, number: &str) -> Result<String, Failure> {
    let chapter = course.chapter(number)?;
    let exercise = Exercise::of(course, chapter)?;
    let folder = chapter.mine();
    if course.root.join(&folder).exists() {
        return Err(Failure::new(format!(
            "{} exists, and what you wrote there stays; to begin again, rename or remove the folder",
            folder.display()
        )));
    }
    course.copy_step(chapter, &folder, &chapter.mine_package())?;
    let file = folder.join(&exercise.file);
    write(&course.root.join(&file), &exercise.begun(course)?)?;
    first_words(course, chapter, &exercise, &file)
}

/// What to do first, and how many exchanges pass after each task.
fn first_words(
    course: &Course,
    chapter: &Chapter,
    exercise: &Exercise,
    file: &Path,
) -> Result<String, Failure> {
    let passes = Passes::read(course, chapter)?;
    let number = chapter.number.trim_start_matches('0');
    let mut text = format!("{} is yours. {}\n\n", file.display(), exercise.given.trim());
    // Writing to a String does not fail.
    let _ = writeln!(text, "{:<9} before you begin", passes.shown(0));
    for (task, done) in exercise.tasks.iter().zip(1..) {
        let _ = writeln!(
            text,
            "{:<9} after task {done}: {}",
            passes.shown(done),
            task.title
        );
    }
    if let Some(first) = exercise.tasks.first() {
        let _ = writeln!(text, "\nTask 1: {}.\n\n{}", first.title, first.words.trim());
    }
    let _ = write!(
        text,
        "\nThen: `cargo x check {number}`. If you are stuck: `cargo x hint {number}`. The other tasks \
         are in docs/{}.md. `cargo x solution {number}` shows what is left to write.",
        chapter.name()
    );
    Ok(text)
}
