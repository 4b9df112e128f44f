//! What a `-shm` file says about its log: it is the log's index (SQLite's walformat.html §2.1).

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// How many bytes of the index are read here.
const LENGTH: usize = 136;

/// How long each of the two copies of its header is.
const HEADER: usize = 48;

/// How long the header of a log is, and the header of each of its frames.
const LOG_HEADER: u64 = 32;
const FRAME_HEADER: u64 = 24;

/// The beginning of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Index([u8; LENGTH]);

/// How far a checkpoint is: the salt of the log, how many of its pages are in the database, and
/// how many will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Checkpoints {
    salt: [u8; 8],
    done: [u8; 4],
    attempted: [u8; 4],
}

impl Index {
    pub(crate) fn read(file: &File) -> io::Result<Self> {
        let mut bytes = [0; LENGTH];
        file.read_exact_at(&mut bytes, 0)?;
        Ok(Self(bytes))
    }

    pub(crate) fn checkpoints(&self) -> Checkpoints {
        Checkpoints {
            salt: self.bytes(32),
            done: self.bytes(96),
            attempted: self.bytes(128),
        }
    }

    /// Whether a log may be the one of this index: long enough, and with the same salt at its
    /// beginning and in its last frame. About a log without frames the index says nothing, nor
    /// while its own header is being written.
    pub(crate) fn may_be_of(&self, log: &File) -> bool {
        let frames = u32::from_ne_bytes(self.bytes(16));
        let is_being_written = self.0[..HEADER] != self.0[HEADER..2 * HEADER];
        if frames == 0 || is_being_written {
            return true;
        }
        let page = match u16::from_ne_bytes(self.bytes(14)) {
            1 => 65_536, // which 16 bits cannot hold
            size => u64::from(size),
        };
        let frame = FRAME_HEADER + page;
        let last = LOG_HEADER + frame * u64::from(frames - 1);
        let salt: [u8; 8] = self.bytes(32);
        let is_salt_at = |at| {
            let mut found = [0; 8];
            log.read_exact_at(&mut found, at).is_ok() && found == salt
        };
        let is_whole = log.metadata().is_ok_and(|log| log.len() >= last + frame);
        is_whole && is_salt_at(16) && is_salt_at(last + 8)
    }

    fn bytes<const N: usize>(&self, at: usize) -> [u8; N] {
        let mut bytes = [0; N];
        bytes.copy_from_slice(&self.0[at..at + N]);
        bytes
    }
}

impl Checkpoints {
    pub(crate) fn are_done(self) -> bool {
        self.done == self.attempted
    }
}
