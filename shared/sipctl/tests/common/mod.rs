//! `sipctl` as it is typed, in a directory of its own.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A directory, with an empty database in it.
pub struct Place {
    pub directory: tempfile::TempDir,
}

/// What a command printed, and its exit code.
#[derive(Debug)]
pub struct Ended {
    pub out: String,
    pub errors: String,
    pub code: i32,
}

/// A directory with a database that `sipctl db create` made.
pub fn place() -> Place {
    let place = empty();
    place.passes(&["db", "create"]);
    place
}

/// A directory without one.
pub fn empty() -> Place {
    Place {
        directory: tempfile::tempdir().unwrap(),
    }
}

impl Place {
    pub fn database(&self) -> PathBuf {
        self.directory.path().join("sip.db")
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.directory.path().join(name), text).unwrap();
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sipctl"));
        command.args(words).current_dir(self.directory.path());
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs it with this standard input, which is not a terminal.
    pub fn type_in(&self, words: &[&str], input: &str) -> Ended {
        let mut child = self.command(words).spawn().unwrap();
        // It may end without reading.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        ended(child.wait_with_output().unwrap())
    }

    pub fn run(&self, words: &[&str]) -> Ended {
        self.type_in(words, "")
    }

    /// Runs it, and it must succeed; returns what it printed.
    pub fn passes(&self, words: &[&str]) -> String {
        let ended = self.run(words);
        assert_eq!(ended.code, 0, "{words:?}: {ended:?}");
        ended.out
    }

    /// Runs it, and it must fail; returns what it complained about.
    pub fn fails(&self, words: &[&str]) -> String {
        let ended = self.run(words);
        assert_eq!(
            (ended.code, ended.out.as_str()),
            (1, ""),
            "{words:?}: {ended:?}"
        );
        ended.errors
    }

    /// What another program sees in the file: one row's columns, as text.
    pub fn sql(&self, query: &str) -> Vec<String> {
        let connection = rusqlite::Connection::open(self.database()).unwrap();
        let mut statement = connection.prepare(query).unwrap();
        let columns = statement.column_count();
        let row = statement.query_row([], |row| {
            let text = |column| Ok(rusqlite_text(row.get_ref(column)?));
            (0..columns).map(text).collect()
        });
        row.unwrap()
    }

    pub fn count(&self, table: &str) -> String {
        self.sql(&format!("SELECT count(*) FROM {table}")).remove(0)
    }
}

fn rusqlite_text(value: rusqlite::types::ValueRef<'_>) -> String {
    use rusqlite::types::ValueRef;
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8(text.to_vec()).unwrap(),
        other => format!("{other:?}"),
    }
}

pub fn ended(output: std::process::Output) -> Ended {
    Ended {
        out: String::from_utf8(output.stdout).unwrap(),
        errors: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap(),
    }
}
