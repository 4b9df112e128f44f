//! The users with a password, and the carrier that needs none.

use std::net::Ipv4Addr;
use std::path::Path;

use md5::{Digest, Md5};
use rusqlite::{Connection, params};

/// The number of users in the table.
pub(crate) const USERS: u64 = 10_000;

/// What both servers put into their challenges: the domain of To and From, which is where they
/// listen.
pub(crate) const REALM: &str = "127.0.0.1";

/// The carrier's address, in group 200.
pub(crate) const CARRIER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 4);

/// An MD5 in hex.
pub(crate) type Hash = [u8; 32];

/// Writes users 0 to [`USERS`] with their HA1, and the carrier's address, into tables that are
/// there, ours or Kamailio's: they have the same columns. Returns the connection: while it is open,
/// no other connection must read the write-ahead log from its beginning.
pub(crate) fn fill(database: &Path) -> Connection {
    let mut connection = Connection::open(database).expect("the tables were just made");
    let transaction = connection.transaction().expect("nobody else is there yet");
    for (user, ha1) in (0..USERS).map(|user| (user, ha1(user))) {
        let mut statement = transaction
            .prepare_cached("INSERT INTO subscriber (username, domain, ha1) VALUES (?1, ?2, ?3)")
            .expect("the table of chapter 3");
        let ha1 = str::from_utf8(&ha1).expect("hex digits");
        let row = params![format!("user{user}"), REALM, ha1];
        statement.execute(row).expect("room for a user");
    }
    let row = params![200, CARRIER.to_string()];
    transaction
        .execute("INSERT INTO address (grp, ip_addr) VALUES (?1, ?2)", row)
        .expect("the table of chapter 7");
    transaction.commit().expect("a disk with room");
    connection
}

/// The hash of a user's name, realm and password.
pub(crate) fn ha1(user: u64) -> Hash {
    md5(&[format!("user{user}:{REALM}:secret{user}").as_bytes()])
}

/// The MD5 of these texts, one after the other.
pub(crate) fn md5(texts: &[&[u8]]) -> Hash {
    let mut md5 = Md5::new();
    texts.iter().for_each(|text| md5.update(text));
    let mut hash = [0; 32];
    hex::encode_to_slice(md5.finalize(), &mut hash).expect("16 bytes are 32 digits");
    hash
}
