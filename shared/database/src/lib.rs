//! One SQLite file that makes a location service last.
//!
//! Tables and columns are those of Kamailio 5.6 (`kamdbctl create` with `db_sqlite`), so that a
//! Kamailio opens the same file and serves the same phones. [`Database`] is a
//! [`sip_location::Journal`]: a writer thread puts everything that is waiting into one
//! transaction and syncs it to disk once (group commit), and only then are the phones answered.
//!
//! | file | what it decides |
//! |---|---|
//! | `addresses` | the rows of `address`, as a server takes them |
//! | `admin` | what an administrator changes and sees: users, aliases, addresses |
//! | `open` | whether a file may be used, and what to do about one that may not |
//! | `lock` | that one server alone has a file |
//! | `modes`, `warn` | what an administrator is warned of |
//! | `files`, `link` | that no connection is used when the file is another one |
//! | `index` | what SQLite notes of its log |
//! | `schema` | the tables |
//! | `row` | how a binding stands in a row of `location`, as Kamailio writes it |
//! | `stored` | how a row of `location` is read, whoever wrote it |
//! | `durable` | what a server that starts finds in the file |
//! | `batch` | how changes become one transaction |
//! | `writer` | the queue and the thread of the group commit |
//! | `load` | what a restarted server reads |
//! | `kept` | what a row of `subscriber` keeps of a password |
//! | `reader` | what scripts look up: subscribers, aliases |
//! | `lookup_aliases` | the function of the texts |
//! | `recent` | the passwords read a moment ago |
//! | `show` | a query as a table, for people |

mod addresses;
mod admin;
mod batch;
mod cell;
mod database;
mod durable;
mod error;
mod files;
mod flags;
mod index;
mod kept;
mod link;
mod load;
mod lock;
mod lookup_aliases;
mod modes;
mod open;
mod queue;
mod reader;
mod recent;
mod row;
mod schema;
mod show;
mod stored;
mod ticket;
mod warn;
mod writer;

pub use admin::{
    Admin, AdminError, AliasRow, BadRow, Created, Import, Imported, Kept, NewRow, Subscriber,
    Unfit, User, check_domain, check_name, check_password,
};
pub use database::{Database, Options};
pub use error::{OpenError, OpenFault, Replaced, WriteError};
pub use flags::Flags;
pub use load::Loaded;
pub use reader::{Alias, Reader};
pub use sip_tables::{Address, AddressError, AddressRow};
