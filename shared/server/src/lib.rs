//! What carries a routing script: sockets, transactions, relaying, timers.
//!
//! The protocol core ([`protocol`]) has no socket and no clock: it takes packets, timers that fired
//! and a script's decisions, and says what to send. [`serve`] drives it over any [`Network`].

mod account;
mod action;
mod call_token;
mod calls;
mod entropy;
mod keys;
mod loop_mark;
mod loose_route;
mod myself;
mod network;
mod outgoing;
pub mod protocol;
mod record_route;
mod request;
mod response;
mod serve;
mod settings;
mod shares;
mod table;
mod text;
mod transport;
mod unreachable;
mod way;

pub use account::{Account, Source};
pub use action::{Action, relay, relay_in_dialog};
pub use entropy::{Entropy, SystemEntropy};
pub use myself::{Myself, Secret};
pub use network::{Direction, Event, Lookup, Network, Observer};
pub use outgoing::Outgoing;
pub use request::Request;
pub use response::Response;
pub use serve::{serve, take_apart};
pub use settings::{Clock, Judge, Limits, OnReply, Settings, Stats, Timers};
pub use sip_message::{Message, Method, Reply, Target};
pub use transport::{CannotListen, Sockets, TransportLimits};
pub use unreachable::Unreachable;
pub use way::{Destination, Found, Hop, PrivateTargets, Ways, look_up};
