//! The protocol of the control socket, for the server and for `sipctl`: JSON-RPC 2.0 over a UNIX
//! stream socket, with the method names and results of Kamailio's `jsonrpcs`.
//!
//! A [`Call`] is one JSON object, and its [`Answer`] is one line.
//!
//! | file | what it decides |
//! |---|---|
//! | `call` | what a client sends |
//! | `answer` | what comes back: a result or a [`Refusal`] |
//! | `refusal` | why a call has no result, and its code |
//! | `method` | the names of the methods |
//! | `bindings` | the results of `ul.dump`, `ul.lookup` and `ul.rm` |
//! | `watch` | what a watcher sees: [`watch::Event`]s |
//! | `bytes` | bytes in JSON |
//! | `server` | the results of `core.uptime` and `stats.get_statistics` |

mod answer;
mod bindings;
mod bytes;
mod call;
pub mod method;
mod refusal;
mod server;
pub mod watch;

pub use answer::Answer;
pub use bindings::{
    AOR_NOT_FOUND, BriefEntry, Contact, ContactEntry, Domain, DomainEntry, Dump, Expires, LOCATION,
    NOT_SET, NoTime, Record, RecordEntry, Removed, TotalRecords,
};
pub use call::{Call, Id, Version};
pub use refusal::Refusal;
pub use server::{Counter, Uptime};
