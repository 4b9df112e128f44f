//! Runs the built command.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

pub mod client;
pub mod register;
pub mod shape;

use std::io::Write;
use std::process::{Command, Stdio};

/// What a run printed, and its exit code.
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// Runs `calculator` with these arguments and this standard input.
pub fn calculator(arguments: &[&str], input: &str) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_calculator"))
        .args(arguments)
        .env_remove("CLICOLOR_FORCE")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that refuses its flags does not read.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Explains a pasted text with this password.
pub fn explain(text: &str, password: &str) -> Run {
    calculator(&["explain", "-", "--password", password], text)
}

/// The hash of a text, to make the answers that mistakes lead to.
pub fn md5(text: &str) -> String {
    sip_digest::Algorithm::Md5.hash(text.as_bytes())
}
