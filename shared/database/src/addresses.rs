//! The `address` table as a server reads it: which addresses belong to which group (Kamailio's
//! `permissions`).

use sip_tables::{AddressRow, AddressTable, TableError};

use crate::database::Database;

impl AddressTable for Database {
    fn address_rows(&self) -> Result<Vec<AddressRow>, TableError> {
        let rows = self.admin().and_then(|admin| admin.addresses(None));
        rows.map_err(|error| TableError::new("address", error))
    }
}

#[cfg(test)]
mod tests {
    use sip_tables::Address;

    use super::*;

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
        assert_eq!(database.address_rows().unwrap(), []);
        database.admin().unwrap().add_address(&carrier).unwrap();
        let rows = database.address_rows().unwrap();
        assert_eq!(Address::read(&rows[0]), Ok(carrier));
    }

    #[test]
    fn an_odd_row_does_not_hide_the_others() {
        let (_folder, database) = database();
        let rows = "INSERT INTO address (grp, ip_addr, mask, port, tag) VALUES
            (200, x'ff00', 'all', 1.5, NULL), (200, '10.0.1.102', 32, 0, NULL)";
        database.execute(rows).unwrap();
        let read = database.address_rows().unwrap();
        let row = |id, ip: &str, mask: &str, port: &str| AddressRow {
            id,
            group: "200".to_owned(),
            ip: ip.to_owned(),
            mask: mask.to_owned(),
            port: port.to_owned(),
            tag: String::new(),
        };
        let odd = row(1, "(2 bytes)", "all", "1.5");
        assert_eq!(read, [odd, row(2, "10.0.1.102", "32", "0")]);
    }
}
