//! Which exchanges pass after how many tasks. A test plays every state, and renews the list.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::folder;
use crate::course::{Chapter, Course};
use crate::exchange::Exchange;
use crate::failure::Failure;
use crate::mine::write;
use crate::program::Program;

const FILE: &str = "passes.txt";

/// How the list begins.
const HEAD: &str = "\
# The exchanges, each with the numbers of done tasks with which it passes. Renewed by
# EXERCISES=renew cargo test -p x --test exercises -- --ignored
";

/// Which exchanges of a chapter pass after how many tasks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Passes {
    of: BTreeMap<String, Vec<usize>>,
}

impl Passes {
    /// Reads the list of a chapter.
    ///
    /// # Errors
    /// When it is missing, or a line is not a name and numbers.
    pub fn read(course: &Course, chapter: &Chapter) -> Result<Self, Failure> {
        let path = folder(chapter).join(FILE);
        let text = course.read(&path)?;
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let of = lines.map(|line| {
            let mut words = line.split(' ');
            let name = words.next()?.to_owned();
            Some((name, words.map(str::parse).collect::<Result<_, _>>().ok()?))
        });
        let of: Option<BTreeMap<_, _>> = of.collect();
        let broken = || Failure::new(format!("{}: expected names and numbers", path.display()));
        Ok(Self {
            of: of.ok_or_else(broken)?,
        })
    }

    /// Writes the list of a chapter.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, course: &Course, chapter: &Chapter) -> Result<(), Failure> {
        let mut text = HEAD.to_owned();
        for (name, after) in &self.of {
            let after: Vec<String> = after.iter().map(usize::to_string).collect();
            // Writing to a String does not fail.
            let _ = writeln!(text, "{}", format!("{name} {}", after.join(" ")).trim_end());
        }
        write(&course.root.join(folder(chapter)).join(FILE), &text)
    }

    /// Notes whether an exchange passes when so many tasks are done.
    pub fn note(&mut self, name: &str, done: usize, passes: bool) {
        let after = self.of.entry(name.to_owned()).or_default();
        after.extend(passes.then_some(done));
    }

    /// How many exchanges there are.
    pub fn all(&self) -> usize {
        self.of.len()
    }

    /// How many of them pass when so many tasks are done.
    pub fn after(&self, done: usize) -> usize {
        self.of
            .values()
            .filter(|after| after.contains(&done))
            .count()
    }

    /// As in `11 of 14`.
    pub fn shown(&self, done: usize) -> String {
        format!("{} of {}", self.after(done), self.all())
    }

    /// The exchanges, those of the first task first.
    pub fn in_order(&self) -> Vec<&str> {
        let mut names: Vec<_> = self.of.keys().map(String::as_str).collect();
        names.sort_by_key(|name| self.task_of(name));
        names
    }

    /// The task with which an exchange passes for good.
    pub fn task_of(&self, name: &str) -> Option<usize> {
        let after = self.of.get(name)?;
        let last = *after.last()?;
        (0..=last)
            .rev()
            .take_while(|done| after.contains(done))
            .last()
    }
}

/// Whether a program plays an exchange as the chapter's test expects it, to the byte.
///
/// # Errors
/// When the chapter has no such exchange, or the program does not start.
pub fn is_as_expected(
    course: &Course,
    chapter: &Chapter,
    program: &Program,
    name: &str,
) -> Result<bool, Failure> {
    const PLAYED: &str = "exchange";
    let expected = Exchange::read(course, chapter, name)?;
    let folder = tempfile::tempdir()?;
    let output = program.run(folder.path(), &["demo", name, "--text", PLAYED])?;
    if !output.success {
        return Ok(false);
    }
    let path = folder.path().join(PLAYED);
    let played = std::fs::read_to_string(&path).map_err(|e| Failure::file(&path, e))?;
    Ok(Exchange::parse(&played) == expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exchange_belongs_to_the_task_after_which_it_passes_for_good() {
        let mut passes = Passes::default();
        for (done, is_right) in [true, false, true, true].into_iter().enumerate() {
            passes.note("a", done, is_right);
            passes.note("b", done, false);
        }
        assert_eq!((passes.all(), passes.after(0), passes.after(1)), (2, 1, 0));
        assert_eq!((passes.task_of("a"), passes.task_of("b")), (Some(2), None));
    }
}
