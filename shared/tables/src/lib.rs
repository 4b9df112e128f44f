//! Rows of Kamailio's tables: what a row means, for the database that keeps it and for the
//! function of a script that asks.
//!
//! A database implements [`AddressTable`]; `allow_source_address` reads it. Neither knows the
//! other.
//!
//! | file | what it decides |
//! |---|---|
//! | `row` | what a row of `address` holds before anybody has read it, and how a table is handed over |
//! | `address` | what a row of `address` means, and which rows an administrator may add |
//! | `network` | which addresses a mask covers: Kamailio's rules |
//! | `error` | what is wrong with a row, or with reading a table |

mod address;
mod error;
mod network;
mod row;

pub use address::{Address, Group};
pub use error::{AddressError, TableError};
pub use row::{AddressRow, AddressTable};
