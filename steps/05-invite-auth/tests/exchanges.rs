//! Plays each exchange in a test of its own and compares every byte on the wire with `snapshots/`.

#[path = "../src/cast.rs"]
mod cast;
#[path = "../src/digest_relay.rs"]
mod digest_relay;
#[path = "../src/inside_calls.rs"]
mod inside_calls;
#[macro_use]
#[path = "../src/exchanges.rs"]
mod exchanges;
#[path = "../src/route.rs"]
mod route;

test_each_exchange!();
