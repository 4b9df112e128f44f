//! What an administrator does: rows of `subscriber`, `dbaliases` and `address`, added, changed,
//! removed and shown while servers read them.
//!
//! Every change is one transaction that takes the write lock at its begin, so that what it was
//! checked against still holds when it is written.

mod addresses;
mod aliases;
mod check;
mod create;
mod error;
mod import;
mod subscribers;
mod user;

use rusqlite::{Transaction, TransactionBehavior};

use crate::database::Database;
use crate::error::WriteError;
use crate::link::Link;

pub use aliases::AliasRow;
pub use create::Created;
pub use error::AdminError;
pub use import::{BadRow, Import, Imported, NewRow};
pub use subscribers::{Kept, Subscriber};
pub use user::{Unfit, User, check_domain, check_name, check_password};

/// A connection for administration. Secrets go in and never come out.
#[derive(Debug)]
pub struct Admin {
    link: Link,
}

impl Database {
    /// A connection for administration.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn admin(&self) -> Result<Admin, WriteError> {
        Ok(Admin {
            link: self.connect()?,
        })
    }
}

impl Admin {
    fn begin(&mut self) -> Result<Transaction<'_>, WriteError> {
        let immediate = TransactionBehavior::Immediate;
        Ok(self.link.get_mut()?.transaction_with_behavior(immediate)?)
    }
}
