//! What a request costs: our servers beside Kamailio 5.6.3, on one machine, in one run, in turns.
//!
//! `cargo bench -p whole-system`, or with `-- --help` what else there is. A load generator keeps
//! 32 transactions in flight over loopback UDP and the next begins when one is complete; the cost
//! is the processor time, user and system, of all processes of the server, for each complete one.
//! Latency says little here: generator and server share the processors.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark that cannot measure must stop and say why"
)]

mod call;
mod load;
mod message;
mod options;
mod peer;
mod register;
mod report;
mod start;

use std::time::Duration;

use clap::{Parser, ValueEnum};

use crate::peer::{Kind, Peer};
use crate::report::{Goal, Table};

/// Measures our servers and Kamailio in turns and prints medians and ratios.
#[derive(Debug, Parser)]
struct Arguments {
    /// How often each measurement is repeated.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// What to measure.
    #[arg(long, value_delimiter = ',', default_values_t = Measurement::ALL)]
    only: Vec<Measurement>,
    /// Which servers to measure.
    #[arg(long, value_delimiter = ',', default_values_t = [Kind::Ours, Kind::Kamailio])]
    servers: Vec<Kind>,
    /// Divides the number of transactions, for a quick look.
    #[arg(long, default_value_t = 1)]
    quick: u64,
    /// What cargo tells every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

/// One thing to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Measurement {
    /// OPTIONS to the server itself.
    Options,
    /// REGISTER without authentication, bindings in memory.
    Register,
    /// INVITE-180-200-ACK-BYE-200 between two phones, with Record-Route.
    Call,
    /// REGISTER without authentication, on disk before the answer.
    Durable,
    /// Memory with 100,000 bindings.
    Memory,
    /// From the start with 100,000 rows on disk to the first right look-up.
    Start,
}

impl Measurement {
    const ALL: [Self; 6] = [
        Self::Options,
        Self::Register,
        Self::Call,
        Self::Durable,
        Self::Memory,
        Self::Start,
    ];

    fn title(self) -> &'static str {
        match self {
            Self::Options => "OPTIONS to the server, µs",
            Self::Register => "REGISTER in memory, µs",
            Self::Call => "call through the proxy, µs",
            Self::Durable => "REGISTER on disk, µs",
            Self::Memory => "100,000 bindings, MiB",
            Self::Start => "start with 100,000 rows, s",
        }
    }

    /// What chapters 1 and 2 aim at.
    fn goal(self) -> Goal {
        match self {
            Self::Options | Self::Register => Goal::Ratio(0.5),
            Self::Call => Goal::Ratio(0.33),
            Self::Durable => Goal::Ratio(0.2),
            Self::Memory => Goal::AtMost(45.0),
            Self::Start => Goal::AtMost(0.3),
        }
    }

    fn run(self, kind: Kind, quick: u64) -> f64 {
        let durable = matches!(self, Self::Durable | Self::Start);
        let files = tempfile::tempdir().expect("a directory for the server's files");
        if self == Self::Start {
            return start::seconds(kind, files.path(), 100_000 / quick);
        }
        let peer = Peer::start(kind, durable, files.path());
        let cost = match self {
            Self::Options => options::cost(&peer, 100_000 / quick),
            Self::Register => register::cost(&peer, 60_000 / quick),
            Self::Durable => register::cost(&peer, 10_000 / quick),
            Self::Call => call::cost(&peer, 10_000 / quick),
            Self::Memory | Self::Start => start::mebibytes(&peer, 100_000 / quick),
        };
        peer.stop();
        cost
    }
}

impl std::fmt::Display for Measurement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.to_possible_value().expect("none is hidden").get_name())
    }
}

fn main() {
    let mut arguments = Arguments::parse();
    let kamailio = whole_system::kamailio::Kamailio::is_installed();
    if !kamailio {
        println!("No Kamailio here (Debian: kamailio, kamailio-sqlite-modules): ours alone.");
        arguments.servers.retain(|&kind| kind == Kind::Ours);
    }
    for &measurement in &arguments.only {
        let mut table = Table::new(measurement.title(), measurement.goal());
        for round in 0..arguments.rounds {
            // A B, then B A: neither is always first.
            let mut servers = arguments.servers.clone();
            if round % 2 == 1 {
                servers.reverse();
            }
            for kind in servers {
                table.add(kind, measurement.run(kind, arguments.quick.max(1)));
                std::thread::sleep(Duration::from_millis(200));
            }
        }
        table.print();
    }
}
