//! The program that every chapter is: flags, start-up text, the running server and its trace, the
//! control socket, the demonstrations.
//!
//! | file | what it decides |
//! |---|---|
//! | `chapter` | what a chapter is called and what it asks of a phone |
//! | `flags`, `values` | the command line |
//! | `run`, `signals` | how a server starts, serves and stops |
//! | `start`, `service` | what a chapter's `open` gets, and what it returns |
//! | `program` | a chapter's server before it starts, and how a stage plays with it |
//! | `banner`, `reach`, `interfaces` | the start-up text: addresses, and what to type into a phone |
//! | `first_call`, `keyboard` | a call for readers without a phone |
//! | `trace` | what is printed and captured while the server runs |
//! | `control` | the control socket |
//! | `demo`, `demo_json` | a chapter's exchanges, listed or played |
//! | `judge` | every exchange until a chapter, played for `cargo x check` |
//! | `failure` | why a command ends early |
//! | `obstacle`, `ports` | what keeps a server from its start, and what to do about it |

mod banner;
mod chapter;
mod control;
mod demo;
mod demo_json;
mod failure;
mod first_call;
mod flags;
mod interfaces;
mod judge;
mod keyboard;
mod obstacle;
mod ports;
mod program;
mod reach;
mod run;
mod service;
mod signals;
mod start;
mod trace;
mod values;

pub use chapter::{Authentication, Chapter};
pub use control::{Claimed, Control, Methods, Running, Watchers};
pub use failure::{Failure, warn};
pub use flags::{Demo, Flags, Task};
pub use judge::{Event, Played, judge, one};
pub use program::Program;
pub use run::run;
pub use service::{OnreplyRoute, Service};
#[doc(hidden)]
pub use sip_exchanges::until;
pub use start::Start;

/// The allocator of every chapter's program, which its `main.rs` sets. It stays quick when many
/// requests wait for the disk, each with some thirty small allocations. It is version 2 of
/// mimalloc, which returns the memory that a flood took; version 3 kept most of it.
pub use mimalloc::MiMalloc as Allocator;

/// The examples at the end of a step's `--help`: a text with the step's own name in it.
#[macro_export]
macro_rules! examples {
    () => {
        concat!(
            "Examples:\n  cargo run -p ",
            env!("CARGO_PKG_NAME"),
            " -- --listen 0.0.0.0          serve the phones on your network\n  cargo run -p ",
            env!("CARGO_PKG_NAME"),
            " -- --domain example.com      answer for sip:10@example.com too\n  cargo run -p ",
            env!("CARGO_PKG_NAME"),
            " -- --trace                   show every message whole\n  cargo run -p ",
            env!("CARGO_PKG_NAME"),
            " -- demo                      list the exchanges to play"
        )
    };
}
