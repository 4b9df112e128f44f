//! `cargo x test`: the whole suite, and one line at the end with its total.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::course::Course;
use crate::failure::Failure;
use crate::program::cargo;

/// How the tests of all programs ended together.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Total {
    passed: u64,
    failed: u64,
    ignored: u64,
    took: Duration,
}

/// Runs `cargo test` with these arguments, `--workspace` where there are none. `print` gets each
/// line of its standard output, and the total at the end. Returns whether every test passed.
///
/// # Errors
/// When cargo does not start, or its output cannot be read.
pub fn test(
    course: &Course,
    arguments: &[String],
    mut print: impl FnMut(&str),
) -> Result<bool, Failure> {
    let began = Instant::now();
    let mut command = cargo();
    command.current_dir(&course.root).arg("test");
    if arguments.is_empty() {
        command.arg("--workspace");
    }
    let mut child = command.args(arguments).stdout(Stdio::piped()).spawn()?;
    let mut total = Total::default();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line?;
            let line = String::from_utf8_lossy(&line);
            total.count(&line);
            print(&line);
        }
    }
    let succeeded = child.wait()?.success();
    total.took = began.elapsed();
    print(&total.to_string());
    if !succeeded && total.failed == 0 {
        print("cargo did not get to the end: the first error is above");
    }
    Ok(succeeded)
}

impl Total {
    /// Adds what a line says, if it is the last of one program's tests:
    /// `test result: ok. 13 passed; 2 failed; 1 ignored; 0 measured; ...`
    fn count(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else {
            return;
        };
        let words: Vec<&str> = result.split([' ', ';']).collect();
        for pair in words.windows(2) {
            let number = pair[0].parse().unwrap_or(0);
            match pair[1] {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }
}

impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            passed,
            failed,
            ignored,
            took,
        } = self;
        let (minutes, seconds) = (took.as_secs() / 60, took.as_secs() % 60);
        write!(
            f,
            "In all: {passed} passed, {failed} failed, {ignored} ignored, in {minutes} min {seconds} s"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_results_of_all_programs_are_added() {
        let mut total = Total {
            took: Duration::from_secs(192),
            ..Total::default()
        };
        for line in [
            "test result: ok. 13 passed; 0 failed; 4 ignored; 0 measured; 0 filtered out; finished in 1.48s",
            "test the_result ... test result: ok",
            "test result: FAILED. 7 passed; 2 failed; 0 ignored; 0 measured; 5 filtered out; finished in 0.1s",
        ] {
            total.count(line);
        }
        let line = "In all: 20 passed, 2 failed, 4 ignored, in 3 min 12 s";
        assert_eq!(total.to_string(), line);
    }
}
