//! `cargo x start N`: the script of the chapter before, in the place of a chapter's own.

use std::process::Command;

use crate::course::Course;
use crate::failure::Failure;

/// Puts the routing script of the chapter before in the place of a chapter's own, for a reader
/// who wants to write that chapter. Says what to do next.
///
/// # Errors
/// When the script there is not the one git keeps: nothing that exists nowhere else is
/// overwritten.
pub fn start(course: &Course, number: &str) -> Result<String, Failure> {
    let chapter = course.chapter(number)?;
    let before = course
        .chapters
        .iter()
        .take_while(|c| *c != chapter)
        .last()
        .ok_or_else(|| Failure::new("the first chapter has none before it to start from"))?;
    let route = chapter.route();
    let status = Command::new("git")
        .current_dir(&course.root)
        .args(["status", "--porcelain", "--"])
        .arg(&route)
        .output();
    if !status.is_ok_and(|said| said.status.success() && said.stdout.is_empty()) {
        let route = route.display();
        return Err(Failure::new(format!(
            "{route} holds changes that git does not keep, so it stays as it is; \
             commit them, or give them up with `git restore {route}`"
        )));
    }
    let text = course.read(&before.route())?;
    std::fs::write(course.root.join(&route), text).map_err(|e| Failure::file(&route, e))?;
    let (number, route) = (&chapter.number, route.display());
    Ok(format!(
        "{route} is now chapter {}'s. Make it chapter {number}'s; `cargo x check {number}` says how \
         far you are, `git restore {route}` brings the finished one back.",
        before.number
    ))
}
