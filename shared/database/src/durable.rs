//! What a server that starts finds in the file: [`Durable`].

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use sip_location::{Durable, DurableError, Journal, Location};
use sip_tables::{Address, TableRow};

use crate::admin::User;
use crate::database::Database;

impl Durable for Database {
    fn open(path: &Path, warn: fn(&str)) -> Result<Self, DurableError> {
        Ok(Database::open(path)?.warning(warn))
    }

    fn secret(&self, new: [u8; 16]) -> Result<[u8; 16], DurableError> {
        Ok(self.secret(new)?)
    }

    fn journal(&self) -> Arc<dyn Journal> {
        Arc::new(self.clone())
    }

    fn load(&self, location: &Location, now: SystemTime) -> Result<(), DurableError> {
        self.load(location, now)?;
        Ok(())
    }

    fn on_stage(path: &Path, rows: &[TableRow]) -> Result<Self, DurableError> {
        let is_new = !path.exists();
        let database = Self::inline(path)?;
        if is_new {
            add(&database, rows)?;
        }
        Ok(database)
    }

    fn execute(&self, statement: &str) -> Result<String, DurableError> {
        Ok(self.execute(statement)?)
    }
}

fn add(database: &Database, rows: &[TableRow]) -> Result<(), DurableError> {
    let mut admin = database.admin()?;
    for row in rows {
        match row {
            TableRow::Subscriber {
                user,
                domain,
                password,
            } => {
                admin.add_subscriber(&User::new(user, domain), password)?;
            }
            TableRow::Alias { alias, user } => {
                admin.add_alias(&User::new(alias, ""), &User::new(user, ""))?;
            }
            TableRow::Address {
                group,
                ip,
                mask,
                port,
                tag,
            } => {
                admin.add_address(&Address::new(*group, *ip, *mask, *port, tag)?)?;
            }
        }
    }
    Ok(())
}
