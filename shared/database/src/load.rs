use std::time::SystemTime;

use rusqlite::Connection;
use sip_location::Location;

use crate::error::WriteError;
use crate::row::{COLUMNS, julian, read, seconds};

/// How many expired rows are removed in one transaction, so that no other writer waits long.
const STEP: i64 = 1000;

/// What a restarted server found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Loaded {
    /// Bindings that are served again.
    pub bindings: usize,
    /// Rows that could not be read, or that no REGISTER could have made; left as they are.
    pub unreadable: usize,
}

/// Reads every row that has not expired by `now` into `location`, one at a time: memory never
/// holds them twice.
pub(crate) fn load(
    connection: &Connection,
    location: &Location,
    now: SystemTime,
) -> Result<Loaded, WriteError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM location LEFT JOIN contact_params USING (ruid) \
         WHERE expires > ?1 OR expires <= ?2"
    );
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([julian(since_1970(now)), julian(0)])?;
    let mut loaded = Loaded::default();
    let mut failed = None;
    let bindings = std::iter::from_fn(|| {
        loop {
            match rows.next() {
                Ok(Some(row)) => match read(row) {
                    Ok(binding) => return Some(binding),
                    Err(_) => loaded.unreadable += 1,
                },
                Ok(None) => return None,
                Err(error) => {
                    failed = Some(error);
                    return None;
                }
            }
        }
    });
    let taken = location.load(bindings, now);
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(Loaded {
            bindings: taken,
            ..loaded
        }),
    }
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
            "SELECT id, ruid FROM location \
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
