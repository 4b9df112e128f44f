//! Whether the database or its log was overwritten: what a server checks in the `-wal` and `-shm`
//! files.
//!
//! - Only checkpoints write the database itself, and every program that makes one counts it in the
//!   `-shm` file. A database that changed while no checkpoint was counted was overwritten
//!   (`cp backup.db sip.db`) or truncated.
//! - The `-shm` file is the index of the log. A log that is shorter than its index says, or has
//!   another salt, was overwritten or truncated.

use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::{Identity, identity};
use crate::index::{Checkpoints, Index};
use crate::lock::beside;

/// How often a log that no longer belongs to a database may be set aside.
const ASIDE: u32 = 99;

/// The log of a server's database and the log's index.
#[derive(Debug)]
pub(super) struct Log {
    wal: (PathBuf, Identity),
    shm: (PathBuf, Identity),
    index: File,
    content: File,
}

/// The database and the checkpoints into it, when both were last at rest.
pub(super) type Rest = (Content, Checkpoints);

/// Changes with every write to a file: the time of the last, in seconds and nanoseconds, and the
/// size.
pub(super) type Content = (i64, i64, u64);

impl Log {
    pub(super) fn open(path: &Path) -> Option<Self> {
        let known = |end| {
            let path = beside(path, end)?;
            let found = identity(&fs::metadata(&path).ok()?);
            Some((path, found))
        };
        let wal = known("-wal")?;
        let shm = known("-shm")?;
        Some(Self {
            content: File::open(&wal.0).ok()?,
            index: File::open(&shm.0).ok()?,
            wal,
            shm,
        })
    }

    /// Whether one of the two files was removed or replaced.
    pub(super) fn is_gone(&self) -> bool {
        let is_same = |(path, known): &(PathBuf, Identity)| {
            fs::metadata(path).is_ok_and(|found| identity(&found) == *known)
        };
        !is_same(&self.wal) || !is_same(&self.shm)
    }

    /// Whether another file is in the place of the log.
    pub(super) fn is_another(&self) -> bool {
        let (path, known) = &self.wal;
        fs::metadata(path).is_ok_and(|found| identity(&found) != *known)
    }

    /// Whether the database was written without a checkpoint. During a checkpoint nobody can know;
    /// `rest` is kept until the files are at rest again.
    pub(super) fn database_was_overwritten(
        &self,
        path: &Path,
        rest: &mut Option<Rest>,
    ) -> io::Result<bool> {
        let before = self.checkpoints()?;
        let content = content(&fs::metadata(path)?);
        let after = self.checkpoints()?;
        let is_at_rest = before == after && after.are_done();
        match rest {
            Some((known, _)) if *known == content => {}
            Some((_, counted)) if is_at_rest && *counted == after => return Ok(true),
            _ if !is_at_rest => return Ok(false),
            _ => {}
        }
        if is_at_rest {
            *rest = Some((content, after));
        }
        Ok(false)
    }

    fn checkpoints(&self) -> io::Result<Checkpoints> {
        Ok(Index::read(&self.index)?.checkpoints())
    }

    /// Whether the log is not the one its index describes. While SQLite starts the log again,
    /// nobody can know.
    pub(super) fn is_damaged(&self) -> io::Result<bool> {
        let before = Index::read(&self.index)?;
        let may_be = before.may_be_of(&self.content);
        Ok(!may_be && Index::read(&self.index)? == before)
    }

    /// Gives our log another name, and returns it. SQLite does not know which database a log
    /// belongs to, and would take it for the log of the file that is there now.
    pub(super) fn set_aside(&self) -> Option<PathBuf> {
        let (path, known) = &self.wal;
        if identity(&fs::metadata(path).ok()?) != *known {
            return None;
        }
        let mut names = (1..=ASIDE).map(|number| {
            let mut name = path.clone().into_os_string();
            name.push(format!(".{number}"));
            PathBuf::from(name)
        });
        let aside = names.find(|name| !name.exists())?;
        fs::rename(path, &aside).ok()?;
        Some(aside)
    }
}

fn content(metadata: &Metadata) -> Content {
    (metadata.mtime(), metadata.mtime_nsec(), metadata.size())
}
