//! What a row of `address` means: a network, and the group it belongs to.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::Serialize;
use sip_message::printable;

use crate::error::AddressError;
use crate::network::network;
use crate::row::AddressRow;

/// How long a tag may be: Kamailio's column holds 64 characters.
const MAX_TAG: usize = 64;

/// A group of addresses: the number in the column `grp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Group(pub u32);

/// The addresses of one row. It is serialized with the names of the table's columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Address {
    #[serde(rename = "grp")]
    group: Group,
    #[serde(rename = "ip_addr")]
    ip: IpAddr,
    mask: u8,
    port: u16,
    tag: String,
    #[serde(skip)]
    network: IpNet,
}

impl Address {
    /// An address for an administrator to add: the addresses whose first `mask` bits are those of
    /// `ip`, when they send from `port` (0 is any).
    ///
    /// # Errors
    /// Everything [`Address::read`] refuses, and everything that is probably a mistake: mask 0,
    /// bits beyond the mask, an IPv4 address written as IPv6, a tag that is too long.
    pub fn new(
        group: i32,
        ip: IpAddr,
        mask: u8,
        port: u16,
        tag: impl Into<String>,
    ) -> Result<Self, AddressError> {
        let tag = tag.into();
        let number = u32::try_from(group).ok().filter(|number| *number > 0);
        let number = number.ok_or_else(|| AddressError::Group(group.to_string()))?;
        if ip != ip.to_canonical() {
            return Err(AddressError::Mapped(ip));
        }
        let address = Self::of(Group(number), ip, mask, port, tag)?;
        if mask == 0 {
            return Err(AddressError::MaskZero);
        }
        if address.network.addr() != ip {
            return Err(AddressError::HostBits);
        }
        if address.tag.chars().count() > MAX_TAG || address.tag.contains(char::is_control) {
            return Err(AddressError::Tag);
        }
        Ok(address)
    }

    /// Reads a row as Kamailio does, whatever wrote it.
    ///
    /// # Errors
    /// When a column is not what it should be; then the row does not count. The words are safe to
    /// print: control characters are escaped.
    pub fn read(row: &AddressRow) -> Result<Self, AddressError> {
        let text = |column: &str| printable(column.as_bytes());
        let group = row.group.parse().ok().filter(|number| *number > 0);
        let group = group.ok_or_else(|| AddressError::Group(text(&row.group)))?;
        let ip = row.ip.parse();
        let ip: IpAddr = ip.map_err(|_| AddressError::Ip(text(&row.ip)))?;
        let mask = row.mask.parse().map_err(|_| AddressError::Mask {
            mask: text(&row.mask),
            ip,
        })?;
        let port = row.port.parse().map_err(|_| AddressError::Port {
            port: text(&row.port),
            ip,
        })?;
        Self::of(Group(group), ip, mask, port, text(&row.tag))
    }

    fn of(
        group: Group,
        ip: IpAddr,
        mask: u8,
        port: u16,
        tag: String,
    ) -> Result<Self, AddressError> {
        let network = network(ip, mask).ok_or_else(|| AddressError::Mask {
            mask: mask.to_string(),
            ip,
        })?;
        Ok(Self {
            group,
            ip,
            mask,
            port,
            tag,
            network,
        })
    }

    /// The group.
    pub fn group(&self) -> Group {
        self.group
    }

    /// An address of the network, as the row has it.
    pub fn ip(&self) -> IpAddr {
        self.ip
    }

    /// How many leading bits an address shares with [`Address::ip`] to be of the network. 0 is
    /// that address alone, as in Kamailio.
    pub fn mask(&self) -> u8 {
        self.mask
    }

    /// The port a request must come from; 0 is any.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What an administrator calls it; empty for nothing.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// The addresses it covers, by Kamailio's rules.
    pub fn network(&self) -> IpNet {
        self.network
    }

    /// Why the row, which counts, is probably a mistake.
    pub fn doubt(&self) -> Option<String> {
        let Self { ip, mask, .. } = self;
        match (ip, mask) {
            (_, 0) if ip.is_unspecified() => Some(format!(
                "mask 0 means only {ip}, which matches nobody; to match every address, use 0.0.0.0 \
                 with mask 1 and 128.0.0.0 with mask 1 (for IPv6 :: and 8000::)"
            )),
            (_, 0) => Some(format!(
                "mask 0 means only {ip}, as in Kamailio; mask {} says so plainly",
                self.network.prefix_len()
            )),
            (IpAddr::V6(_), 32) if self.network.addr() != *ip => Some(format!(
                "mask 32, the column's default, lets in every address of {}; for one IPv6 address, \
                 use mask 128",
                self.network
            )),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
