//! The checker can be trusted: the finished script of a chapter passes, the one of the chapter
//! before fails where it should, and so does every script with one statement missing or one
//! decision turned round.

#![cfg(test)]

mod compile;
mod excused;
mod generate;
mod previous;

use compile::{Script, Scripts};
use previous::{PREVIOUS, fails_as_kept, previous};
use x::{Chapter, Course};

fn course() -> Course {
    Course::here().unwrap()
}

/// The finished script of a chapter.
fn finished(course: &Course, chapter: &Chapter) -> Script {
    Script {
        name: "finished".to_owned(),
        route: course.read(&chapter.route()).unwrap(),
        main: course.read(&chapter.folder.join("src/main.rs")).unwrap(),
    }
}

/// The finished script, and every mutant of it.
fn with_mutants(finished: Script) -> Vec<Script> {
    let mut scripts = vec![finished.clone()];
    for mutant in generate::mutants(&finished.route, None) {
        let route = mutant.of(&finished.route);
        scripts.push(Script {
            name: mutant.name,
            route,
            ..finished.clone()
        });
    }
    for mutant in generate::mutants(&finished.main, Some(&["open"])) {
        let main = mutant.of(&finished.main);
        scripts.push(Script {
            name: mutant.name,
            main,
            ..finished.clone()
        });
    }
    scripts
}

/// Fails with each mutant that plays as the finished script does and is not excused, and with each
/// that is excused and does not.
fn every_mutant_is_caught(number: &str) {
    let course = course();
    let chapter = course.chapter(number).unwrap();
    let mut scripts = with_mutants(finished(&course, chapter));
    let mutants = scripts.len() - 1;
    scripts.push(previous(&course, chapter));
    let compiled = Scripts::compiled(&course, chapter, &chapter.number, &scripts);
    let mut caught = compiled.differing(PREVIOUS);
    assert_eq!(
        caught.remove("finished").as_deref(),
        Some(""),
        "the finished script passes"
    );
    fails_as_kept(&course, chapter, &caught.remove(PREVIOUS).unwrap());
    let excused = excused::of(&course, chapter);
    let survived = caught
        .iter()
        .filter(|(_, exchange)| exchange.is_empty())
        .map(|(name, _)| name);
    let survived: Vec<&String> = survived.collect();
    let wrong: Vec<&&String> = survived
        .iter()
        .filter(|name| !excused.contains(name))
        .collect();
    println!(
        "chapter {number}: {} mutants, {} caught by an exchange, {} by the compiler, {} excused",
        mutants,
        caught.len() - survived.len(),
        compiled.refused.len(),
        survived.len() - wrong.len()
    );
    assert!(
        wrong.is_empty(),
        "chapter {number} checks as well with these:\n{wrong:#?}"
    );
    let stale: Vec<&String> = excused
        .iter()
        .filter(|name| !survived.contains(name))
        .collect();
    assert!(
        stale.is_empty(),
        "excused, and caught or unknown in chapter {number}:\n{stale:#?}"
    );
}

macro_rules! each_chapter {
    ($($test:ident $number:literal)+) => {$(
        #[test]
        #[ignore = "it compiles a hundred scripts: cargo test -p x --test mutants -- --ignored"]
        fn $test() {
            every_mutant_is_caught($number);
        }
    )+};
}

each_chapter! {
    every_mutant_of_chapter_1_is_caught "1"
    every_mutant_of_chapter_2_is_caught "2"
    every_mutant_of_chapter_3_is_caught "3"
    every_mutant_of_chapter_4_is_caught "4"
    every_mutant_of_chapter_5_is_caught "5"
    every_mutant_of_chapter_6_is_caught "6"
    every_mutant_of_chapter_7_is_caught "7"
    every_mutant_of_chapter_8_is_caught "8"
}

/// A script that knows a domain of the book's values. In chapter 3 it refuses this one and takes
/// every other, as no exchange tries another.
#[test]
#[ignore = "it compiles two scripts: cargo test -p x --test mutants -- --ignored"]
fn a_script_that_knows_the_values_of_the_book_is_caught_by_new_ones() {
    const ASKS: &str = "!request.is_to_us()";
    const KNOWS: &str = "String::from_utf8_lossy(\
        request.value(sip_message::HeaderName::To).unwrap_or_default()\
    ).contains(\"@elsewhere.example>\")";
    let course = course();
    let chapter = course.chapter("3").unwrap();
    let ours = finished(&course, chapter);
    assert_eq!(ours.route.matches(ASKS).count(), 1);
    let knowing = Script {
        name: "knowing".to_owned(),
        route: ours.route.replace(ASKS, KNOWS),
        ..ours.clone()
    };
    let compiled = Scripts::compiled(&course, chapter, "knowing", &[ours, knowing]);
    assert_eq!(compiled.refused, [""; 0]);
    assert_eq!(compiled.differing_in_the_book()["knowing"], "");
    assert_eq!(
        compiled.differing("")["knowing"],
        "a-domain-that-is-not-served"
    );
}
