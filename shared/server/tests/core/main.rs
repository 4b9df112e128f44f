//! The protocol core: what a proxy sends, and when, in answer to what it gets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod ack;
mod answers;
mod calls;
mod calls_bound;
mod cancel;
mod destinations;
mod driver;
mod fork;
mod growth;
mod hanging_up;
mod harness;
mod identity;
mod invite_client;
mod invite_server;
mod kept;
mod lengths;
mod limits;
mod look_ups;
mod loops;
mod malformed;
mod messages;
mod names;
mod on_reply;
mod other_client;
mod other_server;
mod record_route;
mod record_route_sides;
mod recorded;
mod ringing;
mod routes;
mod schemes;
mod setting;
mod shares;
mod sockets;
mod spiral;
mod stateless;
mod talk;
mod target_refresh;
mod torture;
mod via;
mod waiting;
