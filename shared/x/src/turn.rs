//! The section "Your turn" of a chapter's page: its tasks, and how many exchanges pass after each.

use crate::block::{fence, tasks};
use crate::course::{Chapter, Course};
use crate::exercise::{Exercise, Passes};
use crate::failure::Failure;
use crate::fill::filled;

/// What a reader does in a chapter, in Markdown.
pub(crate) fn your_turn(course: &Course, chapter: &Chapter) -> Result<String, Failure> {
    let exercise = Exercise::of(course, chapter)?;
    let passes = Passes::read(course, chapter)?;
    let number = chapter.number.trim_start_matches('0');
    let file = chapter.mine().join(&exercise.file);
    let start = fence(
        "text",
        &format!("cargo x start {number}\ncargo x check {number}\n"),
    );
    let begin = format!(
        "`start` gives you `{}`. {} Comments in it name the functions for each task. Do one task after \
         the other, and `check` after each. {} exchanges pass before you begin.",
        file.display(),
        exercise.given.trim(),
        passes.shown(0)
    );
    let mut text = format!("{start}\n{}", filled(&begin, "", ""));
    for (task, done) in exercise.tasks.iter().zip(1..) {
        let words = format!("**{}.** {}", task.title, task.words);
        text += &format!("\n{}", filled(&words, &format!("{done}. "), "   "));
        text += &filled(&passed(&passes, done), "   ", "   ");
    }
    text += &format!(
        "\nIf you are stuck, `hint` says more in three steps, and `solution` shows what is left:\n\n{}",
        fence(
            "text",
            &format!("cargo x hint {number}\ncargo x solution {number}\n")
        )
    );
    Ok(tasks(&text))
}

/// How many exchanges pass after a task. Where a task lets no more pass, the reader hears that this
/// is as it should be.
fn passed(passes: &Passes, done: usize) -> String {
    let shown = passes.shown(done);
    if passes.after(done) == passes.after(done - 1) {
        format!(
            "*Still {shown} pass, as before this task: the next exchange needs task {} as well.*",
            done + 1
        )
    } else {
        format!("*{shown} pass.*")
    }
}
