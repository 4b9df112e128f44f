//! What holds of the chapters before: the exchanges that a finished chapter no longer plays to their
//! end are those it changes on purpose, with every choice of values.

#![cfg(test)]

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use x::{Course, Program, judge};

const KEPT: &str = "shared/x/tests/holds.txt";

const HEAD: &str = "\
# Of each chapter, the exchanges of the chapters before that it does not play to their end. All others
# still hold. Renewed by HOLDS=renew cargo test -p x --test holds -- --ignored
";

#[test]
#[ignore = "it plays a thousand exchanges: cargo test -p x --test holds -- --ignored"]
fn each_chapter_holds_what_the_chapters_before_have_promised() {
    let course = Course::here().unwrap();
    let mut text = HEAD.to_owned();
    for chapter in &course.chapters {
        let package = chapter.package();
        let program = Program::built(&course, &package, &package).unwrap();
        let ended = |seed| {
            let verdict = judge(&course, chapter, &program, seed).unwrap();
            assert_eq!(
                verdict.signs(),
                [""; 0],
                "{package} differs from itself, seed {seed:?}"
            );
            let broken = verdict
                .compared
                .into_iter()
                .filter(|one| one.actual.broke_off.is_some());
            broken
                .map(|one| (one.actual.chapter, one.actual.name))
                .collect::<Vec<_>>()
        };
        let written = ended(None);
        for seed in [1, u64::MAX] {
            assert_eq!(ended(Some(seed)), written, "{package}, seed {seed}");
        }
        writeln!(text, "\n{package}").unwrap();
        for (of, name) in written {
            assert_ne!(
                format!("step-{of:02}"),
                package,
                "its own exchange {name} breaks off"
            );
            writeln!(text, "  {of} {name}").unwrap();
        }
    }
    if env::var("HOLDS").is_ok_and(|value| value == "renew") {
        fs::write(course.root.join(KEPT), &text).unwrap();
    }
    assert_eq!(text, course.read(Path::new(KEPT)).unwrap());
}
