//! `cargo x hint N [NAME]`: the next hint for an exchange.

use std::fs;

use crate::check::{first, judge};
use crate::course::{Chapter, Course};
use crate::exercise::Hints;
use crate::failure::Failure;
use crate::mine::write;
use crate::program::Program;

/// Where the number of hints given is kept, in the reader's copy: a line for each exchange.
const GIVEN: &str = "hints.txt";

/// Which of the three hints to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The one after the last one given.
    Next,
    /// The last one given.
    Again,
    /// All three.
    All,
}

/// A hint for an exchange of a chapter. Without a name, for the first one that does not pass.
///
/// # Errors
/// When the chapter has no such exchange, or the reader's copy does not compile.
pub fn hint(
    course: &Course,
    number: &str,
    name: Option<&str>,
    which: Which,
) -> Result<String, Failure> {
    let chapter = course.chapter(number)?;
    let name = match name {
        Some(name) => name.replace('_', "-"),
        None => match first_that_differs(course, chapter)? {
            Some(name) => name,
            None => return Ok(format!("Every exchange of chapter {number} passes.")),
        },
    };
    let three = hints(course, chapter, &name)?;
    let given = Given::read(course, chapter);
    let last = given.of(&name);
    let shown = match which {
        Which::Next => last..(last + 1).min(three.len()),
        Which::Again => last.saturating_sub(1)..last.max(1),
        Which::All => 0..three.len(),
    };
    if shown.is_empty() {
        return Ok(format!(
            "{name}: these were all three hints; `--all` shows them again, and \
             `cargo x solution {number}` the finished file."
        ));
    }
    let mut text = format!("{name}\n");
    for at in shown.clone() {
        text += &format!("\nHint {} of {}: {}\n", at + 1, three.len(), three[at]);
    }
    given.keep(course, chapter, &name, shown.end.max(last))?;
    Ok(text.trim_end().to_owned())
}

/// The first exchange that the reader's script does not pass: one of this chapter, in the order of
/// the tasks, or else one of a chapter before.
fn first_that_differs(course: &Course, chapter: &Chapter) -> Result<Option<String>, Failure> {
    let folder = course.mine(chapter).ok_or_else(|| {
        let number = &chapter.number;
        Failure::new(format!(
            "`cargo x start {number}` makes your copy first; or name an exchange"
        ))
    })?;
    let program = Program::of_copy(course, &folder, &chapter.mine_package())
        .map_err(|e| Failure::new(format!("{e}; the compiler says why above")))?;
    let verdict = judge(course, chapter, &program, None)?;
    let first = first(course, chapter, &verdict)?;
    Ok(first.map(|(one, _)| one.expected.name.clone()))
}

/// The hints for an exchange of this chapter, or of one before.
fn hints(course: &Course, chapter: &Chapter, name: &str) -> Result<[String; 3], Failure> {
    let until = course.chapters.iter().position(|c| c == chapter);
    for chapter in course.chapters[..=until.unwrap_or_default()].iter().rev() {
        if let Some(three) = Hints::of(course, chapter)?.hints(name) {
            return Ok(three.map(str::to_owned));
        }
    }
    let own = Hints::of(course, chapter)?;
    let known: Vec<_> = own.exchanges().collect();
    Err(Failure::new(format!(
        "no exchange until chapter {} has the name {name}; the chapter has {}",
        chapter.number,
        known.join(", ")
    ))
    .usage())
}

/// How many hints were given for each exchange.
struct Given(Vec<(String, usize)>);

impl Given {
    /// What the reader's copy keeps; nothing if there is none.
    fn read(course: &Course, chapter: &Chapter) -> Self {
        let text = fs::read_to_string(course.root.join(chapter.mine()).join(GIVEN));
        let text = text.unwrap_or_default();
        let lines = text.lines().filter_map(|line| line.split_once(' '));
        Self(
            lines
                .filter_map(|(name, count)| Some((name.to_owned(), count.parse().ok()?)))
                .collect(),
        )
    }

    fn of(&self, name: &str) -> usize {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or(0, |(_, count)| *count)
    }

    /// Keeps the new count, if the reader has a copy.
    fn keep(
        mut self,
        course: &Course,
        chapter: &Chapter,
        name: &str,
        count: usize,
    ) -> Result<(), Failure> {
        let Some(folder) = course.mine(chapter) else {
            return Ok(());
        };
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.to_owned(), count));
        let lines = self
            .0
            .iter()
            .map(|(name, count)| format!("{name} {count}\n"));
        write(
            &course.root.join(folder).join(GIVEN),
            &lines.collect::<String>(),
        )
    }
}
