//! `cargo x`: the verbs that keep the course and its code one thing.

use std::io::{ErrorKind, IsTerminal, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use x::{Course, Failure, Options, Scope, Which};

/// Keeps the course and its code one thing.
#[derive(Debug, Parser)]
#[command(name = "cargo x", bin_name = "cargo x")]
struct Command {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Renew every block and picture of the README and the book from its source.
    Docs {
        /// Change nothing; show what would change, and fail where something would.
        #[arg(long)]
        check: bool,
    },
    /// Show how the routing script changes from one chapter to another, as in `diff 01 02`.
    Diff {
        /// The earlier chapter's number.
        old: String,
        /// The later chapter's number.
        new: String,
        /// Another of their files than the routing script, as in `src/main.rs`.
        #[arg(default_value = x::SCRIPT)]
        file: String,
    },
    /// Renew the pictures under docs/ladders.
    Ladders,
    /// Play a chapter's exchanges with the routing script as you left it, and compare.
    ///
    /// The finished chapter plays every exchange until there, and so does yours, with new users,
    /// addresses and nonces each time. Exit code 0: all are alike; 1: some differ; 2: nothing was
    /// played, because the script does not compile or a name does not exist.
    Check {
        /// Its number: 1 to 7.
        chapter: String,
        /// Only this exchange, or those whose names begin so.
        name: Option<String>,
        /// Check again after every save, until Ctrl-C.
        #[arg(long)]
        watch: bool,
        /// Make the new values from this number, to repeat a check.
        #[arg(long, value_name = "N")]
        seed: Option<u64>,
        /// The chapter in steps/, even if you have a copy below mine/.
        #[arg(long, conflicts_with = "watch")]
        finished: bool,
    },
    /// Begin a chapter yourself: make a copy to work in, below mine/.
    Start {
        /// Its number: 1 to 7.
        chapter: String,
    },
    /// Run `cargo test --workspace`, and end with a line that says how many tests passed.
    Test {
        /// Other arguments for `cargo test` than --workspace, as in `cargo x test -- -p sip-digest`.
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Give the next hint for an exchange of a chapter; there are three for each.
    Hint {
        /// The chapter's number: 1 to 7.
        chapter: String,
        /// The exchange; without one, the first that does not pass.
        name: Option<String>,
        /// Give the last hint once more.
        #[arg(long, conflicts_with = "all")]
        again: bool,
        /// Give all three.
        #[arg(long)]
        all: bool,
    },
    /// Show what changes your file into the finished one.
    Solution {
        /// The chapter's number: 1 to 7.
        chapter: String,
    },
}

fn main() -> ExitCode {
    match run(Command::parse().verb) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            anstream::eprintln!("cargo x: {failure}");
            ExitCode::from(if failure.is_usage() { 2 } else { 1 })
        }
    }
}

/// Whether all is as it should be.
fn run(verb: Verb) -> Result<bool, Failure> {
    let course = Course::here()?;
    match verb {
        Verb::Docs { check: true } => {
            let differences = x::differences(&course)?;
            print(&x::coloured(&differences))?;
            Ok(differences.is_empty())
        }
        Verb::Docs { check: false } => renew(&course, Scope::Everything),
        Verb::Ladders => renew(&course, Scope::Pictures),
        Verb::Diff { old, new, file } => {
            let diff = x::diff(&course, &old, &new, &file)?;
            print(&x::coloured(&diff))?;
            Ok(true)
        }
        Verb::Check {
            chapter,
            name,
            watch,
            seed,
            finished,
        } => {
            let options = Options {
                name,
                seed,
                finished,
            };
            if watch {
                x::watch(&course, &chapter, || again(&course, &chapter, &options))?;
                return Ok(true);
            }
            checked(&course, &chapter, &options)
        }
        Verb::Test { arguments } => {
            let mut printed = Ok(());
            let passed = x::test(&course, &arguments, |line| {
                if printed.is_ok() {
                    printed = print(&format!("{line}\n"));
                }
            })?;
            printed.map(|()| passed)
        }
        Verb::Start { chapter } => say(&x::start(&course, &chapter)?),
        Verb::Hint {
            chapter,
            name,
            again,
            all,
        } => {
            let which = match (again, all) {
                (true, _) => Which::Again,
                (_, true) => Which::All,
                _ => Which::Next,
            };
            say(&x::hint(&course, &chapter, name.as_deref(), which)?)
        }
        Verb::Solution { chapter } => {
            let diff = x::solution(&course, &chapter)?;
            if diff.is_empty() {
                return say("Yours is the finished file, letter for letter.");
            }
            print(&x::coloured(&diff))?;
            Ok(true)
        }
    }
}

/// Checks a chapter once.
fn checked(course: &Course, chapter: &str, options: &Options) -> Result<bool, Failure> {
    let mut printed = Ok(());
    let is_right = x::check(course, chapter, options, |text| {
        if printed.is_ok() {
            printed = print(&format!("{text}\n"));
        }
    })?;
    printed.map(|()| is_right)
}

/// Checks a chapter after a save. While it does not compile, the next save is waited for.
fn again(course: &Course, chapter: &str, options: &Options) -> Result<(), Failure> {
    print("\nChecking ...\n")?;
    match checked(course, chapter, options) {
        Err(failure) if failure.is_usage() => print(&format!("{failure}\n"))?,
        other => drop(other?),
    }
    print("Save to check again; Ctrl-C ends.\n")
}

fn say(text: &str) -> Result<bool, Failure> {
    print(&format!("{text}\n"))?;
    Ok(true)
}

fn renew(course: &Course, scope: Scope) -> Result<bool, Failure> {
    let changed = x::update(course, scope)?;
    for path in &changed {
        print(&format!("renewed {}\n", path.display()))?;
    }
    if changed.is_empty() && std::io::stdout().is_terminal() {
        print("nothing to renew\n")?;
    }
    Ok(true)
}

/// Writes to standard output. A reader who goes, as `head` does, has seen enough.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::of("standard output", error))
        }
        _ => Ok(()),
    }
}
