//! A row as an administrator would add it: what a server's tables hold before it starts.

use std::net::IpAddr;

/// A row of one of the tables that only an administrator writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableRow {
    /// A user with a password, in `subscriber`.
    Subscriber {
        /// The user: `10`.
        user: String,
        /// The domain; empty for the server's own addresses.
        domain: String,
        /// The password.
        password: String,
    },
    /// Another name of a user of the server's own addresses, in `dbaliases`.
    Alias {
        /// The other name: `alice`.
        alias: String,
        /// The user: `11`.
        user: String,
    },
    /// A network, in `address`.
    Address {
        /// The group, 1 or more.
        group: i32,
        /// An address of the network.
        ip: IpAddr,
        /// How many leading bits are the network's.
        mask: u8,
        /// The port a request must come from; 0 is any.
        port: u16,
        /// What an administrator calls it.
        tag: String,
    },
}
