//! A row of `address` as it is stored, and how a table of such rows is handed over.

use crate::error::TableError;

/// A row of Kamailio's `address` table, each column as text. SQLite keeps whatever a program
/// wrote into a column, so a number may be a word: [`crate::Address::read`] finds out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressRow {
    /// The number of the row.
    pub id: i64,
    /// `grp`: the group a script asks for.
    pub group: String,
    /// `ip_addr`: an IP address.
    pub ip: String,
    /// `mask`: how many leading bits of the address count.
    pub mask: String,
    /// `port`: the port a request comes from; 0 is any.
    pub port: String,
    /// `tag`: a name for people; empty for none.
    pub tag: String,
}

/// Where the rows of `address` are kept.
pub trait AddressTable: Send + Sync {
    /// Every row, as it is now.
    ///
    /// # Errors
    /// When the table cannot be read.
    fn address_rows(&self) -> Result<Vec<AddressRow>, TableError>;
}
