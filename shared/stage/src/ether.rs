//! The network of a stage, as the exchange that sets it up sees it.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use crate::recording::{Entry, Fate, Node};
use crate::wire::{Place, Wire};

/// The network between the nodes: a cheap handle to the state they share.
#[derive(Clone)]
pub(crate) struct Ether {
    wire: Arc<Mutex<Wire>>,
}

impl Ether {
    pub(crate) fn new(epoch: SystemTime) -> Self {
        let wire = Wire::new(epoch);
        Self {
            wire: Arc::new(Mutex::new(wire)),
        }
    }

    pub(crate) fn with<T>(&self, run: impl FnOnce(&mut Wire) -> T) -> T {
        run(&mut self.wire.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds a node to the stage and returns its number.
    pub(crate) fn join(&self, name: &str, address: SocketAddr) -> usize {
        self.with(|wire| {
            wire.nodes.push(Place {
                node: Node {
                    name: name.to_owned(),
                    address,
                },
                also: None,
                listens: true,
                inbox: VecDeque::new(),
                waker: None,
            });
            wire.nodes.len() - 1
        })
    }

    /// Gives a node a second address, of the other address family.
    pub(crate) fn also_at(&self, node: usize, address: SocketAddr) {
        self.with(|wire| {
            if let Some(place) = wire.nodes.get_mut(node) {
                place.also = Some(address);
            }
        });
    }

    pub(crate) fn nodes(&self) -> Vec<Node> {
        self.with(|wire| wire.nodes.iter().map(|p| p.node.clone()).collect())
    }

    /// Starts or stops listening. A node that stops loses its connections and the messages on the
    /// way to it.
    pub(crate) fn set_listening(&self, node: usize, listens: bool) {
        self.with(|wire| {
            let Some(place) = wire.nodes.get_mut(node) else {
                return;
            };
            place.listens = listens;
            let lost: Vec<usize> = place.inbox.drain(..).filter_map(|d| d.entry).collect();
            for entry in lost {
                if let Some(Entry::Message(message)) = wire.entries.get_mut(entry) {
                    message.fate = Fate::Lost;
                }
            }
            for link in &mut wire.connections {
                link.open &= link.opener != node && link.acceptor != Some(node);
            }
        });
    }

    /// Plugs the node at an address into the network, or unplugs it.
    pub(crate) fn set_reachable(&self, address: SocketAddr, reachable: bool) {
        let node = self.with(|wire| wire.dweller(address));
        if let Some(node) = node {
            self.set_listening(node, reachable);
        }
    }

    pub(crate) fn name_host(&self, host: &str, ip: IpAddr) {
        self.with(|wire| wire.hosts.push((host.to_ascii_lowercase(), ip)));
    }

    pub(crate) fn lose(&self, what: String) {
        self.with(|wire| wire.losses.push_back(what));
    }

    pub(crate) fn explain(&self, text: &str) {
        self.with(|wire| wire.explanations.push_back(text.to_owned()));
    }

    pub(crate) fn scene(&self, text: &str) {
        self.with(|wire| {
            let (at, text) = (wire.began.elapsed(), text.to_owned());
            wire.record(Entry::Scene { at, text });
        });
    }

    pub(crate) fn view(&self, title: &str, text: String) {
        self.with(|wire| {
            let (at, title) = (wire.began.elapsed(), title.to_owned());
            wire.record(Entry::View { at, title, text });
        });
    }

    pub(crate) fn log(&self, text: &str) {
        self.with(|wire| {
            let (at, text) = (wire.began.elapsed(), text.to_owned());
            wire.record(Entry::Log { at, text });
        });
    }

    /// What happened.
    pub(crate) fn take_entries(&self) -> Vec<Entry> {
        self.with(|wire| std::mem::take(&mut wire.entries))
    }

    /// Whether more happened than was recorded.
    pub(crate) fn overflowed(&self) -> bool {
        self.with(|wire| wire.overflowed)
    }

    /// Explanations and losses that have not met their message.
    pub(crate) fn left_over(&self) -> Vec<String> {
        self.with(|wire| {
            let explanations = wire.explanations.drain(..);
            explanations.chain(wire.losses.drain(..)).collect()
        })
    }
}
