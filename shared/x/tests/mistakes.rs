//! The mistakes that readers make: `cargo x check` knows each of them, and says what to do.

#![cfg(test)]

use std::env;
use std::fs;
use std::path::Path;

use x::{Chapter, Course, Mistake, Program, Verdict, explained, judge, mistakes};

/// Plays a chapter with a mistake in it.
fn judged(course: &Course, chapter: &Chapter, mistake: &Mistake) -> Verdict {
    let package = format!("mistake-{}", chapter.number);
    let folder = Path::new("target").join(&package);
    course.copy_step(chapter, &folder, &package).unwrap();
    let finished = course.read(&chapter.folder.join(&mistake.file)).unwrap();
    let made = mistake.made(&finished).unwrap();
    fs::write(course.root.join(&folder).join(&mistake.file), made).unwrap();
    let program = Program::of_copy(course, &folder, &package)
        .unwrap_or_else(|e| panic!("{}, {}: {e}", chapter.name(), mistake.name));
    judge(course, chapter, &program, None).unwrap()
}

#[test]
#[ignore = "it compiles a chapter with every mistake in it, which takes minutes"]
fn every_mistake_has_its_own_explanation() {
    let course = Course::here().unwrap();
    let is_renewed = env::var("EXERCISES").is_ok_and(|value| value == "renew");
    for chapter in &course.chapters {
        let known = mistakes(&course, chapter).unwrap();
        let all: Vec<_> = known
            .iter()
            .map(|it| judged(&course, chapter, it))
            .collect();
        if is_renewed {
            let signs = known.iter().zip(&all).map(|(mistake, verdict)| {
                let lines = verdict.signs().into_iter();
                let lines: String = lines.map(|sign| format!("  {sign}\n")).collect();
                format!("{}\n{lines}", mistake.name)
            });
            let path = chapter.folder.join("exercise/mistakes.signs");
            fs::write(course.root.join(path), signs.collect::<String>()).unwrap();
        }
        for (mistake, verdict) in known.iter().zip(&all) {
            let name = format!("{}, {}", chapter.name(), mistake.name);
            assert!(
                verdict.differing().next().is_some(),
                "{name}: nothing differs"
            );
            let words = explained(&course, chapter, verdict).unwrap();
            let is_said = words.contains(mistake.words.trim());
            assert!(is_said, "{name}: {words}");
        }
    }
}

#[test]
fn every_chapter_knows_five_mistakes_or_more() {
    let course = Course::here().unwrap();
    for chapter in &course.chapters {
        let known = mistakes(&course, chapter).unwrap();
        assert!(known.len() >= 5, "{}: {}", chapter.name(), known.len());
        for mistake in &known {
            let name = format!("{}, {}", chapter.name(), mistake.name);
            let finished = course.read(&chapter.folder.join(&mistake.file)).unwrap();
            assert_ne!(mistake.made(&finished).unwrap(), finished, "{name}");
            assert!(!mistake.signs.is_empty(), "{name}: no signs; renew them");
        }
    }
}
