//! What the tests of the whole system share: servers and phones as processes, free addresses,
//! a phone that speaks plain text.
//!
//! Everything here panics when something is wrong, with the reason and the log: a helper that fails
//! is a test that fails.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on panics"
)]

pub mod address;
pub mod baresip;
pub mod client;
pub mod core;
pub mod digest;
pub mod kamailio;
pub mod kamailio_script;
pub mod log;
pub mod process;
pub mod program;
pub mod random;
pub mod server;
pub mod sipp;
pub mod standstill;
pub mod step;
pub mod stream;
pub mod text;
pub mod usage;
pub mod wire;

/// A directory for a test's files, deleted when the value is dropped.
pub fn directory() -> tempfile::TempDir {
    tempfile::tempdir().expect("a directory can be made")
}
