//! `demo`: a chapter's exchanges, listed or played.

mod book;
pub(crate) mod list;
mod step;

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use sip_stage::{Notes, Recording, Values, heading, private_file};

use crate::chapter::Chapter;
use crate::demo_json;
use crate::failure::Failure;
use crate::flags::Demo;
use crate::judge;
use crate::program::Program;
use book::Page;
pub(crate) use list::Listed;
use list::list;
pub(crate) use step::step;

/// The passwords of the exchanges: the texts' two subscribers, and Bob of RFC 3261.
const PASSWORDS: [&str; 3] = ["abc10", "abc11", "bobspassword"];

/// Lists the exchanges, or plays the one that is named.
///
/// # Errors
/// If no exchange has that name, or a file cannot be written.
pub(crate) fn run(chapter: &Chapter, program: &Program, demo: &Demo) -> Result<ExitCode, Failure> {
    let values = demo.values.map_or_else(Values::as_written, Values::fresh);
    if let Some(file) = &demo.judge {
        judge::write(chapter, program, &values, file)?;
        return Ok(ExitCode::SUCCESS);
    }
    let page = Page::of(chapter);
    let Some(name) = &demo.name else {
        if demo.json {
            print(&demo_json::list(chapter)?)?;
        } else {
            print(&list(chapter, page.as_ref()))?;
        }
        return Ok(ExitCode::SUCCESS);
    };
    let listed = Listed::find(chapter, name)?;
    let recording = program.play(listed.exchange, values, sip_exchanges::logins(listed.of));
    if demo.json {
        print(&demo_json::played(chapter, &recording)?)?;
    } else {
        show(&recording, &listed, demo, page.as_ref())?;
    }
    let Some(why) = &recording.broke_off else {
        return Ok(ExitCode::SUCCESS);
    };
    let red = anstyle::AnsiColor::Red.on_default().bold();
    anstream::eprintln!("{red}{name} broke off{red:#}: {why}");
    Ok(ExitCode::FAILURE)
}

/// Shows the recording in the ways that were asked for; without one, in the terminal.
fn show(
    recording: &Recording,
    listed: &Listed<'_>,
    demo: &Demo,
    page: Option<&Page>,
) -> Result<(), Failure> {
    if let Some(path) = &demo.svg {
        written(path, fs::write(path, recording.svg()))?;
    }
    if let Some(path) = &demo.pcap {
        written(path, keep(path, &recording.pcap()))?;
    }
    if let Some(path) = &demo.text {
        written(path, keep(path, &recording.snapshot()))?;
    }
    let is_written = demo.svg.is_some() || demo.pcap.is_some() || demo.text.is_some();
    let title = format!("{} {}", listed.number(), recording.title);
    if demo.ladder {
        return print(&format!("{title}\n\n{}", recording.ladder()));
    }
    if is_written && !demo.step && !demo.explain {
        return Ok(());
    }
    show_messages(recording, &title, demo)?;
    print(&listed.afterwards(demo, page))
}

/// Shows a recording message by message, at once or with `--step`.
fn show_messages(recording: &Recording, title: &str, demo: &Demo) -> Result<(), Failure> {
    let notes = if demo.explain {
        Notes::EachHeaderField(&PASSWORDS)
    } else {
        Notes::Brief
    };
    let pieces = recording.pieces(notes);
    let title = heading(title);
    if demo.step {
        print(&title)?;
        let mut out = anstream::stdout().lock();
        let stepped = step(&pieces, &mut io::stdin().lock(), &mut out);
        return closed_is_fine(stepped.map(drop));
    }
    let texts: String = pieces.into_iter().map(|piece| piece.text).collect();
    print(&(title + &texts))
}

/// Prints in colour if the terminal wants it.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    closed_is_fine(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

/// A closed pipe is not a failure: the reader has seen enough.
fn closed_is_fine(printed: io::Result<()>) -> Result<(), Failure> {
    match printed {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::of("standard output", error))
        }
        _ => Ok(()),
    }
}

/// For the owner alone: messages have credentials in them.
fn keep(path: &Path, bytes: &[u8]) -> io::Result<()> {
    private_file(path)?.write_all(bytes)
}

fn written(path: &Path, outcome: io::Result<()>) -> Result<(), Failure> {
    let shown = path.display();
    outcome.map_err(|error| Failure::of(&shown, error))?;
    print(&format!("wrote {shown}\n"))
}
