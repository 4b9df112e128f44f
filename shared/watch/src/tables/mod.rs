//! The tables of a running server as they change: bindings from the server itself, the others
//! from its database. No password and no hash is ever among the columns.

mod bindings;
mod database;
mod secret;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::source::{Source, now};
use crate::view::{State, Table};
use database::Database;
pub(crate) use secret::kept;

/// How often the tables are looked at.
const EVERY: Duration = Duration::from_millis(500);

/// The most rows that are shown of a table.
const MOST: usize = 500;

/// Follows the tables of the server at the control socket, for ever.
pub(crate) async fn follow(source: Arc<Source>, socket: PathBuf) {
    let mut database: Option<Database> = None;
    let mut shown: Vec<Table> = Vec::new();
    loop {
        sleep(EVERY).await;
        let about = source.about();
        if about.state != State::Connected {
            database = None;
            continue;
        }
        let path = about.database.map(PathBuf::from);
        if database.as_ref().map(Database::path) != path.as_deref() {
            database = path.as_deref().and_then(|path| Database::open(path).ok());
        }
        let tables = read(&socket, database.as_mut(), &shown).await;
        if tables != shown {
            source.change(|store| store.set_tables(tables.clone()));
            shown = tables;
        }
    }
}

/// The tables as they are. Those that have not changed keep their time.
async fn read(socket: &Path, database: Option<&mut Database>, before: &[Table]) -> Vec<Table> {
    let mut tables = Vec::new();
    tables.extend(bindings::read(socket).await.ok());
    tables.extend(database.map(Database::tables).unwrap_or_default());
    for table in &mut tables {
        let known = before.iter().find(|known| known.name == table.name);
        let is_same = |known: &&Table| known.rows == table.rows && known.more == table.more;
        table.changed = match known.filter(is_same) {
            Some(known) => known.changed,
            None => now() as f64 / 1_000.0,
        };
    }
    tables
}
