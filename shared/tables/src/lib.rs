//! Rows of Kamailio's tables: what a row means, for the database that keeps it and for the
//! function of a script that asks.
//!
//! A database implements [`AddressTable`] and [`Subscribers`]; `allow_source_address` and
//! `www_authorize` read them. Neither side knows the other.
//!
//! | file | what it decides |
//! |---|---|
//! | `row` | what a row of `address` holds before anybody has read it, and how a table is handed over |
//! | `address` | what a row of `address` means, and which rows an administrator may add |
//! | `network` | which addresses a mask covers: Kamailio's rules |
//! | `subscribers` | how the password of a user is looked up |
//! | `table_row` | a row as an administrator would add it |
//! | `error` | what is wrong with a row, or with reading a table |

mod address;
mod error;
mod network;
mod row;
mod subscribers;
mod table_row;

pub use address::{Address, Group};
pub use error::{AddressError, TableError};
pub use row::{AddressRow, AddressTable};
pub use subscribers::{Login, NoPassword, NotReadable, Subscribers};
pub use table_row::TableRow;
