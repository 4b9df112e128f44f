//! What a server that starts finds in the file: [`Durable`].

use std::path::Path;
use std::time::SystemTime;

use sip_location::{Durable, DurableError, Location, Settings};

use crate::database::Database;

impl Durable for Database {
    fn open(path: &Path, warn: fn(&str)) -> Result<Self, DurableError> {
        Ok(Database::open(path)?.warning(warn))
    }

    fn secret(&self, new: [u8; 16]) -> Result<[u8; 16], DurableError> {
        Ok(self.secret(new)?)
    }

    fn location(&self, settings: Settings, now: SystemTime) -> Result<Location, DurableError> {
        Ok(self.location(settings, now)?)
    }
}
