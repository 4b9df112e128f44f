//! Who takes part in the exchanges, and what the tables of a server say about them.

use std::net::SocketAddr;

use sip_stage::{Call, Phone, Stage, Values};
use sip_tables::TableRow;

pub const TEN: &str = "192.168.1.10";

pub const ELEVEN: &str = "192.168.1.11";

pub const STRANGER: &str = "192.168.1.66";

pub const CARRIER: &str = "10.0.1.102";

/// The subscribers: user, domain, password. 10 and 11 are the paper's, bob is Kamailio Bytes'.
const SUBSCRIBERS: [(&str, &str, &str); 4] = [
    ("10", "", "abc10"),
    ("11", "", "abc11"),
    ("bob", "", "bobspassword"),
    ("10", "example.com", "abc10"),
];

/// The `address` table: the text's row, a network, one of IPv6, the offices.
const ADDRESSES: [(i32, &str, u8, &str); 4] = [
    (200, "10.0.1.102:5060", 32, "Carrier IP address"),
    (200, "10.0.2.0:0", 24, "Carrier of many gateways"),
    (200, "[2001:db8:102::]:0", 48, "Carrier of tomorrow"),
    (300, "192.168.1.0:0", 24, "Offices"),
];

/// What the tables of a server hold when an exchange begins, with these values.
pub fn rows(values: &Values) -> Vec<TableRow> {
    let subscribers = SUBSCRIBERS.map(|(user, domain, password)| TableRow::Subscriber {
        user: values.user(user),
        domain: values.text(domain),
        password: values.password(password),
    });
    let alias = TableRow::Alias {
        alias: values.user("alice"),
        user: values.user("11"),
    };
    let addresses = ADDRESSES.map(|(group, written, mask, tag)| {
        let address: SocketAddr = written.parse().unwrap_or_else(|e| panic!("{written}: {e}"));
        let address = values.address(address);
        let (ip, port, tag) = (address.ip(), address.port(), tag.to_owned());
        TableRow::Address {
            group,
            ip,
            mask,
            port,
            tag,
        }
    });
    subscribers
        .into_iter()
        .chain([alias])
        .chain(addresses)
        .collect()
}

/// The passwords of the server's own users, as the exchanges write them.
pub fn passwords() -> Vec<(String, String)> {
    let ours = SUBSCRIBERS
        .iter()
        .filter(|(_, domain, _)| domain.is_empty());
    ours.map(|(user, _, password)| ((*user).to_owned(), (*password).to_owned()))
        .collect()
}

/// Phone 10, and phone 11 registered.
pub async fn phones(stage: &mut Stage) -> (Phone, Phone) {
    let (ten, eleven) = (stage.phone("10", TEN), stage.phone("11", ELEVEN));
    eleven.register_with("abc11").await;
    (ten, eleven)
}

/// Phone 11 rings and answers.
pub async fn talk(caller: &mut Call, eleven: &Phone) -> Call {
    let mut callee = eleven.incoming_call().await;
    callee.ring();
    caller.ringing().await;
    callee.answer();
    caller.answered().await;
    callee.acknowledged().await;
    callee
}
