//! `cargo x check N`: a reader's chapter against the finished one.
//!
//! Both play every exchange until the chapter, with users, addresses, nonces and so on that are new
//! in every check, and what they send is compared message by message.
//!
//! | file | what it decides |
//! |---|---|
//! | `played` | what a chapter's program reports of its exchanges |
//! | `reference` | which program is the finished one |
//! | `verdict` | which exchanges are as they should be |
//! | `difference` | where two plays first differ, and how |
//! | `explain`, `mistakes` | what probably went wrong, and what to do |
//! | `report`, `ladders` | what a reader sees of it |
//! | `watch` | when to check again |

mod difference;
mod explain;
mod ladders;
mod mistakes;
mod played;
mod reference;
mod report;
pub(crate) mod verdict;
mod watch;

use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};

use crate::course::{Chapter, Course};
use crate::exercise::{Exercise, Passes};
use crate::failure::Failure;
use crate::program::Program;

pub use difference::{Difference, Kind};
pub use mistakes::{Mistake, mistakes};
pub use played::{Event, Played};
pub use verdict::{Compared, Count, Verdict};
pub use watch::watch;

/// What to check, besides the chapter.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Only the exchange of this name, or those whose names begin so.
    pub name: Option<String>,
    /// The new values are made from this number; without one, from one that nobody knows.
    pub seed: Option<u64>,
    /// Check the chapter in `steps/`, even if there is a reader's copy.
    pub finished: bool,
}

/// Plays every exchange until a chapter with the reader's program and with the finished one. True
/// when all are alike.
///
/// # Errors
/// When the chapter does not exist, its script does not compile, or no exchange has the name.
pub fn check(
    course: &Course,
    number: &str,
    options: &Options,
    mut say: impl FnMut(&str),
) -> Result<bool, Failure> {
    let chapter = course.chapter(number)?;
    let folder = if options.finished {
        chapter.folder.clone()
    } else {
        place(course, chapter)
    };
    let program = readers(course, chapter, &folder)?;
    let seed = options
        .seed
        .unwrap_or_else(|| RandomState::new().hash_one(()));
    let mut verdict = judge(course, chapter, &program, Some(seed))?;
    let mut remark = String::new();
    if verdict.differing().next().is_some() {
        // The book's values are easier to read, and are on its pages.
        let written = judge(course, chapter, &program, None)?;
        if written.differing().next().is_some() {
            verdict = written;
        } else {
            remark = format!(
                "{}\nThe values of this check: --seed {seed}.\n",
                explain::HARD_CODED
            );
        }
    }
    if let Some(name) = &options.name {
        verdict = verdict.only(name);
        if verdict.compared.is_empty() {
            return Err(Failure::new(format!(
                "no exchange until chapter {} has the name {name}",
                chapter.number
            ))
            .usage());
        }
    }
    say(report::list(&verdict).trim_end());
    if let Some((one, difference)) = first(course, chapter, &verdict)? {
        say(report::in_full(one, difference).trim_end());
        let words = explained(course, chapter, &verdict)?;
        say(&format!("\n{words}{remark}"));
        say(report::rest(&verdict, difference).trim_end());
    }
    say(&summary(&verdict, &chapter.number, &folder));
    Ok(verdict.differing().next().is_none())
}

/// The difference to show first: of the chapter's own exchanges, in the order of its tasks, or else
/// of one of the chapters before.
pub(crate) fn first<'a>(
    course: &Course,
    chapter: &Chapter,
    verdict: &'a Verdict,
) -> Result<Option<(&'a Compared, &'a Difference)>, Failure> {
    let passes = Passes::read(course, chapter)?;
    let task = |one: &Compared| {
        let is_own = one.expected.chapter == verdict.chapter;
        (!is_own, passes.task_of(&one.expected.name))
    };
    Ok(verdict.differing().min_by_key(|(one, _)| task(one)))
}

/// What probably went wrong, and what to do; nothing if all is as it should be.
///
/// # Errors
/// When the list of the chapter's mistakes is not as it should be.
pub fn explained(course: &Course, chapter: &Chapter, verdict: &Verdict) -> Result<String, Failure> {
    let known = mistakes(course, chapter)?;
    let Some((one, difference)) = first(course, chapter, verdict)? else {
        return Ok(String::new());
    };
    let words = explain::words(verdict, difference, one, &known);
    let next = Exercise::of(course, chapter)?.next(course, chapter, verdict)?;
    Ok(match next {
        Some(next) => format!("{next}\nIf you have written it already:\n{words}"),
        None => words,
    })
}

/// Where the reader's chapter is: the copy that `cargo x start` has made, or the step itself.
fn place(course: &Course, chapter: &Chapter) -> PathBuf {
    course
        .mine(chapter)
        .unwrap_or_else(|| chapter.folder.clone())
}

/// The reader's program, in that folder.
fn readers(course: &Course, chapter: &Chapter, folder: &Path) -> Result<Program, Failure> {
    let built = if folder == chapter.folder {
        Program::built(course, &chapter.package(), &chapter.package())
    } else {
        Program::of_copy(course, folder, &chapter.mine_package())
    };
    built.map_err(|e| Failure::new(format!("{e}; the compiler says why above")).usage())
}

/// Compares a program of a chapter with the finished one; with a seed, both play with new values.
///
/// # Errors
/// When one of them does not build or play.
pub fn judge(
    course: &Course,
    chapter: &Chapter,
    program: &Program,
    seed: Option<u64>,
) -> Result<Verdict, Failure> {
    let finished = reference::reference(course, chapter)?;
    let (expected, actual) = std::thread::scope(|scope| {
        let expected = scope.spawn(|| played::played(&finished, seed));
        let actual = played::played(program, seed);
        let ended = || Err(Failure::new("the finished program's thread ended early"));
        (expected.join().unwrap_or_else(|_| ended()), actual)
    });
    let (expected, actual) = (expected?, actual?);
    let number = chapter.number.parse().unwrap_or_default();
    Ok(Verdict::of(number, expected, &actual))
}

fn summary(verdict: &Verdict, number: &str, folder: &std::path::Path) -> String {
    let (own, earlier) = (verdict.own(), verdict.earlier());
    let chapter = number.trim_start_matches('0');
    let mut out = format!(
        "{} of {} exchanges of chapter {chapter}",
        own.right, own.total
    );
    if earlier.total > 0 {
        out += &format!(
            ", {} of {} of the chapters before",
            earlier.right, earlier.total
        );
    }
    out += &format!(" are as they should be: {}", folder.display());
    if verdict.differing().next().is_none() {
        out += &format!("\nCompare yours with ours: cargo x solution {chapter}");
    }
    out
}
