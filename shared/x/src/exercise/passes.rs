//! Which exchanges pass after how many tasks. A test plays every state, and renews the list.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::folder;
use crate::check::verdict::Verdict;
use crate::course::{Chapter, Course};
use crate::failure::Failure;
use crate::mine::write;

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

    /// Notes which exchanges pass when so many tasks are done.
    pub fn note(&mut self, done: usize, verdict: &Verdict) {
        let own = verdict.compared.iter();
        for one in own.filter(|one| one.expected.chapter == verdict.chapter) {
            let after = self.of.entry(one.expected.name.clone()).or_default();
            after.extend(one.difference.is_none().then_some(done));
        }
    }

    /// How many tasks are done, where exactly the exchanges pass that pass then: one number, more
    /// where a task lets no new exchange pass, none elsewhere.
    pub fn done(&self, verdict: &Verdict) -> Vec<usize> {
        let own = verdict.compared.iter();
        let own = own.filter(|one| one.expected.chapter == verdict.chapter);
        let right = own.filter(|one| one.difference.is_none());
        let right: BTreeSet<&str> = right.map(|one| one.expected.name.as_str()).collect();
        let after = |done: usize| {
            let names = self.of.iter().filter(|(_, after)| after.contains(&done));
            names
                .map(|(name, _)| name.as_str())
                .collect::<BTreeSet<_>>()
        };
        let last = self.of.values().flatten().max().copied();
        let all = 0..last.unwrap_or_default();
        all.filter(|done| after(*done) == right).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exchange_belongs_to_the_task_after_which_it_passes_for_good() {
        let of = [("a", vec![0, 2, 3]), ("b", Vec::new())];
        let of = of.map(|(name, after)| (name.to_owned(), after));
        let passes = Passes { of: of.into() };
        assert_eq!((passes.all(), passes.after(0), passes.after(1)), (2, 1, 0));
        assert_eq!((passes.task_of("a"), passes.task_of("b")), (Some(2), None));
    }
}
