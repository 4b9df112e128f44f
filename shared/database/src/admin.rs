//! What an administrator does: rows of `subscriber`, `dbaliases` and `address` are added, changed,
//! removed and shown while servers read them.
//!
//! Every change is one transaction that takes the write lock first. So what was checked before a
//! change still holds when it is written.

mod addresses;
mod aliases;
mod check;
mod create;
mod error;
mod import;
mod kept;
mod subscribers;
mod unread;
mod user;

use rusqlite::{Transaction, TransactionBehavior};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::link::Link;

pub use aliases::AliasRow;
pub use create::Created;
pub use error::AdminError;
pub use import::{BadRow, Import, Imported, NewRow};
pub use kept::Kept;
pub use subscribers::Subscriber;
pub use user::{InputError, User, check_domain, check_name, check_password};

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
    pub fn admin(&self) -> Result<Admin, DatabaseError> {
        Ok(Admin {
            link: self.connect()?,
        })
    }
}

impl Admin {
    fn begin(&mut self) -> Result<Transaction<'_>, DatabaseError> {
        let immediate = TransactionBehavior::Immediate;
        Ok(self.link.get_mut()?.transaction_with_behavior(immediate)?)
    }
}
