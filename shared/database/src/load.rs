//! What a server reads of `location` when it starts, and what it removes then.

use std::time::SystemTime;

use rusqlite::Connection;
use sip_location::Location;

use crate::error::WriteError;
use crate::row::{julian, seconds};
use crate::stored::{COLUMNS, Found, read};
use crate::warn::Warn;

/// How many expired rows are removed in one transaction, so that no other writer waits long.
const STEP: i64 = 1000;

/// What a restarted server found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Loaded {
    /// Bindings that are served again.
    pub bindings: usize,
    /// Rows that could not be read, or that no REGISTER could have made: left as they are, and
    /// named.
    pub unreadable: usize,
}

/// How many rows are named, so that a table in which every row is odd fills no log.
const NAMED: usize = 20;

/// Reads every row that has not expired by `now` into `location`, one at a time: memory never
/// holds them twice. Rows that are left out, and odd ones, are told to `warn`.
pub(crate) fn load(
    connection: &Connection,
    location: &Location,
    now: SystemTime,
    warn: &Warn,
) -> Result<Loaded, WriteError> {
    // A row is known by its ruid, and one that somebody wrote by hand may have none.
    connection.execute(
        "UPDATE location SET ruid = 'row-' || id WHERE ruid = ''",
        [],
    )?;
    let mut loaded = Loaded::default();
    let mut odd = 0;
    let mut found = 0;
    let mut failed = None;
    let mut tell = |line: &str| {
        odd += 1;
        if odd <= NAMED {
            warn.line(line);
        }
    };
    let mut statement = connection.prepare(&select())?;
    let mut rows = statement.query([julian(since_1970(now)), julian(0)])?;
    let bindings = std::iter::from_fn(|| {
        loop {
            match rows.next() {
                Ok(Some(row)) => {
                    let Found { binding, note } = read(row);
                    if let Some(note) = note {
                        tell(&note);
                    }
                    match binding {
                        Some(binding) => {
                            found += 1;
                            return Some(binding);
                        }
                        None => loaded.unreadable += 1,
                    }
                }
                Ok(None) => return None,
                Err(error) => {
                    failed = Some(error);
                    return None;
                }
            }
        }
    });
    loaded.bindings = location.load(bindings, now);
    let older = found - loaded.bindings;
    if older > 0 {
        tell(&format!(
            "table location: {older} rows are of contacts that a later row has, too; the latest \
             counts"
        ));
    }
    if odd > NAMED {
        warn.line(&format!(
            "table location: {} more rows are odd; `sipctl db check` names all",
            odd - NAMED
        ));
    }
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(loaded),
    }
}

/// The rows that a load would say something about, in its words.
pub(crate) fn odd_rows(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(&select())?;
    let mut rows = statement.query([f64::MIN, f64::MAX])?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        lines.extend(read(row).note);
    }
    Ok(lines)
}

/// A comparison with NULL is NULL, which is not 0: such a row is read, and named.
fn select() -> String {
    format!(
        "SELECT {COLUMNS} FROM location LEFT JOIN contact_params USING (ruid) \
         WHERE (expires > ?1 OR expires <= ?2) IS NOT 0"
    )
}

/// Where a purge goes on: rows up to this id have been looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Purge {
    now: f64,
    after: i64,
}

impl Purge {
    /// A purge of what expired by `now`.
    pub(crate) fn new(now: SystemTime) -> Self {
        Self {
            now: julian(since_1970(now)),
            after: -1,
        }
    }

    /// Removes the next rows, at most [`STEP`]; what is left to do, if anything.
    pub(crate) fn step(self, connection: &Connection) -> Result<Option<Self>, WriteError> {
        let mut find = connection.prepare(
            "SELECT id, CAST(ruid AS TEXT) FROM location \
             WHERE id > ?1 AND expires <= ?2 AND expires > ?3 ORDER BY id LIMIT ?4",
        )?;
        let bounds = (self.after, self.now, julian(0), STEP);
        let found = find.query_map(bounds, |row| Ok((row.get(0)?, row.get(1)?)))?;
        let found: Vec<(i64, String)> = found.collect::<Result<_, _>>()?;
        let Some((last, _)) = found.last() else {
            return Ok(None);
        };
        let transaction = connection.unchecked_transaction()?;
        for (id, ruid) in &found {
            transaction.execute("DELETE FROM location WHERE id = ?1", [id])?;
            transaction.execute("DELETE FROM contact_params WHERE ruid = ?1", [ruid])?;
        }
        transaction.commit()?;
        Ok(Some(Self {
            after: *last,
            ..self
        }))
    }
}

fn since_1970(now: SystemTime) -> u32 {
    let since = now
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    seconds(julian(u32::try_from(since.as_secs()).unwrap_or(u32::MAX)))
}
