//! What a learner types before and while writing a chapter: start, hint and solution.

#![cfg(test)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use tempfile::TempDir;
use x::{Course, Exercise, Which, hint, solution, start, watch};

const EXCHANGE: &str = "a-phone-registers-with-its-password";

/// The course in a folder of its own, so that nobody's `mine` is touched.
struct Learner {
    course: Course,
    _folder: TempDir,
}

impl Learner {
    fn new() -> Self {
        let real = Course::here().unwrap();
        let folder = tempfile::tempdir().unwrap();
        for name in ["steps", "shared", "docs", "Cargo.toml", "Cargo.lock"] {
            symlink(real.root.join(name), folder.path().join(name)).unwrap();
        }
        Self {
            course: Course::at(folder.path()).unwrap(),
            _folder: folder,
        }
    }

    fn script(&self) -> PathBuf {
        self.course.root.join("mine/03-register-auth/src/route.rs")
    }

    fn hint(&self, which: Which) -> String {
        hint(&self.course, "3", Some(EXCHANGE), which).unwrap()
    }
}

#[test]
fn start_makes_a_copy_and_says_what_to_do_first() {
    let learner = Learner::new();
    let chapter = learner.course.chapter("3").unwrap();
    let words = start(&learner.course, "3").unwrap();
    let exercise = Exercise::of(&learner.course, chapter).unwrap();
    let begun = exercise.begun(&learner.course).unwrap();
    assert_eq!(fs::read_to_string(learner.script()).unwrap(), begun);
    assert!(
        words.contains("mine/03-register-auth/src/route.rs"),
        "{words}"
    );
    for task in &exercise.tasks {
        assert!(words.contains(&task.title), "{words}");
    }
    assert!(words.contains(exercise.tasks[0].words.trim()), "{words}");
    let shared = learner.course.root.join("mine/03-register-auth/shared");
    assert!(shared.join("auth/Cargo.toml").exists());
}

#[test]
fn start_leaves_what_a_learner_wrote() {
    let learner = Learner::new();
    start(&learner.course, "3").unwrap();
    fs::write(learner.script(), "// mine").unwrap();
    let refusal = start(&learner.course, "3").unwrap_err();
    assert!(refusal.to_string().contains("stays"), "{refusal}");
    assert_eq!(fs::read_to_string(learner.script()).unwrap(), "// mine");
}

#[test]
fn each_hint_is_the_next_one_and_the_last_can_be_read_again() {
    let learner = Learner::new();
    start(&learner.course, "3").unwrap();
    for number in 1..=3 {
        let next = learner.hint(Which::Next);
        assert!(next.contains(&format!("Hint {number} of 3: ")), "{next}");
        assert_eq!(learner.hint(Which::Again), next);
    }
    let none = learner.hint(Which::Next);
    assert!(none.contains("all three hints"), "{none}");
    let all = learner.hint(Which::All);
    assert_eq!(all.matches("Hint ").count(), 3, "{all}");
}

#[test]
fn a_hint_for_an_exchange_of_a_chapter_before_is_found_there() {
    let learner = Learner::new();
    let earlier = hint(&learner.course, "4", Some(EXCHANGE), Which::Next).unwrap();
    assert!(earlier.contains("Hint 1 of 3: "), "{earlier}");
    let unknown = hint(&learner.course, "4", Some("no-such"), Which::Next).unwrap_err();
    assert!(unknown.to_string().contains("no-such"), "{unknown}");
    let later = hint(&learner.course, "2", Some(EXCHANGE), Which::Next);
    assert!(later.is_err());
}

#[test]
fn the_solution_is_what_is_left_to_write() {
    let learner = Learner::new();
    let without = solution(&learner.course, "3").unwrap_err();
    assert!(without.to_string().contains("cargo x start 3"), "{without}");
    start(&learner.course, "3").unwrap();
    let left = solution(&learner.course, "3").unwrap();
    assert!(
        left.contains("+    cx.auth.www_authorize(request)?;"),
        "{left}"
    );
    let chapter = learner.course.chapter("3").unwrap();
    let finished = learner.course.read(&chapter.route()).unwrap();
    fs::write(learner.script(), finished).unwrap();
    assert_eq!(solution(&learner.course, "3").unwrap(), "");
}

/// How long a learner thinks between two saves: longer than a watch waits for an editor to finish.
const THINKS: Duration = Duration::from_millis(700);

#[test]
fn a_watch_checks_once_after_each_save_and_not_because_a_check_has_read_the_script() {
    let learner = Learner::new();
    start(&learner.course, "3").unwrap();
    let script = &learner.script();
    fs::write(script, "broken").unwrap();
    let (checked, checks) = channel();
    let mut seen = Vec::new();
    let ended = thread::scope(|scope| {
        scope.spawn(move || {
            for save in ["mended", "", "restored", "the last"] {
                checks.recv().unwrap();
                thread::sleep(THINKS);
                match save {
                    "" => fs::remove_file(script).unwrap(),
                    text => fs::write(script, text).unwrap(),
                }
            }
            checks.recv().unwrap();
            thread::sleep(THINKS);
            fs::remove_dir_all(script.parent().unwrap()).unwrap();
        });
        watch(&learner.course, "3", || {
            // As the compiler does; a script that was deleted is empty here.
            seen.push(fs::read_to_string(script).unwrap_or_default());
            // Fails when nothing is saved any more.
            let _ = checked.send(());
            Ok(())
        })
    });
    // Removing a folder takes two steps, and a check may fall between them.
    seen.truncate(5);
    assert_eq!(seen, ["broken", "mended", "", "restored", "the last"]);
    let words = ended.unwrap_err().to_string();
    assert!(words.contains("removed or renamed"), "{words}");
}
