//! The chapters of this course, and the programs that play their exchanges.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde::Serialize;
use sip_control::watch::{Exchanges, Played};
use tokio::process::Command;
use tokio::sync::Mutex;
use tokio::time::timeout;

/// The longest that building and playing may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// A chapter, as the page lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct ChapterView {
    /// Its number.
    pub(crate) chapter: u32,
    /// Its package.
    pub(crate) package: String,
    /// Its folder in the repository.
    pub(crate) folder: String,
    /// Its folder's name in words.
    pub(crate) title: String,
}

/// The chapters. One program is built and run at a time.
#[derive(Debug)]
pub(crate) struct Chapters {
    root: PathBuf,
    turn: Mutex<()>,
}

impl Chapters {
    /// The chapters of the course this program is part of.
    pub(crate) fn here() -> Self {
        Self {
            root: Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."),
            turn: Mutex::default(),
        }
    }

    /// The chapters in order.
    ///
    /// # Errors
    /// If the folder `steps` cannot be read, in words.
    pub(crate) fn list(&self) -> Result<Vec<ChapterView>, String> {
        let steps = self.root.join("steps");
        let read = std::fs::read_dir(&steps);
        let entries = read.map_err(|e| format!("cannot read {}: {e}", steps.display()))?;
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut chapters: Vec<ChapterView> = names.filter_map(|name| chapter(&name)).collect();
        chapters.sort_by_key(|chapter| chapter.chapter);
        Ok(chapters)
    }

    /// The chapter of that number.
    ///
    /// # Errors
    /// If there is none, in words.
    pub(crate) fn chapter(&self, number: u32) -> Result<ChapterView, String> {
        let mut chapters = self.list()?.into_iter();
        let found = chapters.find(|chapter| chapter.chapter == number);
        found.ok_or_else(|| format!("This course has no chapter {number}."))
    }

    /// The exchanges of a chapter.
    ///
    /// # Errors
    /// If its program does not build or run, in words.
    pub(crate) async fn exchanges(&self, chapter: &ChapterView) -> Result<Exchanges, String> {
        let line = self.demo(chapter, &["--json"]).await?;
        serde_json::from_str(&line).map_err(|error| unreadable(chapter, &error))
    }

    /// Plays an exchange.
    ///
    /// # Errors
    /// If the program does not build, has no such exchange, or the exchange breaks off.
    pub(crate) async fn played(&self, chapter: &ChapterView, name: &str) -> Result<Played, String> {
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(format!("{name:?} is not the name of an exchange."));
        }
        let line = self.demo(chapter, &[name, "--json"]).await?;
        serde_json::from_str(&line).map_err(|error| unreadable(chapter, &error))
    }

    async fn demo(&self, chapter: &ChapterView, arguments: &[&str]) -> Result<String, String> {
        let _turn = self.turn.lock().await;
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let package = &chapter.package;
        let mut command = Command::new(cargo);
        command
            .current_dir(&self.root)
            .args(["run", "--quiet", "--package", package, "--", "demo"])
            .args(arguments)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let output = timeout(PATIENCE, command.output()).await;
        let output = output.map_err(|_| format!("{package} took longer than {PATIENCE:?}."))?;
        let output = output.map_err(|e| format!("cannot run cargo: {e}"))?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        // An exchange that breaks off still shows what happened until then.
        if output.status.success() || said.starts_with('{') {
            return Ok(said);
        }
        let errors = String::from_utf8_lossy(&output.stderr);
        let lines: Vec<&str> = errors.lines().rev().take(12).collect();
        let lines: Vec<&str> = lines.into_iter().rev().collect();
        Err(format!("{package} failed: {}", lines.join("\n")))
    }
}

fn unreadable(chapter: &ChapterView, error: &serde_json::Error) -> String {
    format!("cannot read what {} printed: {error}", chapter.package)
}

/// The chapter in a folder such as `05-invite-auth`.
fn chapter(name: &str) -> Option<ChapterView> {
    let (number, rest) = name.split_once('-')?;
    let chapter = number.parse().ok().filter(|_| number.len() == 2)?;
    Some(ChapterView {
        chapter,
        package: format!("step-{number}"),
        folder: format!("steps/{name}"),
        title: format!("{number} {}", rest.replace('-', " ")),
    })
}
