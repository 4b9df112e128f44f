//! SIP messages (RFC 3261 §7): bytes to message and back, byte for byte.
//!
//! A [`Message`] is one buffer and an index of its header fields. Reading is lazy and typed
//! ([`Message::from`], [`Message::top_via`], …), an edit is a splice, and every unchanged byte is
//! printed as it came. No I/O and no clock: [`Arrival`] carries what the socket knew.

mod address;
mod arrival;
mod common;
mod contact;
mod cseq;
mod edit;
mod equivalence;
mod error;
mod escape;
#[doc(hidden)]
pub mod fixture;
mod frame;
mod header_name;
mod host;
mod identity;
mod message;
mod method;
mod params;
mod parse;
mod q;
mod reads;
mod reply;
mod request;
mod require;
mod response;
mod scope;
mod script_line;
mod status;
mod target;
mod text;
mod uri;
mod via;

pub use address::NameAddr;
pub use arrival::{Arrival, Connection, Flow, Transport};
pub use contact::{Contact, Contacts};
pub use cseq::CSeq;
pub use edit::Place;
pub use error::{ErrorKind, ParseError};
pub use frame::{Frame, FrameError, Framer};
pub use header_name::{HeaderName, full_name, full_names};
pub use host::Host;
pub use message::Message;
pub use method::Method;
pub use params::Params;
pub use parse::{Malformed, Packet, parse};
pub use q::Q;
pub use reply::{Header, Reply};
pub use request::Request;
pub use response::Response;
pub use scope::Scope;
pub use script_line::ScriptLine;
pub use status::Status;
pub use target::Target;
pub use text::{is_printable, printable};
pub use uri::{SipUri, TelUri, Uri};
pub use via::Via;

/// The largest message accepted on any transport, in bytes: what a UDP datagram can carry
/// (RFC 3261 §18.1.1 asks for 65,535 with headers).
pub const MAX_MESSAGE: usize = 65_535;
