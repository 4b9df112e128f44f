//! `address`: which sources belong to group 200. 127.0.0.102 and its neighbour 127.0.0.103 call.

use whole_system::kamailio::Kamailio;
use whole_system::step::{self, STEP_07, Server};
use whole_system::wire::Phone;
use whole_system::{address, text};

use crate::script::script;
use crate::{Row, Section, place};

const ONE_ROW: &str = "here a wrong row is named and left out, and the others count";
const NUMBER: &str = "here a row without a number is named and left out, rather than read as 0";

/// The columns, their values (SQL), and why the servers differ, if they do.
const CASES: &[(&str, &str, &str)] = &[
    ("ip_addr", "'127.0.0.102'", ""),
    ("ip_addr, mask", "'127.0.0.102', 0", ""),
    ("ip_addr, mask", "'0.0.0.0', 0", ""),
    ("ip_addr, mask", "'0.0.0.0', 1", ""),
    ("ip_addr, mask", "'127.0.0.0', 24", ""),
    ("ip_addr, mask", "'127.0.0.102', 24", ""),
    ("ip_addr, mask", "'127.0.0.102', 31", ""),
    ("ip_addr, mask", "'127.0.0.102', 33", ONE_ROW),
    ("ip_addr, mask", "'127.0.0.102', -1", ONE_ROW),
    ("ip_addr, mask", "'127.0.0.102', '24'", ""),
    ("ip_addr, mask", "'127.0.0.102', 'all'", NUMBER),
    ("ip_addr, mask", "'2001:db8::1', 32", ""),
    ("ip_addr, mask", "'2001:db8::1', 129", ONE_ROW),
    (
        "ip_addr, mask",
        "'::ffff:127.0.0.102', 128",
        "an IPv4 address written as IPv6 is the IPv4 address",
    ),
    ("ip_addr", "'carrier.example'", ""),
    ("ip_addr", "''", ""),
    ("ip_addr", "'127.0.0.300'", ""),
    ("ip_addr, port", "'127.0.0.102', 9", ""),
    ("ip_addr, port", "'127.0.0.102', 65536", ""),
    ("ip_addr, port", "'127.0.0.102', -1", ""),
    ("ip_addr, port", "'127.0.0.102', 'any'", NUMBER),
    ("ip_addr, grp", "'127.0.0.102', 1", ""),
    ("ip_addr, grp", "'127.0.0.102', 0", ONE_ROW),
    ("ip_addr, grp", "'127.0.0.102', -200", ONE_ROW),
    ("ip_addr, grp", "'127.0.0.102', 'carriers'", ONE_ROW),
    ("ip_addr, tag", "'127.0.0.102', NULL", ""),
];

/// Both servers read every case, each from a table of its own: Kamailio takes a whole table or nothing.
pub fn section() -> Section {
    Section {
        table: "address",
        rows: CASES.iter().map(row).collect(),
    }
}

fn row((columns, values, why): &(&str, &str, &'static str)) -> Row {
    let group = match columns.contains("grp") {
        true => String::new(),
        false => "200, ".to_owned(),
    };
    let grp = if group.is_empty() { "" } else { "grp, " };
    let sql = format!("INSERT INTO address ({grp}{columns}) VALUES ({group}{values});");
    let files = place::with(&sql);
    let address = address::free(1);
    let script = script(address, &step::database(files.path()), false);
    let kamailio = Kamailio::launch(address, &script, files.path());
    let theirs = match kamailio.if_it_starts() {
        None => "does not start".to_owned(),
        Some(kamailio) => {
            let asking = |host| Phone::new("2000", host, address);
            let lets_in = |host| {
                let phone = asking(host);
                let uri = format!("sip:10@{address}");
                text::status(&phone.transact(&phone.request("MESSAGE", &uri, ""))) == Some(200)
            };
            let shown = let_in([102, 103].map(lets_in));
            kamailio.stop();
            shown
        }
    };
    let server = Server::start(STEP_07, files.path());
    let lets_in = |host| {
        let phone = Phone::new("2000", host, server.address());
        // A caller who is let in gets 404; a stranger is asked for a password.
        text::status(&phone.invite("10")) == Some(404)
    };
    let ours = let_in([102, 103].map(lets_in));
    assert!(server.stop().success());
    Row {
        shown: format!("`{columns}` = `{values}`"),
        kamailio: theirs,
        ours,
        why,
    }
}

fn let_in(sources: [bool; 2]) -> String {
    let words = match sources {
        [true, true] => "both are let in",
        [true, false] => "102 is let in",
        [false, true] => "103 is let in",
        [false, false] => "nobody is let in",
    };
    words.to_owned()
}
