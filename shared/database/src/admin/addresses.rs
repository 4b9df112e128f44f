//! The rows of `address`: whom a server trusts by where it calls from.

use std::net::IpAddr;

use ipnet::IpNet;
use rusqlite::{OptionalExtension, params};

use crate::admin::Admin;
use crate::admin::error::AdminError;
use crate::admin::user::Unfit;
use crate::cell::cell;
use crate::error::WriteError;

/// How long a tag may be: Kamailio's column holds 64 characters.
const MAX_TAG: usize = 64;

/// Addresses to trust, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    group: i32,
    ip: IpAddr,
    mask: u8,
    port: u16,
    tag: String,
}

/// A row as it stands in the table. Other programs write there as well, so that a column may hold
/// anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressRow {
    /// The number of the row.
    pub id: i64,
    /// The group a script asks for.
    pub group: String,
    /// An IP address.
    pub ip: String,
    /// How many leading bits of it count.
    pub mask: String,
    /// The port they call from; 0 is any.
    pub port: String,
    /// A name for people, or nothing.
    pub tag: String,
}

impl Address {
    /// The addresses whose first `mask` bits are those of `ip`, calling from `port` (0 is any).
    ///
    /// # Errors
    /// A group that is not positive, a mask of 0 (which Kamailio reads as that address alone) or
    /// longer than the address, bits beyond the mask (where
    /// either the address or the mask is a slip), an IPv4 address written as an IPv6 one, or a
    /// tag that cannot be used.
    pub fn new(
        group: i32,
        ip: IpAddr,
        mask: u8,
        port: u16,
        tag: impl Into<String>,
    ) -> Result<Self, Unfit> {
        let tag = tag.into();
        if group < 1 {
            return Err(Unfit("a group is a number from 1 on"));
        }
        if ip != ip.to_canonical() {
            return Err(Unfit("write an IPv4 address as one: 10.0.1.102"));
        }
        check_mask(ip, mask)?;
        if tag.chars().count() > MAX_TAG || tag.contains(char::is_control) {
            return Err(Unfit("a tag has at most 64 characters, on one line"));
        }
        Ok(Self {
            group,
            ip,
            mask,
            port,
            tag,
        })
    }
}

fn check_mask(ip: IpAddr, mask: u8) -> Result<(), Unfit> {
    let network = IpNet::new(ip, mask).map_err(|_| match ip {
        IpAddr::V4(_) => Unfit("the mask of an IPv4 address is 1 to 32 bits"),
        IpAddr::V6(_) => Unfit("the mask of an IPv6 address is 1 to 128 bits"),
    })?;
    match mask {
        0 => Err(Unfit(
            "mask 0 is that address alone to a server, and not everybody: for one address leave \
             the mask out; for everybody add 0.0.0.0 and 128.0.0.0 with mask 1 each (for IPv6 :: \
             and 8000::)",
        )),
        _ if network.trunc() == network => Ok(()),
        _ => Err(Unfit(
            "the address has bits beyond its mask: give the first address of the network, or all \
             bits for one address (32, or 128 for IPv6)",
        )),
    }
}

impl Admin {
    /// Adds addresses; the number of their row. A server reads the table at its start, or when
    /// it is told to.
    ///
    /// # Errors
    /// When they are there already, or the file cannot be written.
    pub fn add_address(&mut self, address: &Address) -> Result<i64, AdminError> {
        let Address {
            group,
            ip,
            mask,
            port,
            tag,
        } = address;
        let ip = ip.to_string();
        let transaction = self.begin()?;
        let sql = "SELECT id FROM address WHERE grp = ?1 AND ip_addr = ?2 AND mask = ?3
            AND port = ?4";
        let found = transaction.query_row(sql, params![group, ip, mask, port], |row| row.get(0));
        if let Some(id) = found.optional()? {
            return Err(AdminError::AddressExists(id));
        }
        let sql = "INSERT INTO address (grp, ip_addr, mask, port, tag)
            VALUES (?1, ?2, ?3, ?4, nullif(?5, ''))";
        transaction.execute(sql, params![group, ip, mask, port, tag])?;
        let id = transaction.last_insert_rowid();
        transaction.commit()?;
        Ok(id)
    }

    /// Removes the row of a number.
    ///
    /// # Errors
    /// When there is none, or the file cannot be written.
    pub fn remove_address(&mut self, id: i64) -> Result<(), AdminError> {
        let sql = "DELETE FROM address WHERE id = ?1";
        match self.link.get()?.execute(sql, [id])? {
            0 => Err(AdminError::NoAddress),
            _ => Ok(()),
        }
    }

    /// Removes addresses from a group, whatever their ports; how many rows there were.
    ///
    /// # Errors
    /// When there is none, or the file cannot be written.
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

    /// The rows of a group, or of all.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn addresses(&self, group: Option<i32>) -> Result<Vec<AddressRow>, WriteError> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_has_no_bits_beyond_its_mask() {
        let fits = |ip: &str, mask| Address::new(200, ip.parse().unwrap(), mask, 0, "").is_ok();
        for (ip, mask) in [
            ("10.0.1.102", 32),
            ("10.0.1.0", 24),
            ("0.0.0.0", 1),
            ("128.0.0.0", 1),
            ("10.0.1.102", 31),
            ("2001:db8::", 32),
            ("2001:db8::1", 128),
            ("8000::", 1),
        ] {
            assert!(fits(ip, mask), "{ip}/{mask}");
        }
        for (ip, mask) in [
            ("10.0.1.102", 24),
            ("10.0.1.102", 30),
            ("10.0.1.102", 0),
            ("0.0.0.0", 0),
            ("::", 0),
            ("10.0.1.0", 33),
            ("2001:db8::1", 127),
            ("2001:db8::", 129),
            ("::ffff:10.0.1.102", 128),
        ] {
            assert!(!fits(ip, mask), "{ip}/{mask}");
        }
    }
}
