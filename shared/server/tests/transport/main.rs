//! Real sockets over loopback: what `Sockets` does, seen from a peer's socket.
//!
//! Tests run beside each other: one that needs a port nobody else has takes an address of its
//! own (127.0.0.61 to 64).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod bind;
mod closing;
mod connections;
mod limits;
mod peer;
mod routes;
mod streams;
mod udp;
