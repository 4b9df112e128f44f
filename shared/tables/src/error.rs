//! What is wrong with a row of `address`, or with reading a table.

use std::error::Error;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

/// Why a table cannot be read. [`Error::source`] is the cause.
#[derive(Debug, Clone)]
pub struct TableError {
    table: &'static str,
    cause: Arc<dyn Error + Send + Sync>,
}

impl TableError {
    /// The table of this name cannot be read because of `cause`.
    pub fn new(table: &'static str, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            table,
            cause: Arc::from(cause.into()),
        }
    }
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} table: {}", self.table, self.cause)
    }
}

impl Error for TableError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.cause)
    }
}

/// Why a row of `address` does not count, or may not be added.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AddressError {
    /// The group, which is not a number from 1 on.
    Group(String),
    /// What is not an IP address.
    Ip(String),
    /// A mask that is not a number, or longer than its address.
    Mask {
        /// The mask.
        mask: String,
        /// Its address.
        ip: IpAddr,
    },
    /// A port that is not a number, or too large.
    Port {
        /// The port.
        port: String,
        /// Its address.
        ip: IpAddr,
    },
    /// May not be added: an IPv4 address that is written as an IPv6 one.
    Mapped(IpAddr),
    /// May not be added: mask 0, which to Kamailio is one address and not every address.
    MaskZero,
    /// May not be added: bits beyond the mask. Either the address or the mask is a mistake.
    HostBits,
    /// May not be added: a tag of more than 64 characters, or of more than one line.
    Tag,
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group(group) => write!(f, "grp {group} is not a number from 1 on"),
            Self::Ip(ip) => write!(f, "ip_addr {ip} is not an IP address"),
            Self::Mask { mask, ip } => {
                let range = match (ip, ip.to_canonical()) {
                    (IpAddr::V4(_), _) => "0 to 32",
                    (IpAddr::V6(_), IpAddr::V6(_)) => "0 to 128",
                    (IpAddr::V6(_), IpAddr::V4(_)) => "96 to 128, as this is an IPv4 address",
                };
                write!(f, "mask {mask} of {ip} is not a number from {range}")
            }
            Self::Port { port, ip } => {
                write!(f, "port {port} of {ip} is not a number from 0 to 65535")
            }
            Self::Mapped(ip) => {
                let ipv4 = ip.to_canonical();
                write!(f, "{ip} is an IPv4 address: write {ipv4}")
            }
            Self::MaskZero => f.write_str(
                "mask 0 means that address alone, not every address: for one address leave the \
                 mask out; for every address add 0.0.0.0 and 128.0.0.0 with mask 1 each (for \
                 IPv6 :: and 8000::)",
            ),
            Self::HostBits => f.write_str(
                "the address has bits beyond its mask: give the first address of the network, or \
                 for one address the full mask (32, or 128 for IPv6)",
            ),
            Self::Tag => f.write_str("a tag has at most 64 characters, on one line"),
        }
    }
}

impl Error for AddressError {}
