//! The mistakes that readers are known to make, and what each looks like.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::course::{Chapter, Course};
use crate::failure::Failure;

/// A known mistake of a chapter.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Mistake {
    /// Its name.
    pub name: String,
    /// The file of the finished chapter that it is in, below its folder.
    pub file: String,
    /// A text that the file has once,
    pub replace: String,
    /// and what is there in its place.
    pub by: String,
    /// What a reader needs to know, and what to do.
    pub words: String,
    /// What it looks like: `exchange: sign` for each that differs. A test has found them.
    #[serde(skip)]
    pub signs: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    mistake: Vec<Mistake>,
}

impl Mistake {
    /// The file with the mistake in it.
    ///
    /// # Errors
    /// When the text to replace is not there, or more than once.
    pub fn made(&self, finished: &str) -> Result<String, Failure> {
        match finished.matches(&self.replace).count() {
            1 => Ok(finished.replacen(&self.replace, &self.by, 1)),
            count => Err(Failure::new(format!(
                "{}: its text is {count} times in {}",
                self.name, self.file
            ))),
        }
    }
}

/// The known mistakes of a chapter; none if nobody has written them down.
///
/// # Errors
/// When a file is not as it should be.
pub fn mistakes(course: &Course, chapter: &Chapter) -> Result<Vec<Mistake>, Failure> {
    let folder = chapter.folder.join("exercise");
    let path = folder.join("mistakes.toml");
    if !course.root.join(&path).exists() {
        return Ok(Vec::new());
    }
    let file: File =
        toml::from_str(&course.read(&path)?).map_err(|e| Failure::of(path.display(), e))?;
    let mut signs = signs(course, &folder.join("mistakes.signs"));
    let all = file.mistake.into_iter().map(|mistake| Mistake {
        signs: signs.remove(&mistake.name).unwrap_or_default(),
        ..mistake
    });
    Ok(all.collect())
}

/// What each mistake looks like: a line with its name, and below it a line for each difference.
fn signs(course: &Course, path: &Path) -> BTreeMap<String, Vec<String>> {
    let mut signs = BTreeMap::new();
    let mut name = String::new();
    for line in course.read(path).unwrap_or_default().lines() {
        match line.strip_prefix("  ") {
            Some(sign) => {
                let of_it: &mut Vec<String> = signs.entry(name.clone()).or_default();
                of_it.push(sign.to_owned());
            }
            None => name = line.to_owned(),
        }
    }
    signs
}
