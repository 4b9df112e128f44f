//! A directory with a database that both servers read.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use rusqlite::Connection;
use whole_system::step::{self, STEP_07, Server};

/// A directory with a database that the server made, and these rows.
pub fn with(sql: &str) -> tempfile::TempDir {
    let files = whole_system::directory();
    assert!(Server::start(STEP_07, files.path()).stop().success());
    execute(files.path(), sql);
    files
}

/// Changes the database.
pub fn execute(files: &Path, sql: &str) {
    let database = Connection::open(step::database(files)).expect("the server made it");
    database
        .execute_batch(sql)
        .unwrap_or_else(|e| panic!("{sql}: {e}"));
}

/// What the control socket answers to a call.
pub fn control(files: &Path, method: &str, params: &[&str]) -> serde_json::Value {
    let stream = UnixStream::connect(files.join("sip.sock")).expect("the server answers");
    let call = serde_json::json!({"jsonrpc": "2.0", "method": method, "params": params, "id": 1});
    writeln!(&stream, "{call}").expect("the server reads");
    let mut line = String::new();
    BufReader::new(&stream)
        .read_line(&mut line)
        .expect("the server answers");
    serde_json::from_str(&line).expect("JSON")
}
