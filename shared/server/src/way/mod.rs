//! Finding the way to a destination: from the targets of a decision to flows of the network.
//!
//! A decision names targets, [`hops`] makes the next hop of each, [`names`] looks up their
//! names, and [`Ways`] asks the network for a flow to each. An address is a name that is found
//! already.

mod destinations;
mod flow;
mod hops;
mod names;

pub use destinations::PrivateTargets;
pub use flow::Ways;
pub(crate) use hops::hops;
pub use hops::{Destination, Hop};
pub use names::{Found, look_up};
