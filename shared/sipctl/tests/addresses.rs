//! Addresses that are trusted without a password.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixListener;

use common::place;

#[test]
fn the_carrier_of_the_texts_is_added_as_they_do() {
    let place = place();
    let words = [
        "address",
        "add",
        "200",
        "10.0.1.102",
        "32",
        "5060",
        "Carrier IP address",
    ];
    let ended = place.run(&words);
    assert_eq!(
        (ended.code, ended.out.as_str()),
        (
            0,
            "added 10.0.1.102/32 from port 5060 to group 200, with ID 1\n"
        )
    );
    assert!(
        ended
            .errors
            .contains("the port is the one the caller sends from"),
        "{ended:?}"
    );
    let row = place.sql("SELECT grp, ip_addr, mask, port, tag FROM address");
    assert_eq!(
        row,
        ["200", "10.0.1.102", "32", "5060", "Carrier IP address"]
    );
    let error = "error: that address is there already, with ID 1\n";
    assert_eq!(place.fails(&words), error);
}

#[test]
fn any_port_is_added_without_a_warning() {
    let place = place();
    let ended = place.run(&["address", "add", "200", "2001:DB8:0::", "32"]);
    assert_eq!(
        ended.out,
        "added 2001:db8::/32 from any port to group 200, with ID 1\n"
    );
    assert!(!ended.errors.contains("warning"), "{ended:?}");
    let row = place.sql("SELECT ip_addr, port, tag FROM address");
    assert_eq!(row, ["2001:db8::", "0", "NULL"]);
}

#[test]
fn what_trusts_more_or_less_than_it_says_is_refused() {
    let place = place();
    for words in [
        &["200", "10.0.1.102", "24"][..],
        &["200", "10.0.1.102", "33"],
        &["200", "2001:db8::1", "64"],
        &["200", "2001:db8::", "129"],
        &["200", "::ffff:10.0.1.102", "128"],
        &["200", "10.0.1", "32"],
        &["200", "carrier.example", "32"],
        &["0", "10.0.1.102", "32"],
        &["200", "10.0.1.102", "32", "65536"],
        &["200", "10.0.1.102", "32", "0", "two\nlines"],
        &["200", "10.0.0.1", "0"],
        &["200", "0.0.0.0", "0"],
        &["200", "::", "0"],
    ] {
        let ended = place.run(&[&["address", "add"], words].concat());
        assert_eq!(
            (ended.code, ended.out.as_str()),
            (2, ""),
            "{words:?}: {ended:?}"
        );
    }
    assert_eq!(place.count("address"), "0");
    let ended = place.run(&["address", "add", "200", "0.0.0.0", "0"]);
    assert!(ended.errors.contains("128.0.0.0"), "{ended:?}");
}

#[test]
fn an_address_without_a_mask_is_one_address() {
    let place = place();
    for (ip, mask) in [("10.0.1.102", "32"), ("2001:db8::1", "128")] {
        let added = place.passes(&["address", "add", "200", ip]);
        assert!(
            added.starts_with(&format!("added {ip}/{mask} from any port")),
            "{added}"
        );
    }
    let masks = place.sql("SELECT group_concat(mask) FROM address");
    assert_eq!(masks, ["32,128"]);
}

#[test]
fn addresses_are_shown_by_group_whatever_is_in_their_rows() {
    let place = place();
    place.passes(&["address", "add", "300", "10.0.2.0", "24", "0", "Office"]);
    place.passes(&["address", "add", "200", "10.0.1.102", "32", "5060"]);
    let connection = rusqlite::Connection::open(place.database()).unwrap();
    connection
        .execute_batch("INSERT INTO address (grp, ip_addr, mask) VALUES (200, 'a\x1bb', 'many')")
        .unwrap();
    assert_eq!(
        place.passes(&["address", "show"]),
        "ID  GROUP  IP          MASK  PORT  TAG\n\
         2   200    10.0.1.102  32    5060\n\
         3   200    a\\u{1b}b    many  any\n\
         1   300    10.0.2.0    24    any   Office\n\
         3 rows\n"
    );
    assert_eq!(
        place.passes(&["address", "show", "300", "--json"]),
        "[{\"grp\":300,\"id\":1,\"ip_addr\":\"10.0.2.0\",\"mask\":24,\"port\":0,\
         \"tag\":\"Office\"}]\n"
    );
    assert_eq!(
        place.passes(&["address", "show", "7"]),
        "no addresses in group 7\n"
    );
}

#[test]
fn addresses_are_removed_by_row_or_by_what_they_are() {
    let place = place();
    for port in ["0", "5060", "5061"] {
        place.passes(&["address", "add", "200", "10.0.1.102", "32", port]);
    }
    assert_eq!(place.passes(&["address", "rm", "2"]), "removed row 2\n");
    let words = ["address", "rm", "200", "10.0.1.102", "32"];
    assert_eq!(
        place.passes(&words),
        "removed 10.0.1.102/32 in group 200, 2 rows\n"
    );
    assert_eq!(
        place.fails(&words),
        "error: 10.0.1.102/32 in group 200 does not exist; `sipctl address show` lists them all\n"
    );
    assert_eq!(place.run(&["address", "rm", "200", "10.0.1.102"]).code, 2);
}

#[test]
fn without_a_server_there_is_nothing_to_reload() {
    let error = place().fails(&["address", "reload"]);
    assert!(
        error.contains("reads the addresses when it starts"),
        "{error}"
    );
}

/// A control socket that answers one call.
fn answer(place: &common::Place, answer: &'static str) -> std::thread::JoinHandle<String> {
    let listener = UnixListener::bind(place.directory.path().join("sip.sock")).unwrap();
    std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut call = String::new();
        BufReader::new(&stream).read_line(&mut call).unwrap();
        writeln!(&stream, "{answer}").unwrap();
        call
    })
}

#[test]
fn the_running_server_reads_the_table_again() {
    let place = place();
    let result = r#"{"jsonrpc":"2.0","result":{"Loaded":2,"Refused":[]},"id":1}"#;
    let server = answer(&place, result);
    let ended = place.run(&["address", "reload"]);
    assert_eq!(
        ended.out,
        "the server has read the addresses again: 2 rows\n"
    );
    assert_eq!(ended.errors, "");
    let call: serde_json::Value = serde_json::from_str(&server.join().unwrap()).unwrap();
    assert_eq!(call["method"], "permissions.addressReload");
}

#[test]
fn a_server_without_addresses_differs_from_one_that_fails() {
    let place = place();
    let error = r#"{"jsonrpc":"2.0","error":{"code":-32601,"message":"method permissions.addressReload does not exist; system.listMethods lists them all"},"id":1}"#;
    let server = answer(&place, error);
    let error = place.fails(&["address", "reload"]);
    assert!(error.contains("they come in a later chapter"), "{error}");
    server.join().unwrap();
}

#[test]
fn a_row_that_the_server_cannot_use_is_reported() {
    let place = place();
    let result = r#"{"jsonrpc":"2.0","result":{"Loaded":1,"Refused":["row 3 left out"]},"id":1}"#;
    let server = answer(&place, result);
    let ended = place.run(&["address", "reload"]);
    assert_eq!(
        ended.out,
        "the server has read the addresses again: 1 row\n"
    );
    assert_eq!(ended.errors, "warning: row 3 left out\n");
    server.join().unwrap();
}
