//! The `address` table as a server takes it: which addresses belong to which group (Kamailio's
//! `permissions`).

use crate::admin::AddressRow;
use crate::database::Database;
use crate::error::WriteError;

impl Database {
    /// What reads the rows of `address` whenever it is called: `id`, `grp`, `ip_addr`, `mask`,
    /// `port` and `tag` of each, as texts, as SQLite keeps whatever was written into a column.
    pub fn address_table(
        &self,
    ) -> impl Fn() -> Result<Vec<[String; 6]>, WriteError> + Send + Sync + 'static + use<> {
        let database = self.clone();
        move || {
            let rows = database.admin()?.addresses(None)?;
            Ok(rows.into_iter().map(Into::into).collect())
        }
    }
}

impl From<AddressRow> for [String; 6] {
    /// The columns, as [`Database::address_table`] gives them.
    fn from(row: AddressRow) -> Self {
        let id = row.id.to_string();
        [id, row.group, row.ip, row.mask, row.port, row.tag]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admin::Address;

    fn database() -> (tempfile::TempDir, Database) {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::inline(folder.path().join("sip.db")).unwrap();
        (folder, database)
    }

    #[test]
    fn an_address_is_read_as_it_was_added() {
        let (_folder, database) = database();
        let tag = "Carrier IP address";
        let carrier = Address::new(200, [10, 0, 1, 102].into(), 32, 5060, tag).unwrap();
        let read = database.address_table();
        assert!(read().unwrap().is_empty());
        database.admin().unwrap().add_address(&carrier).unwrap();
        assert_eq!(
            read().unwrap(),
            [["1", "200", "10.0.1.102", "32", "5060", tag]]
        );
    }

    #[test]
    fn whatever_stands_in_a_row_the_others_are_read() {
        let (_folder, database) = database();
        let rows = "INSERT INTO address (grp, ip_addr, mask, port, tag) VALUES
            (200, x'ff00', 'all', 1.5, NULL), (200, '10.0.1.102', 32, 0, NULL)";
        database
            .connect()
            .unwrap()
            .get()
            .unwrap()
            .execute_batch(rows)
            .unwrap();
        let read = database.address_table()().unwrap();
        assert_eq!(read[0], ["1", "200", "(2 bytes)", "all", "1.5", ""]);
        assert_eq!(read[1], ["2", "200", "10.0.1.102", "32", "0", ""]);
    }
}
