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

/// A line for each script: its number, a tab, and the first exchange that differs, if one does.
/// Of the script whose number is the argument, every exchange that differs.
fn main() {
    let programs = programs();
    let (_, finished) = &programs[0];
    let exchanges = exchanges();
    let values = match std::env::var("VALUES") {
        Ok(written) if written == "written" => Values::as_written(),
        _ => Values::fresh(SEED),
    };
    let whole = std::env::args().nth(1).and_then(|number| number.parse().ok());
    let play = |program, (number, exchange): &(usize, &Exchange)| one(program, *number, exchange, &values);
    let expected: Vec<Played> = exchanges.iter().map(|it| play(finished, it)).collect();
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    let work = || loop {
        let Some((number, program)) = programs.get(next.fetch_add(1, Ordering::Relaxed)) else {
            return;
        };
        let most = if whole == Some(*number) { exchanges.len() } else { 1 };
        let differs = |(it, expected): &(&_, &Played)| compared(&play(program, it)) != compared(expected);
        let differing = exchanges.iter().zip(&expected).filter(differs).take(most);
        let names: Vec<&str> = differing.map(|(_, expected)| expected.name.as_str()).collect();
        found.lock().unwrap().push(format!("{number}\t{}", names.join(" ")));
    };
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(work);
        }
    });
    for line in found.lock().unwrap().iter() {
        println!("{line}");
    }
}
