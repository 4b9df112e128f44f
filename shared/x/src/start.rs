//! `cargo x start N`: a copy of a chapter to work in.

use crate::course::Course;
use crate::failure::Failure;

/// Makes the reader's copy of a chapter, and says what to do next.
///
/// # Errors
/// When there is one already: nothing that the reader wrote is overwritten.
pub fn start(course: &Course, number: &str) -> Result<String, Failure> {
    let chapter = course.chapter(number)?;
    let folder = chapter.mine();
    let shown = folder.display();
    if course.root.join(&folder).exists() {
        return Err(Failure::new(format!(
            "{shown} exists and stays as it is; to begin again, rename it or remove it"
        )));
    }
    course.copy_step(chapter, &folder, &chapter.mine_package())?;
    Ok(format!("{shown} is yours"))
}
