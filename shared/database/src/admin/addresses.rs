//! The rows of `address`: which sources a server trusts.

use std::net::IpAddr;

use rusqlite::{OptionalExtension, params};
use sip_tables::{Address, AddressRow};

use crate::admin::Admin;
use crate::admin::error::AdminError;
use crate::cell::cell;
use crate::error::DatabaseError;

impl Admin {
    /// Adds addresses, and returns the number of their row. A server reads the table when it
    /// starts and at a reload.
    ///
    /// # Errors
    /// When they are in the table already, or the file cannot be written.
    pub fn add_address(&mut self, address: &Address) -> Result<i64, AdminError> {
        let group = address.group().0;
        let ip = address.ip().to_string();
        let mask = address.mask();
        let port = address.port();
        let transaction = self.begin()?;
        let sql = "SELECT id FROM address WHERE grp = ?1 AND ip_addr = ?2 AND mask = ?3
            AND port = ?4";
        let found = transaction.query_row(sql, params![group, ip, mask, port], |row| row.get(0));
        if let Some(id) = found.optional()? {
            return Err(AdminError::AddressExists(id));
        }
        let sql = "INSERT INTO address (grp, ip_addr, mask, port, tag)
            VALUES (?1, ?2, ?3, ?4, nullif(?5, ''))";
        transaction.execute(sql, params![group, ip, mask, port, address.tag()])?;
        let id = transaction.last_insert_rowid();
        transaction.commit()?;
        Ok(id)
    }

    /// Removes the row with this number.
    ///
    /// # Errors
    /// When the table has no such row, or the file cannot be written.
    pub fn remove_address(&mut self, id: i64) -> Result<(), AdminError> {
        let sql = "DELETE FROM address WHERE id = ?1";
        match self.link.get()?.execute(sql, [id])? {
            0 => Err(AdminError::NoAddress),
            _ => Ok(()),
        }
    }

    /// Removes addresses from a group, whatever their ports, and returns the number of rows.
    ///
    /// # Errors
    /// When the table has no such row, or the file cannot be written.
    pub fn remove_addresses(
        &mut self,
        group: i32,
        ip: IpAddr,
        mask: u8,
    ) -> Result<usize, AdminError> {
        let sql = "DELETE FROM address WHERE grp = ?1 AND ip_addr = ?2 AND mask = ?3";
        let ip = ip.to_string();
        match self.link.get()?.execute(sql, params![group, ip, mask])? {
            0 => Err(AdminError::NoAddress),
            count => Ok(count),
        }
    }

    /// The rows of a group, or of all groups.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn addresses(&self, group: Option<i32>) -> Result<Vec<AddressRow>, DatabaseError> {
        let sql = "SELECT id, grp, ip_addr, mask, port, ifnull(tag, '') FROM address
            WHERE grp = coalesce(?1, grp) ORDER BY grp, id";
        let mut statement = self.link.get()?.prepare(sql)?;
        let rows = statement.query_map([group], |row| {
            let text = |column| Ok::<_, rusqlite::Error>(cell(row.get_ref(column)?));
            Ok(AddressRow {
                id: row.get(0)?,
                group: text(1)?,
                ip: text(2)?,
                mask: text(3)?,
                port: text(4)?,
                tag: text(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
