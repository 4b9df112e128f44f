//! Real sockets over loopback: what `Sockets` does, seen from a peer's socket.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod bind;
mod limits;
mod peer;
mod routes;
mod streams;
mod udp;
