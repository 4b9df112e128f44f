//! A server to measure: ours or Kamailio.

use std::net::SocketAddr;
use std::path::Path;

use clap::ValueEnum;
use whole_system::kamailio::{self, Kamailio, Storage};
use whole_system::step::{self, STEP_01, STEP_02, Server};
use whole_system::{address, usage};

/// Whose server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// step-01 in memory, step-02 on disk.
    Ours,
    /// Kamailio with two UDP workers; with one on disk, since two lock each other out of SQLite.
    Kamailio,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.to_possible_value().expect("none is hidden").get_name())
    }
}

/// A running server to measure.
pub(crate) enum Peer {
    /// Ours.
    Ours(Server),
    /// Kamailio.
    Kamailio(Kamailio),
}

impl Peer {
    /// Starts one with its files in `directory`, and waits until it answers.
    pub(crate) fn start(kind: Kind, durable: bool, directory: &Path) -> Self {
        let address = address::free(1);
        match kind {
            Kind::Ours => {
                let step = if durable { STEP_02 } else { STEP_01 };
                Self::Ours(Server::start_at(step, directory, address))
            }
            Kind::Kamailio => {
                let (storage, workers) = kamailio_storage(durable, directory);
                Self::Kamailio(Kamailio::start(address, &storage, workers, directory))
            }
        }
    }

    /// Starts one and does not wait.
    pub(crate) fn launch(kind: Kind, address: SocketAddr, directory: &Path) -> Self {
        match kind {
            Kind::Ours => Self::Ours(Server::launch(STEP_02, directory, address)),
            Kind::Kamailio => {
                let storage = Storage::WriteThrough(step::database(directory));
                Self::Kamailio(Kamailio::launch(address, &storage, 1, directory))
            }
        }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        match self {
            Self::Ours(server) => server.address(),
            Self::Kamailio(kamailio) => kamailio.address(),
        }
    }

    /// The number of its first process.
    pub(crate) fn id(&self) -> u32 {
        match self {
            Self::Ours(server) => server.id(),
            Self::Kamailio(kamailio) => kamailio.id(),
        }
    }

    /// What it wrote.
    pub(crate) fn log(&self) -> String {
        match self {
            Self::Ours(server) => server.log(),
            Self::Kamailio(kamailio) => kamailio.log(),
        }
    }

    /// Does `work` of `transactions` and gives the processor time for each, in microseconds.
    pub(crate) fn cost(&self, transactions: u64, work: impl FnOnce()) -> f64 {
        let before = usage::processor_time(self.id());
        work();
        let spent = usage::processor_time(self.id()) - before;
        spent.as_secs_f64() * 1e6 / transactions as f64
    }

    /// Ends it.
    pub(crate) fn stop(self) {
        match self {
            Self::Ours(server) => {
                server.stop();
            }
            Self::Kamailio(kamailio) => kamailio.stop(),
        }
    }
}

fn kamailio_storage(durable: bool, directory: &Path) -> (Storage, u32) {
    if !durable {
        return (Storage::Memory, 2);
    }
    let file = step::database(directory);
    kamailio::create_tables(&file);
    (Storage::WriteThrough(file), 1)
}
