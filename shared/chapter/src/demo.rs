//! `demo`: a chapter's exchanges, listed or played.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use sip_stage::{Exchange, private_file};

use crate::chapter::Chapter;
use crate::failure::Failure;
use crate::flags::Demo;

/// Lists the exchanges, or plays the one that is named.
///
/// # Errors
/// If no exchange has that name, or a file cannot be written.
pub(crate) fn run(chapter: &Chapter, demo: &Demo) -> Result<(), Failure> {
    let Some(name) = &demo.name else {
        return print(&list(chapter));
    };
    let recording = (chapter.play)(find(chapter, name)?);
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
    match (demo.ladder, is_written) {
        (true, _) => print(&format!("{}\n\n{}", recording.title, recording.ladder())),
        (false, true) => Ok(()),
        (false, false) => print(&recording.terminal()),
    }
}

fn list(chapter: &Chapter) -> String {
    let package = chapter.package;
    let exchanges = chapter.exchanges;
    let names: Vec<String> = exchanges.iter().map(Exchange::name).collect();
    let width = names.iter().map(String::len).max().unwrap_or(0);
    let mut text = format!("The exchanges of {package}:\n");
    for (name, exchange) in names.iter().zip(exchanges) {
        text += &format!("  {name:width$}  {}\n", exchange.title());
    }
    text + &format!("\nPlay one: cargo run -p {package} -- demo NAME [--ladder]\n")
}

/// The exchange of that name, or the only one whose name begins so.
fn find<'a>(chapter: &'a Chapter, name: &str) -> Result<&'a Exchange, Failure> {
    let name = name.replace('_', "-");
    let exact = chapter.exchanges.iter().find(|e| e.name() == name);
    let mut begins = chapter
        .exchanges
        .iter()
        .filter(|e| e.name().starts_with(&name));
    match (exact, begins.next(), begins.next()) {
        (Some(exchange), ..) | (None, Some(exchange), None) => Ok(exchange),
        (None, None, _) => Err(Failure::usage(format!(
            "{} has no exchange {name}; `demo` alone lists them all",
            chapter.package
        ))),
        (None, Some(first), Some(second)) => Err(Failure::usage(format!(
            "{name} could be {} or {}: type more of the name",
            first.name(),
            second.name()
        ))),
    }
}

/// Prints in colour if the terminal wants it. A closed pipe is fine: the reader has seen enough.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
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
