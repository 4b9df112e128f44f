//! `phone` as it is typed, on real sockets, against a server that asks for passwords.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

mod answers;
mod call;
mod pair;
mod register;
mod scripted;
mod support;
