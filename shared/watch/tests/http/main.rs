//! The page's server over HTTP, with a real chapter behind it and its real control socket.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on says why by panicking"
)]

mod chapters;
mod client;
mod course;
mod files;
mod live;
mod phone;
mod secrets;
