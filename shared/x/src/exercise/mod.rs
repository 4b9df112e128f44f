//! What a reader writes in a chapter: its tasks, the states of the file between them, and hints.
//!
//! All of it is in `steps/NN-name/exercise/`:
//!
//! | file | what it holds |
//! |---|---|
//! | `tasks.toml` | the tasks, in words |
//! | `1.rs`, `2.rs`, ... | the items that this task changes, as they are before it |
//! | `hints.toml` | three hints for every exchange |
//! | `passes.txt` | which exchanges pass after how many tasks, as a test has found |

mod hints;
mod marks;
mod passes;
mod places;
mod state;

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::check::verdict::Verdict;
use crate::course::{Chapter, Course, SCRIPT};
use crate::failure::Failure;
use crate::mine::write;

pub use hints::Hints;
pub use passes::Passes;
use state::Before;

/// The exercise of a chapter.
#[derive(Debug)]
pub struct Exercise {
    /// The file that a reader writes, below the chapter's folder.
    pub file: PathBuf,
    /// What is there already, in a sentence or two.
    pub given: String,
    /// What to do, one after the other.
    pub tasks: Vec<Task>,
    finished: String,
    before: Vec<Before>,
}

/// One task: some lines of the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// What is done, as in `Ask for a password`.
    pub title: String,
    /// How, in a few sentences of Markdown.
    pub words: String,
    /// The items of the file where a comment announces the task, as in `fn register`.
    pub marks: Vec<String>,
    /// What there is to call: a file and an item, as in `shared/auth/src/identity.rs fn check_to`.
    pub functions: Vec<String>,
    /// The items of the file that do not exist before the task.
    #[serde(default)]
    pub new: Vec<String>,
}

/// `tasks.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tasks {
    file: Option<PathBuf>,
    given: String,
    task: Vec<Task>,
}

impl Exercise {
    /// The exercise of a chapter.
    ///
    /// # Errors
    /// When a file of `exercise/` is missing, or not as it should be.
    pub fn of(course: &Course, chapter: &Chapter) -> Result<Self, Failure> {
        let Tasks { file, given, task } = read(course, chapter, "tasks.toml")?;
        let file = file.unwrap_or_else(|| SCRIPT.into());
        let before = (1..=task.len()).map(|number| {
            let path = folder(chapter).join(format!("{number}.rs"));
            Before::read(&course.read(&path)?).map_err(|e| e.at(path.display()))
        });
        Ok(Self {
            before: before.collect::<Result<_, _>>()?,
            finished: course.read(&chapter.folder.join(&file))?,
            file,
            given,
            tasks: task,
        })
    }

    /// The text of the file when so many tasks are done: the finished file, its items replaced by
    /// those before each task that is left.
    ///
    /// # Errors
    /// When a task replaces an item that the finished file does not have.
    pub fn state(&self, done: usize) -> Result<String, Failure> {
        let left = self.before.get(done..).unwrap_or_default();
        let new = self.tasks.get(done..).unwrap_or_default();
        let new: Vec<&str> = new
            .iter()
            .flat_map(|t| &t.new)
            .map(String::as_str)
            .collect();
        state::state(&self.finished, left, &new)
    }

    /// The task that comes next, in words, where the exchanges pass that pass before it; nothing
    /// elsewhere.
    ///
    /// # Errors
    /// When the list of what passes is not as it should be.
    pub fn next(
        &self,
        course: &Course,
        chapter: &Chapter,
        verdict: &Verdict,
    ) -> Result<Option<String>, Failure> {
        let done = Passes::read(course, chapter)?.done(verdict);
        let next = done.iter().filter_map(|done| {
            let task = self.tasks.get(*done)?;
            Some(format!("task {}: {}", done + 1, task.title))
        });
        let next: Vec<String> = next.collect();
        let words = next.join("; or, if that is done, ");
        Ok((!next.is_empty()).then(|| format!("Next is {words}.")))
    }

    /// What `cargo x start` gives: the file before the first task, with comments where the parts to
    /// fill in are.
    ///
    /// # Errors
    /// As [`Exercise::state`], or when a task names a function that does not exist.
    pub fn begun(&self, course: &Course) -> Result<String, Failure> {
        marks::marked(course, &self.state(0)?, &self.tasks)
    }

    /// Writes a copy of the chapter in which so many tasks are done, two levels below the workspace.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_state(
        &self,
        course: &Course,
        chapter: &Chapter,
        (folder, package): (&Path, &str),
        done: usize,
    ) -> Result<(), Failure> {
        course.copy_step(chapter, folder, package)?;
        write(
            &course.root.join(folder).join(&self.file),
            &self.state(done)?,
        )
    }
}

/// The folder of a chapter's exercise.
fn folder(chapter: &Chapter) -> PathBuf {
    chapter.folder.join("exercise")
}

/// Reads a TOML file of a chapter's exercise.
fn read<T: DeserializeOwned>(course: &Course, chapter: &Chapter, name: &str) -> Result<T, Failure> {
    let path = folder(chapter).join(name);
    toml::from_str(&course.read(&path)?).map_err(|e| Failure::of(path.display(), e))
}
