//! More load than fits: how much a server still serves when it is offered more than it can do.
//!
//! The server has one processor and the generator another. The highest clean rate is searched
//! first: nothing lost, sent again or refused. Then multiples of it are offered, from 1,000
//! addresses that send again as RFC 3261 says. What counts is goodput: transactions that got a 2xx
//! while the load was offered. A run in which the generator itself fell behind is not reported.

mod generator;
mod picture;
mod points;
mod request;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use whole_system::core;

use crate::peer::{Kind, Peer, Service};
use crate::phones::{CALLING, Phones};
use generator::{Counts, Offer, offer};
use points::Point;
use request::{ADDRESSES, Requests};

/// The first rate tried, and the step to the next while it is clean.
const FIRST: f64 = 15_000.0;
const STEP: f64 = 1.6;
/// How near the highest clean rate is found.
const NEAR: f64 = 1.04;
/// How long a rate has to be clean.
const CLEAN: Duration = Duration::from_secs(5);
/// How long answers to the last requests of a clean rate may take: before a phone sends again.
const LAST: Duration = Duration::from_millis(450);

/// What is offered, in clean rates.
const MULTIPLES: [f64; 7] = [0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0];

/// More load than fits, instead of the other measurements.
#[derive(Debug, Clone, Args)]
pub(crate) struct Overload {
    /// Measures goodput at a quarter to twice the highest clean rate, and writes the points here.
    #[arg(long, value_name = "CSV")]
    overload: Option<PathBuf>,
    /// Only these multiples of the highest clean rate.
    #[arg(long, value_delimiter = ',', requires = "overload", default_values_t = MULTIPLES)]
    multiples: Vec<f64>,
    /// How long each is offered, in seconds.
    #[arg(long, requires = "overload", default_value_t = 3)]
    seconds: u64,
    /// Takes this for the highest clean rate, and does not search it.
    #[arg(long, requires = "overload")]
    fixed: Option<f64>,
    /// Only these requests.
    #[arg(long, value_delimiter = ',', requires = "overload")]
    tasks: Vec<Task>,
    /// Draws the points of a CSV file, and measures nothing.
    #[arg(long, num_args = 2, value_names = ["CSV", "SVG"])]
    draw: Option<Vec<PathBuf>>,
}

/// What the phones ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Task {
    /// OPTIONS to the server itself.
    Options,
    /// REGISTER without authentication, bindings in memory.
    Register,
}

impl Task {
    const ALL: [Self; 2] = [Self::Options, Self::Register];

    fn title(self) -> &'static str {
        match self {
            Self::Options => "OPTIONS",
            Self::Register => "REGISTER",
        }
    }
}

impl Overload {
    /// Does what was asked for. False when the other measurements are wanted.
    pub(crate) fn run(&self, servers: &[Kind]) -> bool {
        if let Some([csv, svg]) = self.draw.as_deref() {
            let drawn = picture::draw(&points::read(csv));
            std::fs::write(svg, drawn).expect("the picture can be written");
            return true;
        }
        let Some(csv) = &self.overload else {
            return false;
        };
        let tasks = match &self.tasks[..] {
            [] => &Task::ALL[..],
            tasks => tasks,
        };
        let mut all = Vec::new();
        for &task in tasks {
            for &kind in servers {
                if matches!(kind, Kind::Ours | Kind::Before | Kind::Kamailio) {
                    all.extend(self.measure(task, kind));
                }
            }
        }
        points::write(csv, &all);
        true
    }

    fn measure(&self, task: Task, kind: Kind) -> Vec<Point> {
        let clean = self.fixed.or_else(|| clean_rate(task, kind));
        let Some(clean) = clean else {
            println!("{} by {kind:#}: not clean at any rate", task.title());
            return Vec::new();
        };
        println!(
            "\n{} by {kind:#}: {clean:.0} a second are clean",
            task.title()
        );
        points::print_head();
        let time = Duration::from_secs(self.seconds);
        let mut points = Vec::new();
        for &multiple in &self.multiples {
            let offer = Offer {
                rate: clean * multiple,
                time,
                patience: Duration::ZERO,
            };
            match once(task, kind, offer) {
                Ok(counts) => {
                    let point = Point::new(task.title(), kind, clean, multiple, &counts);
                    point.print(&counts);
                    points.push(point);
                }
                Err(why) => println!("  {multiple:>5}   not reported: {why}"),
            }
        }
        points
    }
}

/// The highest rate at which nothing is lost, sent again or refused.
fn clean_rate(task: Task, kind: Kind) -> Option<f64> {
    let is_clean = |rate| {
        let offer = Offer {
            rate,
            time: CLEAN,
            patience: LAST,
        };
        match once(task, kind, offer) {
            Ok(counts) => counts.is_clean(),
            Err(why) => {
                println!("  {rate:.0} a second: {why}");
                false
            }
        }
    };
    let mut clean = None;
    let mut tried = FIRST;
    while is_clean(tried) {
        clean = Some(tried);
        tried *= STEP;
    }
    let (mut low, mut high) = (clean?, tried);
    while high / low > NEAR {
        let middle = (low * high).sqrt();
        match is_clean(middle) {
            true => low = middle,
            false => high = middle,
        }
    }
    Some(low)
}

/// One run with a server of its own.
fn once(task: Task, kind: Kind, what: Offer) -> Result<Counts, String> {
    let files = tempfile::tempdir().expect("a directory for the server's files");
    let peer = Peer::start(kind, Service::InMemory, files.path());
    let cores = core::ours();
    let [server, .., generator] = cores[..] else {
        panic!("server and generator need a processor each");
    };
    core::pin(peer.id(), &[server]);
    core::pin_this(&[generator]);
    let phones = Phones::new(CALLING, ADDRESSES);
    let requests = Requests::new(task, &phones, peer.address());
    let counts = offer(&phones, &requests, what);
    // The next server is started from here, and would be bound as this is.
    core::pin_this(&cores);
    peer.stop();
    counts
}
