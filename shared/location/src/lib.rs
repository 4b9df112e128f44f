//! The location service (RFC 3261 §10.3): which contacts an address-of-record has, until when.
//!
//! [`Location::save`] answers a REGISTER, [`Location::lookup`] turns a Request-URI into targets.
//! Both work on memory. A [`Journal`], if there is one, gets every change, and the 200 of a REGISTER
//! waits until the journal has kept it.
//!
//! | file | what it decides |
//! |---|---|
//! | `registration` | what a REGISTER asks for, and what is refused before any binding is read |
//! | `plan` | which bindings are added, replaced and removed; order of Call-ID and CSeq; the caps |
//! | `matching` | when two Contacts are the same binding |
//! | `nat` | when a phone is called at the source address of its REGISTER |
//! | `table` | the bindings in memory, in parts with one lock each |
//! | `save`, `lookup` | the two functions of a script |
//! | `packed` | how 100,000 bindings fit into 24 MB |
//! | `journal` | what makes the bindings last |
//! | `durable` | what a server finds again after a restart |
//! | `unsettled`, `settling` | how memory is restored if that fails |

mod address;
mod binding;
mod common;
mod durable;
mod journal;
mod location;
mod lookup;
mod matching;
mod nat;
mod packed;
mod plan;
mod registration;
mod save;
mod settings;
mod settling;
mod table;
mod unsettled;

pub use address::address_of_record;
pub use binding::Binding;
pub use durable::{Durable, DurableError};
pub use journal::{Change, Journal, JournalError, Written};
pub use location::{Counts, Location};
pub use settings::{Expiry, Limits, Settings};
