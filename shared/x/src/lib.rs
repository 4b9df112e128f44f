//! Keeps the course and its code one thing.
//!
//! The book under `docs/` and the README are plain Markdown, complete without any tool. This crate
//! copies code into them, below a comment that names the source:
//!
//! ```text
//! <!-- x: code steps/01-plain-registrar/src/route.rs fn route -->
//! ```
//!
//! `cargo x docs` renews every such block, and a test fails where one differs from its source.

mod block;
mod check;
mod cited;
mod commands;
mod course;
mod crates;
mod diff;
mod docs;
mod exchange;
mod exercise;
mod failure;
mod fill;
mod gathered;
mod hint;
mod item;
mod links;
mod mine;
mod port;
mod program;
mod rfcs;
mod server;
mod solution;
mod source;
mod start;
mod tested;
mod turn;
mod typed;
mod waiting;
mod words;

pub use block::{fenced_languages, rewrite};
pub use check::{
    Compared, Count, Difference, Event, Kind, Mistake, Options, Played, Verdict, check, explained,
    judge, mistakes, watch,
};
pub use cited::Clause;
pub use commands::{Outcome, Session};
pub use course::{Chapter, Course, SCRIPT};
pub use crates::Crates;
pub use diff::{changed_lines, coloured, unified};
pub use docs::{Scope, differences, update};
pub use exchange::Exchange;
pub use exercise::{Exercise, Hints, Passes, Task};
pub use failure::Failure;
pub use hint::{Which, hint};
pub use item::find;
pub use links::broken_links;
pub use program::{Output, Program};
pub use rfcs::{index as rfc_index, tests as rfc_tests};
pub use solution::solution;
pub use source::{Generated, diff, generate};
pub use start::start;
pub use tested::test;
pub use typed::{Typed, is_printed, typed};
