//! One SQLite file that makes a location service last.
//!
//! Tables and columns are those of Kamailio 5.6 (`kamdbctl create` with `db_sqlite`), so a
//! Kamailio opens the same file and serves the same phones. [`Database`] is a
//! [`sip_location::Journal`]: a writer thread puts everything that waits into one transaction and
//! syncs it to disk once (group commit). Only then are the phones answered.
//!
//! | file | what it decides |
//! |---|---|
//! | `database`, `options` | what a server or a command opens, and how it is used |
//! | `open` | whether a file may be used, and which tables it lacks |
//! | `open_error`, `error` | why not, and why not any more |
//! | `lock` | that one server alone has a file |
//! | `modes`, `warn` | what an administrator is warned of |
//! | `files`, `index`, `link` | that no connection is used once its file is another one |
//! | `schema` | the tables |
//! | `row`, `statements` | how a binding is written into a row of `location`, as Kamailio writes it |
//! | `columns`, `stored` | how a row of `location` is read, whatever program wrote it |
//! | `durable` | what a server that starts finds in the file |
//! | `load` | what a restarted server reads, and which rows it removes |
//! | `store` | how changes become one transaction |
//! | `queue`, `writer`, `ticket` | the group commit: what is written when, the thread, and waiting for it |
//! | `clock` | what time it is |
//! | `password`, `recent` | what a row of `subscriber` keeps of a password, and which are remembered |
//! | `reader`, `lookup_aliases` | what scripts look up: subscribers, aliases |
//! | `addresses` | the rows of `address`, as a server reads them |
//! | `secret` | the server's secret |
//! | `admin` | what an administrator changes and sees: users, aliases, addresses |
//! | `show`, `cell`, `table` | a query as a table, for people |
//! | `flags` | the command line |

mod addresses;
mod admin;
mod cell;
mod clock;
mod columns;
mod database;
mod durable;
mod error;
mod files;
mod flags;
mod index;
mod link;
mod load;
mod lock;
mod lookup_aliases;
mod modes;
mod open;
mod open_error;
mod options;
mod password;
mod queue;
mod reader;
mod recent;
mod row;
mod schema;
mod secret;
mod show;
mod statements;
mod store;
mod stored;
mod table;
mod ticket;
mod warn;
mod writer;

pub use admin::{
    Admin, AdminError, AliasRow, BadRow, Created, Import, Imported, InputError, Kept, NewRow,
    Subscriber, User, check_domain, check_name, check_password,
};
pub use clock::Clock;
pub use database::Database;
pub use error::{DatabaseError, Replaced};
pub use flags::Flags;
pub use load::Loaded;
pub use open_error::{OpenError, OpenErrorKind};
pub use options::Options;
pub use reader::{Alias, Reader};
pub use sip_digest::Offer;
pub use sip_tables::{Address, AddressError, AddressRow};
pub use table::Table;
