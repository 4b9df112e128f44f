//! How a database is used.

use std::time::Duration;

use crate::clock::Clock;

/// How a database is used.
#[derive(Debug, Clone)]
pub struct Options {
    /// How long to wait while another program holds the file locked: 5 s, well within the 32 s
    /// for which a phone repeats its REGISTER.
    pub busy: Duration,
    /// How many changes may wait to be written: 8,192, some 4 MB. Beyond that the journal is
    /// [`sip_location::JournalError::Busy`].
    pub queue: usize,
    /// The clock of leases and waits.
    pub clock: Clock,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            busy: Duration::from_secs(5),
            queue: 8192,
            clock: Clock::default(),
        }
    }
}
