//! `phone` as it is typed, on real sockets, against a server that asks for passwords.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test that cannot go on says why by panicking

mod answers;
mod call;
mod register;
mod scripted;
mod support;
