//! The control socket, by what it says to a client.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use sip_chapter::Methods;
use sip_location::Binding;

mod server;
mod watching;

use server::*;

#[test]
fn a_lookup_is_answered_with_kamailios_field_names() {
    let ten = Binding {
        ruid: "sip-00000000000000aa".to_owned(),
        ..binding("10", "sip:10@192.168.1.10:5060;line=x")
    };
    let server = server([ten]);
    let line =
        server.say(r#"{"jsonrpc":"2.0","method":"ul.lookup","params":["location","10"],"id":"x"}"#);
    let mut answer: Value = serde_json::from_str(&line).unwrap();
    let contact = &mut answer["result"]["Contacts"][0]["Contact"];
    // A machine under load may take a second for the answer.
    let expires = contact["Expires"].take().as_u64().unwrap();
    assert!((570..=600).contains(&expires), "{expires}");
    let expected = json!({
        "Address": "sip:10@192.168.1.10:5060;line=x",
        "Expires": null,
        "Q": 0.5,
        "Call-ID": "a@192.168.1.10",
        "CSeq": 3,
        "User-Agent": "n/a",
        "Received": "[not set]",
        "Path": "[not set]",
        "State": "CS_SYNC",
        "Socket": "udp:192.168.1.15:5060",
        "Ruid": "sip-00000000000000aa",
        "Instance": "<urn:uuid:1>",
        "Reg-Id": 1,
        "Tcpconn-Id": -1,
        "Last-Modified": NOW,
    });
    let result = json!({ "AoR": "10", "Contacts": [{ "Contact": expected }] });
    let whole = json!({ "jsonrpc": "2.0", "result": result, "id": "x" });
    assert_eq!(answer, whole);
}

#[test]
fn a_dump_has_every_binding_under_its_user() {
    let server = server([
        binding("10", "sip:10@192.168.1.10"),
        binding("11", "sip:11@192.168.1.11"),
    ]);
    let answer = server.call("ul.dump", json!([]));
    let domain = &answer["result"]["Domains"][0]["Domain"];
    assert_eq!(domain["Domain"], "location");
    assert_eq!(domain["Stats"]["Records"], 2);
    let mut found: Vec<(&str, &str)> = domain["AoRs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| {
            let info = &record["Info"];
            let address = &info["Contacts"][0]["Contact"]["Address"];
            (info["AoR"].as_str().unwrap(), address.as_str().unwrap())
        })
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [("10", "sip:10@192.168.1.10"), ("11", "sip:11@192.168.1.11")]
    );
}

#[test]
fn a_brief_dump_names_the_users_alone() {
    let server = server([binding("10", "sip:10@192.168.1.10")]);
    let answer = server.call("ul.dump", json!(["brief"]));
    let domain = &answer["result"]["Domains"][0]["Domain"];
    assert_eq!(domain["AoRs"], json!([{ "AoR": "10" }]));
}

#[test]
fn twenty_thousand_bindings_come_as_one_answer() {
    let each = |n| binding(&format!("{n}"), &format!("sip:{n}@192.168.1.10:5060"));
    let server = server((0..20_000).map(each));
    let answer = server.call("ul.dump", json!([]));
    let records = answer["result"]["Domains"][0]["Domain"]["AoRs"].as_array();
    assert_eq!(records.unwrap().len(), 20_000);
}

#[test]
fn a_client_that_does_not_read_its_dump_holds_nobody_up() {
    let each = |n| binding(&format!("{n}"), &format!("sip:{n}@192.168.1.10:5060"));
    let server = server((0..10_000).map(each));
    let mut stalled = server.connect();
    let call = br#"{"jsonrpc":"2.0","method":"ul.dump","id":1}"#;
    stalled.write_all(call).unwrap();
    stalled.read_exact(&mut [0; 1]).unwrap();
    assert!(server.call("core.uptime", json!([]))["result"].is_object());
}

#[test]
fn a_server_stops_even_if_a_client_does_not_read_its_dump() {
    let each = |n| binding(&format!("{n}"), &format!("sip:{n}@192.168.1.10:5060"));
    let server = server((0..10_000).map(each));
    let path = server.path.clone();
    let mut stalled = server.connect();
    let call = br#"{"jsonrpc":"2.0","method":"ul.dump","id":1}"#;
    stalled.write_all(call).unwrap();
    stalled.read_exact(&mut [0; 1]).unwrap();
    let (stopped, heard) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        drop(server);
        stopped.send(()).unwrap();
    });
    heard.recv_timeout(Duration::from_secs(20)).unwrap();
    assert!(!path.exists());
}

#[test]
fn an_unknown_user_and_an_unknown_table_are_refused_as_kamailio_does() {
    let server = server([]);
    let answer = server.call("ul.lookup", json!(["location", "99"]));
    let expected = json!({ "code": 500, "message": "AOR not found in location table" });
    assert_eq!(answer["error"], expected);
    let answer = server.call("ul.lookup", json!(["aliases", "99"]));
    let expected = json!({ "code": 500, "message": "Domain table not found" });
    assert_eq!(answer["error"], expected);
}

#[test]
fn a_removed_user_is_no_longer_registered() {
    let server = server([binding("10", "sip:10@192.168.1.10")]);
    let answer = server.call("ul.rm", json!(["location", "10"]));
    assert_eq!(answer["result"], json!({ "Removed": 1 }));
    assert!(server.location.bindings("10", now()).is_empty());
}

