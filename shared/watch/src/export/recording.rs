//! The messages of a source as a recording, which this course draws and writes already.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, UNIX_EPOCH};

use sip_control::watch::NoteKind;
use sip_message::{Connection, Transport};
use sip_stage::{Entry, Fate, Node, Recorded, Recording};

use super::Chosen;
use crate::model::{Kept, Store};

/// The chosen messages of a source, with the headings between them.
pub(crate) fn recording(store: &Store, chosen: &Chosen, title: &str) -> Recording {
    let numbers = chosen.messages(store);
    let messages: Vec<&Kept> = numbers.iter().filter_map(|n| store.message(*n)).collect();
    let start = messages.first().map_or(0, |kept| kept.at());
    let lanes = lanes(store, &messages);
    let since = |at: u64| Duration::from_micros(at.saturating_sub(start));
    let mut entries: BTreeMap<(u64, usize), Entry> = BTreeMap::new();
    for kept in &messages {
        let recorded = recorded(kept, &lanes, since(kept.at()));
        entries.insert((kept.row.n, 0), Entry::Message(recorded));
    }
    let scenes = store.notes().filter(|note| note.kind == NoteKind::Scene);
    for (index, note) in scenes.enumerate() {
        let at = since((note.at * 1_000.0) as u64);
        let text = note.text.clone();
        entries.insert((note.after, index + 1), Entry::Scene { at, text });
    }
    let mut nodes: Vec<(usize, Node)> = lanes.into_values().collect();
    nodes.sort_by_key(|(place, _)| *place);
    Recording {
        name: "watch".to_owned(),
        title: title.to_owned(),
        start: UNIX_EPOCH + Duration::from_micros(start),
        nodes: nodes.into_iter().map(|(_, node)| node).collect(),
        entries: entries.into_values().collect(),
        decisions: Vec::new(),
        broke_off: None,
    }
}

/// The lanes by party: the place of each, and its name and address.
type Lanes = BTreeMap<usize, (usize, Node)>;

/// The lanes of those who take part, in the order of the page.
fn lanes(store: &Store, messages: &[&Kept]) -> Lanes {
    let ends = messages
        .iter()
        .flat_map(|kept| [Some(kept.row.from), kept.row.to]);
    let mut parties: Vec<usize> = ends.flatten().collect();
    parties.sort_unstable();
    parties.dedup();
    let order = |id: &usize| store.parties().get(*id).map_or(0, |party| party.order);
    parties.sort_by_key(order);
    let lane = |(place, id): (usize, usize)| {
        let party = store.parties().get(id)?;
        let node = Node {
            name: sip_message::printable(party.name.as_bytes()),
            address: address(&party.address, id),
        };
        Some((id, (place, node)))
    };
    parties.into_iter().enumerate().filter_map(lane).collect()
}

/// The address of a party. One that is a name gets an address of RFC 5737.
fn address(text: &str, id: usize) -> SocketAddr {
    text.parse().unwrap_or_else(|_| {
        let ip = IpAddr::V4(Ipv4Addr::new(192, 0, 2, (id % 254 + 1) as u8));
        SocketAddr::new(ip, 5060)
    })
}

fn recorded(kept: &Kept, lanes: &Lanes, at: Duration) -> Recorded {
    let row = &kept.row;
    let lane = |id: Option<usize>| Some(lanes.get(&id?)?.0);
    Recorded {
        at,
        from: address(&row.from_address, row.from),
        to: address(&row.to_address, row.to.unwrap_or_default()),
        sender: lane(Some(row.from)).unwrap_or_default(),
        receiver: lane(row.to),
        transport: Transport::from_token(&row.transport).unwrap_or(Transport::Udp),
        connection: row.connection.map(Connection),
        bytes: kept.message.bytes.clone(),
        fate: if row.lost {
            Fate::Lost
        } else {
            Fate::Delivered
        },
        explanation: row.explanation.clone(),
    }
}
