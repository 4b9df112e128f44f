//! The watch page in a real browser: what a reader sees of real calls, in any window.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on panics"
)]

mod browser;
mod devtools;
mod reader;
mod scene;

mod answers;
mod calls;
mod hostile;
mod keyboard;
mod many;
mod marks;
mod passwords;
mod pictures;
mod sources;
mod windows;
