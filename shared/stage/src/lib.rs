//! The stage on which exchanges are played, and what their recordings become.
//!
//! An [`Exchange`] is a small async function that says what phones do. [`Stage::play`] runs it
//! in a network inside the process, with a paused clock and counted randomness, so that every
//! byte is the same in every run. It returns a [`Recording`], which becomes a test's snapshot ([`Recording::snapshot`]), a demonstration in the terminal
//! ([`Recording::terminal`]), a ladder in text or as a picture ([`Recording::ladder`],
//! [`Recording::svg`]) and a file for Wireshark ([`Recording::pcap`]).
//!
//! ```
//! use sip_stage::{Stage, StageServer, exchange};
//! use sip_server::{Reply, Request};
//!
//! async fn a_phone_asks_what_the_server_can_do(stage: &mut Stage) {
//!     let ten = stage.phone("10", "192.168.1.10");
//!     stage.explain_each(&["Are you there?", "Yes."]);
//!     ten.new_options("sip:192.168.1.15").send().answer(200).await;
//! }
//!
//! async fn yes(stage: StageServer) {
//!     let script = async |_: &mut Request| Ok(Reply::of(200).into());
//!     stage.serve(&script).await;
//! }
//!
//! let exchange = exchange!(a_phone_asks_what_the_server_can_do, "OPTIONS");
//! let recording = Stage::play(&exchange, yes);
//! assert_eq!(recording.messages().count(), 2);
//! println!("{}", recording.ladder());
//! ```

mod annotate;
mod answering;
mod broken;
mod colour;
mod decision;
mod entropy;
mod events;
mod exchange;
mod explain;
mod ladder;
mod network;
mod pcap;
mod phone_sockets;
mod play;
mod private;
mod recording;
mod rows;
mod server;
mod setting;
mod snapshot;
mod sockets;
mod stage;
mod summary;
mod svg;
mod terminal;
mod traffic;
mod values;

pub use annotate::purpose;
pub use answering::Logins;
pub use colour::colour_of;
pub use decision::{decision, micros};
pub use entropy::CountedEntropy;
pub use exchange::{Exchange, Play};
pub use pcap::PcapWriter;
pub use private::private_file;
pub use recording::{Entry, Fate, Node, Recorded, Recording};
pub use server::{StageServer, Views};
pub use setting::Setting;
pub use sip_user_agent::{Asked, Call, Draft, Ids, Login, Phone, Sent, Style};
pub use sockets::StageSockets;
pub use stage::Stage;
pub use summary::summary;
pub use terminal::{Headline, Notes, Piece, coloured, heading};
pub use values::Values;
