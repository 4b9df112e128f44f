//! Plays each exchange in a test of its own and compares every byte on the wire with `snapshots/`.

#[path = "../src/calls.rs"]
mod calls;
#[path = "../src/cast.rs"]
mod cast;
#[path = "../src/refusals.rs"]
mod refusals;
#[macro_use]
#[path = "../src/exchanges.rs"]
mod exchanges;
#[path = "../src/route.rs"]
mod route;

test_each_exchange!();
