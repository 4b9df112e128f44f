//! What a server reads of `location` when it starts, and what it removes then.

use std::time::SystemTime;

use rusqlite::Connection;
use sip_location::{Binding, Location};

use crate::columns::COLUMNS;
use crate::error::DatabaseError;
use crate::row::{julian, seconds};
use crate::stored::{Found, read};
use crate::warn::Warn;

/// How many expired rows one transaction removes, so that no other writer waits long.
const STEP: i64 = 1000;

/// How many odd rows are warned of, so that a table of odd rows does not fill the log.
const NAMED: usize = 20;

/// What a restarted server found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Loaded {
    /// Bindings that are served again.
    pub bindings: usize,
    /// Rows that could not be read, or that no REGISTER could have made. They stay as they are,
    /// and the server warns of them.
    pub unreadable: usize,
}

/// Reads every row that has not expired by `now` into `location`, one at a time: memory never
/// holds them twice. `warn` gets a line about rows that are left out, and odd ones.
pub(crate) fn load(
    connection: &Connection,
    location: &Location,
    now: SystemTime,
    warn: &Warn,
) -> Result<Loaded, DatabaseError> {
    // The server knows a row by its ruid. One that was written by hand may have none.
    connection.execute(
        "UPDATE location SET ruid = 'row-' || id WHERE ruid = ''",
        [],
    )?;
    let mut statement = connection.prepare(&select())?;
    let rows = statement.query([julian(since_1970(now)), julian(0)])?;
    let mut bindings = Bindings {
        rows,
        warnings: Warnings { warn, count: 0 },
        found: 0,
        unreadable: 0,
        failed: None,
    };
    let loaded = location.load(&mut bindings, now);
    let Bindings {
        mut warnings,
        found,
        unreadable,
        failed,
        ..
    } = bindings;
    let older = found - loaded;
    if older > 0 {
        warnings.line(&format!(
            "table location: {older} rows are of contacts that a later row has, too; the latest \
             counts"
        ));
    }
    warnings.end();
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(Loaded {
            bindings: loaded,
            unreadable,
        }),
    }
}

/// The bindings of the rows that can be read.
struct Bindings<'a> {
    rows: rusqlite::Rows<'a>,
    warnings: Warnings<'a>,
    found: usize,
    unreadable: usize,
    failed: Option<rusqlite::Error>,
}

impl Iterator for Bindings<'_> {
    type Item = Binding;

    fn next(&mut self) -> Option<Binding> {
        loop {
            let Found { binding, note } = match self.rows.next() {
                Ok(row) => read(row?),
                Err(error) => {
                    self.failed = Some(error);
                    return None;
                }
            };
            if let Some(note) = note {
                self.warnings.line(&note);
            }
            if binding.is_some() {
                self.found += 1;
                return binding;
            }
            self.unreadable += 1;
        }
    }
}

/// Lines about odd rows, the first [`NAMED`] of them.
struct Warnings<'a> {
    warn: &'a Warn,
    count: usize,
}

impl Warnings<'_> {
    fn line(&mut self, line: &str) {
        self.count += 1;
        if self.count <= NAMED {
            self.warn.line(line);
        }
    }

    fn end(self) {
        let more = self.count.saturating_sub(NAMED);
        if more > 0 {
            self.warn.line(&format!(
                "table location: {more} more rows are odd; `sipctl db check` names all"
            ));
        }
    }
}

/// A line about each row that a load would warn of.
pub(crate) fn odd_rows(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(&select())?;
    let mut rows = statement.query([f64::MIN, f64::MAX])?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        lines.extend(read(row).note);
    }
    Ok(lines)
}

/// A comparison with NULL is NULL, which is not 0: such a row is read, and warned of.
fn select() -> String {
    format!(
        "SELECT {COLUMNS} FROM location LEFT JOIN contact_params USING (ruid) \
         WHERE (expires > ?1 OR expires <= ?2) IS NOT 0"
    )
}

/// A removal of expired rows, and how far it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Purge {
    now: f64,
    /// Rows up to this id are done.
    after: i64,
}

impl Purge {
    /// Removes what expired by `now`.
    pub(crate) fn new(now: SystemTime) -> Self {
        Self {
            now: julian(since_1970(now)),
            after: -1,
        }
    }

    /// Removes the next rows, at most [`STEP`], and returns what is left to do, if anything.
    pub(crate) fn step(self, connection: &Connection) -> Result<Option<Self>, DatabaseError> {
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