#[test]
fn counters_have_kamailios_names_and_are_chosen_by_group_or_name() {
    let server = server([binding("10", "sip:10@192.168.1.10")]);
    server.stats.requests.store(7, Relaxed);
    let chosen = |what: &str| server.call("stats.get_statistics", json!([what]))["result"].clone();
    let usrloc = json!([
        "usrloc:location_contacts = 1",
        "usrloc:registered_users = 1"
    ]);
    assert_eq!(chosen("usrloc:"), usrloc);
    assert_eq!(chosen("rcv_requests"), json!(["core:rcv_requests = 7"]));
    assert!(chosen("all").as_array().unwrap().len() >= 10);
}

#[test]
fn the_server_says_what_it_is_and_since_when() {
    let server = server([]);
    let version = server.call("core.version", json!([]))["result"].clone();
    let expected = format!("sip-steps {} (step-01)", env!("CARGO_PKG_VERSION"));
    assert_eq!(version, json!(expected));
    let uptime = server.call("core.uptime", json!([]))["result"].clone();
    assert_eq!(uptime["up_since"], "Thu, 19 Apr 2007 15:59:44 GMT");
    assert!(
        uptime["uptime"]
            .as_u64()
            .is_some_and(|seconds| seconds < 30)
    );
}

#[test]
fn calls_on_one_connection_need_no_line_ends_and_are_answered_in_order() {
    let server = server([]);
    let mut stream = server.connect();
    let call = |id: u32| json!({"jsonrpc": "2.0", "method": "core.version", "id": id});
    let silent = json!({"jsonrpc": "2.0", "method": "core.version"});
    let text = format!("{}{silent} {}\n\n{}", call(1), call(2), call(3));
    stream.write_all(text.as_bytes()).unwrap();
    let lines = BufReader::new(stream).lines().take(3);
    let ids = lines.map(|line| {
        let answer: Value = serde_json::from_str(&line.unwrap()).unwrap();
        answer["id"].as_u64().unwrap()
    });
    assert_eq!(ids.collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn what_is_not_json_or_not_a_method_is_refused() {
    let server = server([]);
    assert!(server.say("GET / HTTP/1.1\r\n\r\n").contains("-32700"));
    assert!(server.say("[]\n").contains("-32600"));
    let answer = server.call("ul.flush", json!([]));
    assert_eq!(answer["error"]["code"], -32_601);
}

/// A method as a chapter adds one: each call takes what is left, or reports that nothing is.
fn methods(left: &Arc<Mutex<Vec<u32>>>) -> Methods {
    let mut methods = Methods::default();
    methods.add("test.take", left, |left| {
        let taken = left.lock().unwrap().pop();
        taken.ok_or("nothing is left")
    });
    methods
}

#[test]
fn a_method_of_the_chapter_is_answered_and_listed() {
    let server = server_with([], methods(&Arc::new(Mutex::new(vec![7]))));
    assert_eq!(server.call("test.take", json!([]))["result"], 7);
    let listed = server.call("system.listMethods", json!([]))["result"].clone();
    let listed = listed.as_array().unwrap();
    assert!(listed.contains(&json!("test.take")) && listed.contains(&json!("ul.dump")));
}

#[test]
fn what_a_method_of_the_chapter_refuses_is_answered_in_its_words() {
    let server = server_with([], methods(&Arc::default()));
    let refused = json!({ "code": 500, "message": "nothing is left" });
    assert_eq!(server.call("test.take", json!([]))["error"], refused);
}

#[test]
fn a_method_that_takes_no_parameters_says_so_and_does_nothing() {
    let left = Arc::new(Mutex::new(vec![7]));
    let server = server_with([], methods(&left));
    let answer = server.call("test.take", json!(["all"]));
    let refused = json!({ "code": -32602, "message": "test.take takes no parameters" });
    assert_eq!(answer["error"], refused);
    assert_eq!(*left.lock().unwrap(), [7]);
}

#[test]
fn a_call_without_end_is_refused() {
    let server = server([]);
    let mut stream = server.connect();
    // The server closes when it has had enough, which may be before the last byte is written.
    let _ = stream.write_all(&[b'['; 100]);
    let _ = stream.write_all(format!("\"{}", "x".repeat(70_000)).as_bytes());
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    assert!(answer.contains("at most 65536 bytes"), "{answer}");
}

#[test]
fn one_client_too_many_is_turned_away_in_words() {
    let server = server([]);
    let held: Vec<UnixStream> = (0..16)
        .map(|_| {
            let mut stream = server.connect();
            let call = br#"{"jsonrpc":"2.0","method":"core.version","id":1}"#;
            stream.write_all(call).unwrap();
            stream.read_exact(&mut [0; 1]).unwrap();
            stream
        })
        .collect();
    let mut refused = String::new();
    server.connect().read_to_string(&mut refused).unwrap();
    assert!(refused.contains("too many clients"), "{refused}");
    drop(held);
}

#[test]
fn the_socket_is_gone_with_the_server() {
    let server = server([]);
    let path = server.path.clone();
    drop(server);
    assert!(!path.exists());
}
