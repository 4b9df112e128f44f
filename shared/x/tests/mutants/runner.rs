//! Plays every exchange with many scripts of one chapter. The test adds `CHAPTER`, `programs` and
//! `main`'s modules, and compiles it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Mutex;

use sip_chapter::{Event, Played, one, until};
use sip_stage::{Exchange, Values};

/// The exchanges, the chapter's own first: they find most.
fn exchanges() -> Vec<(usize, &'static Exchange)> {
    let chapters = until(CHAPTER).iter().enumerate().rev();
    let exchanges = chapters.flat_map(|(before, all)| all.iter().map(move |it| (before + 1, it)));
    exchanges.collect()
}

fn compared(played: &Played) -> Vec<&Event> {
    played.events.iter().filter(|event| event.from != "log" || !event.to.is_empty()).collect()
}

/// A line for each script: its name, a tab, and the first exchange that differs, or nothing.
/// `all FILE` instead: every play of every script, as JSON.
fn main() {
    let programs = programs();
    let (_, finished) = &programs[0];
    let exchanges = exchanges();
    let values = Values::fresh(SEED);
    let play = |program, (number, exchange): &(usize, &Exchange)| one(program, *number, exchange, &values);
    let expected: Vec<Played> = exchanges.iter().map(|it| play(finished, it)).collect();
    let next = AtomicUsize::new(1);
    let found = Mutex::new(Vec::new());
    let work = || loop {
        let Some((name, program)) = programs.get(next.fetch_add(1, Ordering::Relaxed)) else {
            return;
        };
        let differs = |(it, expected): &(&_, &Played)| compared(&play(program, it)) != compared(expected);
        let caught = exchanges.iter().zip(&expected).find(differs);
        let caught = caught.map_or("", |(_, expected)| expected.name.as_str());
        found.lock().unwrap().push(format!("{name}\t{caught}"));
    };
    if std::env::args().nth(1).as_deref() == Some("all") {
        for (name, program) in &programs {
            let played: Vec<Played> = exchanges.iter().map(|it| play(program, it)).collect();
            println!("{name}\t{}", serde_json::to_string(&played).unwrap());
        }
        return;
    }
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(work);
        }
    });
    for line in found.lock().unwrap().iter() {
        println!("{line}");
    }
}
