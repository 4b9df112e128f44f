//! What a request costs: our servers beside Kamailio 5.6.3, on one machine, in one run, in turns.
//!
//! `cargo bench -p whole-system`, or with `-- --help` for its flags. A load generator keeps
//! 32 transactions in flight over loopback UDP and the next begins when one is complete. Each phone
//! has an address of its own. The cost is the processor time, user and system, of all processes of
//! the server, for each complete transaction. Latency says little here: generator and server share
//! the processors.
//!
//! A run counts only if nothing was lost, sent again or answered wrongly, and if the server was set
//! up as stated.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark that cannot measure must stop and say why"
)]

mod busy;
mod call;
mod callee;
mod challenged;
mod digest;
mod growth;
mod load;
mod measurement;
mod message;
mod options;
mod outcome;
mod overload;
mod peer;
mod phones;
mod rate;
mod register;
mod report;
mod start;
mod subscribers;

use std::time::Duration;

use clap::Parser;

use crate::measurement::Measurement;
use crate::peer::Kind;
use crate::report::{Sample, Table};

/// Runs in which nothing may be sent again, of which one has to succeed.
const TRIES: u32 = 3;

/// Measures our servers and Kamailio in turns and prints medians and ratios.
#[derive(Debug, Parser)]
struct Arguments {
    /// How often each measurement is repeated.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// What to measure.
    #[arg(long, value_delimiter = ',', default_values_t = Measurement::ALL)]
    only: Vec<Measurement>,
    /// Which servers to measure.
    #[arg(long, value_delimiter = ',', default_values_t = Kind::ALL)]
    servers: Vec<Kind>,
    /// Divides the number of transactions, for a quick look.
    #[arg(long, default_value_t = 1)]
    quick: u64,
    #[command(flatten)]
    overload: overload::Overload,
    /// Cargo passes this to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let mut arguments = Arguments::parse();
    let kamailio = whole_system::kamailio::Kamailio::is_installed();
    if !kamailio {
        println!("No Kamailio here (Debian: kamailio, kamailio-sqlite-modules): ours alone.");
        arguments
            .servers
            .retain(|kind| matches!(kind, Kind::Ours | Kind::OursLogging | Kind::Before));
    }
    if arguments.overload.run(&arguments.servers) {
        return;
    }
    for &measurement in &arguments.only {
        let mut table = Table::new(measurement.title(), measurement.goals());
        for round in 0..arguments.rounds {
            // A B, then B A: neither is always first.
            let mut servers = arguments.servers.clone();
            servers.retain(|&kind| measurement.concerns(kind));
            if round % 2 == 1 {
                servers.reverse();
            }
            for kind in servers {
                table.add(kind, clean(measurement, kind, &arguments));
            }
        }
        table.print();
    }
}

/// One clean measurement. If the disk or the machine halts for longer than T1, or the server loses a
/// message, a phone sends again: such a run is reported and not counted.
fn clean(measurement: Measurement, kind: Kind, arguments: &Arguments) -> Sample {
    for _ in 0..TRIES {
        let run = measurement.run(kind, arguments.quick.max(1));
        std::thread::sleep(Duration::from_millis(200));
        match run {
            Ok(sample) => return sample,
            Err(outcome) => println!("  {measurement} by {kind:#}, not counted: {outcome}"),
        }
    }
    panic!("{measurement} by {kind:#} was not clean in {TRIES} runs");
}
