//! The sockets of one node: how a server or phone sends and receives on the stage's network.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use sip_message::{Connection, Flow, Transport};
use sip_server::{Account, Event, Lookup, Network, Outgoing, Unreachable};
use tokio::time::Sleep;

use crate::network::StageNetwork;

/// The sockets of one node on the stage's network.
pub struct StageSockets {
    network: StageNetwork,
    node: usize,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl StageSockets {
    pub(crate) fn new(network: StageNetwork, node: usize) -> Self {
        Self {
            network,
            node,
            alarm: None,
        }
    }
}

impl Network for StageSockets {
    fn poll_events(&mut self, context: &mut Context<'_>, events: &mut Vec<Event>) -> Poll<()> {
        loop {
            let before = events.len();
            let node = self.node;
            let due = self
                .network
                .with(|traffic| traffic.collect(node, events, context.waker()));
            if events.len() > before {
                return Poll::Ready(());
            }
            let Some(due) = due else {
                return Poll::Pending;
            };
            let alarm = self.alarm.insert(Box::pin(tokio::time::sleep_until(due)));
            if alarm.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
        }
    }

    fn flow_to(
        &mut self,
        transport: Transport,
        remote: SocketAddr,
        _: Account,
    ) -> Result<Flow, Unreachable> {
        let node = self.node;
        self.network
            .with(|traffic| traffic.flow_to(node, transport, remote))
    }

    fn flow_of(&self, connection: Connection) -> Option<Flow> {
        self.network.with(|traffic| {
            let link = traffic.link(connection).filter(|link| link.open)?;
            let listens_at = traffic.nodes[self.node].node.address;
            Some(link.flow_of(self.node, connection, listens_at))
        })
    }

    fn send_all(&mut self, out: &mut Outgoing) {
        for (flow, bytes) in out.messages() {
            self.network
                .with(|traffic| traffic.send(self.node, flow, bytes));
        }
        out.clear();
    }

    fn resolve(&self, host: &str, port: u16, _: Account) -> Lookup {
        let host = host.to_ascii_lowercase();
        let found: Vec<SocketAddr> = self.network.with(|traffic| {
            let known = traffic.hosts.iter().filter(|(name, _)| *name == host);
            known.map(|(_, ip)| SocketAddr::new(*ip, port)).collect()
        });
        let answer = if found.is_empty() {
            let text = format!("the stage has no host {host}");
            Err(io::Error::new(io::ErrorKind::NotFound, text))
        } else {
            Ok(found)
        };
        Box::pin(std::future::ready(answer))
    }
}
