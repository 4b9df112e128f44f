//! Traces and captures: opened, written, and opened again.

use serde_json::Value;

use crate::client::Client;
use crate::course::{file, page};

/// A call to a number at two phones, as a test of chapter 1 keeps it.
const FORKED: &str = "steps/01-plain-registrar/tests/snapshots/\
                      exchanges__two-phones-on-one-number-ring-together.snap.sip";

/// A phone on TCP, called from one on UDP.
const OVER_TCP: &str = "steps/01-plain-registrar/tests/snapshots/\
                        exchanges__a-phone-on-tcp-is-called-over-its-connection.snap.sip";

/// Opens bytes, and returns every message.
fn opened(client: &Client, bytes: &[u8]) -> Vec<Value> {
    let source = client.post("/api/files?name=trace", bytes)["source"].clone();
    let count = source["messages"].as_u64().unwrap();
    let id = source["id"].as_str().unwrap();
    let mut events = client.follow(id);
    let mut rows = Vec::new();
    while (rows.len() as u64) < count {
        let (name, data) = events.next();
        if name == "messages" {
            rows.extend(data["messages"].as_array().unwrap().iter().cloned());
        }
    }
    rows
}

fn essence(rows: &[Value]) -> Vec<String> {
    let essence = |row: &Value| {
        let of = |name: &str| row[name].to_string();
        let names = [
            "from_address",
            "to_address",
            "transport",
            "label",
            "fork",
            "tied",
        ];
        names.map(of).join(" ")
    };
    rows.iter().map(essence).collect()
}

#[test]
fn a_call_to_two_phones_is_one_group_with_its_forks_and_both_legs() {
    let folder = tempfile::tempdir().unwrap();
    let (_page, client) = page(folder.path(), &[]);
    let rows = opened(&client, &std::fs::read(file(FORKED)).unwrap());
    let invites: Vec<&Value> = rows.iter().filter(|row| row["label"] == "INVITE").collect();
    let [first, forks @ ..] = &*invites else {
        panic!("{invites:?}");
    };
    let numbers: Vec<&Value> = forks.iter().map(|row| &row["n"]).collect();
    assert_eq!(
        first["tied"]["sent"]
            .as_array()
            .unwrap()
            .iter()
            .collect::<Vec<_>>(),
        numbers
    );
    let forks: Vec<u64> = forks
        .iter()
        .map(|row| row["fork"].as_u64().unwrap())
        .collect();
    assert_eq!(forks, [0, 1]);
    assert!(
        rows.iter()
            .all(|row| row["marks"].as_array().unwrap().is_empty()),
        "all is well"
    );
    let answers = rows
        .iter()
        .filter(|row| row["status"] == 200 && row["method"] == "INVITE");
    assert!(answers.clone().count() == 2 && answers.clone().all(|row| row["tied"]["ack"].is_u64()));
}

#[test]
fn what_is_written_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    for path in [FORKED, OVER_TCP] {
        let (_page, client) = page(folder.path(), &[file(path).to_str().unwrap()]);
        let original = opened(&client, &std::fs::read(file(path)).unwrap());
        for written in ["messages.txt", "messages.pcap"] {
            let answer = client.ask(&format!("GET /api/sources/1/{written}"), b"");
            assert!(answer.head.contains("attachment"), "{}", answer.head);
            let again = opened(&client, &answer.body);
            assert_eq!(essence(&again), essence(&original), "{path} as {written}");
        }
    }
}

#[test]
fn captures_of_either_byte_order_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let (_page, client) = page(folder.path(), &[file(OVER_TCP).to_str().unwrap()]);
    let pcap = client.ask("GET /api/sources/1/messages.pcap", b"").body;
    let little = essence(&opened(&client, &pcap));
    assert_eq!(essence(&opened(&client, &big_endian(&pcap))), little);
    assert_eq!(little.len(), 13);
}

/// The same capture with the byte order of other machines.
fn big_endian(pcap: &[u8]) -> Vec<u8> {
    let swapped = |bytes: &[u8]| bytes.iter().rev().copied().collect::<Vec<u8>>();
    let mut out = swapped(&pcap[..4]);
    out.extend(swapped(&pcap[4..6]));
    out.extend(swapped(&pcap[6..8]));
    out.extend(pcap[8..24].chunks(4).flat_map(swapped));
    let mut rest = &pcap[24..];
    while let Some((head, packet)) = rest.split_at_checked(16) {
        out.extend(head.chunks(4).flat_map(swapped));
        let length = u32::from_le_bytes(head[8..12].try_into().unwrap()) as usize;
        out.extend_from_slice(&packet[..length]);
        rest = &packet[length..];
        if rest.is_empty() {
            break;
        }
    }
    out
}

#[test]
fn what_is_too_large_or_has_no_message_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let (_page, client) = page(folder.path(), &[]);
    let answer = client.ask("POST /api/files", b"Dear all,\nno SIP here.\n");
    assert_eq!(answer.status(), 400);
    assert!(
        answer.text().contains("no SIP message"),
        "{}",
        answer.text()
    );
    let large = vec![b'x'; (16 << 20) + 1];
    assert_eq!(client.ask("POST /api/files", &large).status(), 413);
    let broken = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0];
    assert_eq!(client.ask("POST /api/files", &broken).status(), 400);
}
