//! The network of a stage, as the exchange that sets it up sees it.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use crate::recording::{Entry, Fate, Node};
use crate::traffic::{Place, Traffic};

/// The network between the nodes: a cheap handle to the state they share.
#[derive(Clone)]
pub(crate) struct StageNetwork {
    traffic: Arc<Mutex<Traffic>>,
}

impl StageNetwork {
    pub(crate) fn new(epoch: SystemTime) -> Self {
        let traffic = Traffic::new(epoch);
        Self {
            traffic: Arc::new(Mutex::new(traffic)),
        }
    }

    pub(crate) fn with<T>(&self, run: impl FnOnce(&mut Traffic) -> T) -> T {
        run(&mut self.traffic.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds a node to the stage and returns its number.
    pub(crate) fn join(&self, name: &str, address: SocketAddr) -> usize {
        self.with(|traffic| {
            traffic.nodes.push(Place {
                node: Node {
                    name: name.to_owned(),
                    address,
                },
                also: None,
                listens: true,
                inbox: VecDeque::new(),
                waker: None,
            });
            traffic.nodes.len() - 1
        })
    }

    /// Gives a node a second address, of the other address family.
    pub(crate) fn also_at(&self, node: usize, address: SocketAddr) {
        self.with(|traffic| {
            if let Some(place) = traffic.nodes.get_mut(node) {
                place.also = Some(address);
            }
        });
    }

    pub(crate) fn nodes(&self) -> Vec<Node> {
        self.with(|traffic| traffic.nodes.iter().map(|p| p.node.clone()).collect())
    }

    /// Starts or stops listening. A node that stops loses its connections and the messages on the
    /// way to it.
    pub(crate) fn set_listening(&self, node: usize, listens: bool) {
        self.with(|traffic| {
            let Some(place) = traffic.nodes.get_mut(node) else {
                return;
            };
            place.listens = listens;
            let lost: Vec<usize> = place.inbox.drain(..).filter_map(|d| d.entry).collect();
            for entry in lost {
                if let Some(Entry::Message(message)) = traffic.entries.get_mut(entry) {
                    message.fate = Fate::Lost;
                }
            }
            for link in &mut traffic.connections {
                link.open &= link.opener != node && link.acceptor != Some(node);
            }
        });
    }

    /// Plugs the node at an address into the network, or unplugs it.
    pub(crate) fn set_reachable(&self, address: SocketAddr, reachable: bool) {
        let node = self.with(|traffic| traffic.dweller(address));
        if let Some(node) = node {
            self.set_listening(node, reachable);
        }
    }

    pub(crate) fn name_host(&self, host: &str, ip: IpAddr) {
        self.with(|traffic| traffic.hosts.push((host.to_ascii_lowercase(), ip)));
    }

    pub(crate) fn lose(&self, what: String) {
        self.with(|traffic| traffic.losses.push_back(what));
    }

    pub(crate) fn explain(&self, text: &str) {
        self.with(|traffic| traffic.explanations.push_back(text.to_owned()));
    }

    pub(crate) fn scene(&self, text: &str) {
        self.with(|traffic| {
            let (at, text) = (traffic.began.elapsed(), text.to_owned());
            traffic.record(Entry::Scene { at, text });
        });
    }

    pub(crate) fn view(&self, title: &str, text: String) {
        self.with(|traffic| {
            let (at, title) = (traffic.began.elapsed(), title.to_owned());
            traffic.record(Entry::View { at, title, text });
        });
    }

    pub(crate) fn log(&self, text: &str) {
        self.with(|traffic| {
            let (at, text) = (traffic.began.elapsed(), text.to_owned());
            traffic.record(Entry::Log { at, text });
        });
    }

    /// What happened.
    pub(crate) fn take_entries(&self) -> Vec<Entry> {
        self.with(|traffic| std::mem::take(&mut traffic.entries))
    }

    /// Whether more happened than was recorded.
    pub(crate) fn overflowed(&self) -> bool {
        self.with(|traffic| traffic.overflowed)
    }

    /// Explanations and losses that have not met their message.
    pub(crate) fn left_over(&self) -> Vec<String> {
        self.with(|traffic| {
            let explanations = traffic.explanations.drain(..);
            explanations.chain(traffic.losses.drain(..)).collect()
        })
    }
}
