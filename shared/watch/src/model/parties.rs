//! Who sends and receives: an address is a party.

use std::collections::HashMap;

use sip_control::watch::Node;
use sip_message::Method;

use crate::message::Facts;
use crate::view::Party;

/// The most parties kept; further addresses share one lane.
const MOST: usize = 1_000;

/// The name of the lane that addresses share if there are too many.
const OTHERS: &str = "others";

/// The longest user that a lane is named after, in bytes.
const LONGEST_USER: usize = 40;

#[derive(Debug, Default)]
pub(crate) struct Parties {
    list: Vec<Party>,
    by_address: HashMap<String, usize>,
}

impl Parties {
    /// The parties of an exchange, which have names.
    pub(crate) fn named(nodes: &[Node]) -> Self {
        let mut parties = Self::default();
        for node in nodes {
            let id = parties.of(&node.address);
            let party = &mut parties.list[id];
            party.name.clone_from(&node.name);
            party.is_server = node.name == "server";
            let user = node.name.strip_prefix("phone ");
            party.user = user.and_then(|it| it.split(' ').next()).map(str::to_owned);
        }
        parties
    }

    pub(crate) fn list(&self) -> &[Party] {
        &self.list
    }

    pub(crate) fn get(&self, id: usize) -> Option<&Party> {
        self.list.get(id)
    }

    /// The party at an address, a new one if it is unknown.
    pub(crate) fn of(&mut self, address: &str) -> usize {
        if let Some(id) = self.by_address.get(address) {
            return *id;
        }
        let id = self.list.len();
        if id > MOST {
            return MOST;
        }
        let address = if id == MOST { OTHERS } else { address };
        self.by_address.insert(address.to_owned(), id);
        self.list.push(Party {
            id,
            name: short(address),
            address: address.to_owned(),
            user: None,
            is_server: false,
            order: id,
        });
        id
    }

    /// Notes that a party is the server. True if that is new.
    pub(crate) fn note_server(&mut self, id: usize) -> bool {
        let Some(party) = self.list.get_mut(id).filter(|party| !party.is_server) else {
            return false;
        };
        party.is_server = true;
        let others = self.list.iter().filter(|party| party.is_server).count() - 1;
        self.list[id].name = match others {
            0 => "server".to_owned(),
            others => format!("server {}", others + 1),
        };
        true
    }

    /// Learns the user of a sender: the caller on the first hop of a request, the user of a
    /// REGISTER, and the user who answers a call. True if something is new.
    pub(crate) fn learn(&mut self, from: usize, facts: &Facts) -> bool {
        let is_first_hop = facts.branches.len() == 1;
        let end = match (&facts.method, facts.status) {
            (Some(Method::Register), None) => &facts.to,
            (Some(_), None) if is_first_hop => &facts.from,
            (Some(Method::Invite), Some(180..300)) => &facts.to,
            _ => return false,
        };
        let is_nameless = |party: &&mut Party| !party.is_server && party.user.is_none();
        let Some(party) = self.list.get_mut(from).filter(is_nameless) else {
            return false;
        };
        let Some(user) = end.user.as_ref().filter(|it| it.len() <= LONGEST_USER) else {
            return false;
        };
        party.user = Some(user.clone());
        // An exchange has names of its own.
        if party.name == short(&party.address) {
            party.name = format!("phone {user}");
        }
        true
    }

    /// Puts the lanes in order: the server is second, as in the book, where arrows are short.
    pub(crate) fn put_in_order(&mut self) {
        let servers = self.list.iter().filter(|party| party.is_server).count();
        let has_others = self.list.len() > servers;
        let (mut others, mut seen) = (0, usize::from(has_others));
        for party in &mut self.list {
            if party.is_server {
                party.order = seen;
                seen += 1;
            } else {
                party.order = if others == 0 { 0 } else { others + servers };
                others += 1;
            }
        }
    }
}

/// An address without SIP's own port.
fn short(address: &str) -> String {
    address.strip_suffix(":5060").unwrap_or(address).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_is_the_second_lane() {
        let mut parties = Parties::default();
        for address in ["192.0.2.10:5060", "192.0.2.11:5060", "192.0.2.15:5060"] {
            parties.of(address);
        }
        assert!(parties.note_server(2) && !parties.note_server(2));
        parties.put_in_order();
        let orders: Vec<usize> = parties.list().iter().map(|party| party.order).collect();
        assert_eq!(orders, [0, 2, 1]);
    }

    #[test]
    fn a_flood_of_addresses_shares_one_lane() {
        let mut parties = Parties::default();
        let ids = (0..5_000).map(|port| parties.of(&format!("192.0.2.1:{port}")));
        assert_eq!(ids.max(), Some(MOST));
        assert_eq!(parties.list().len(), MOST + 1);
    }
}
