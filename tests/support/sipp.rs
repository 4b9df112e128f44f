//! SIPp and its statistics.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use crate::process::Process;

/// SIPp's buffers, in bytes: as large as Linux allows without root. Its own, 64 KiB, lost answers
/// when the disk made a hundred of them wait and they all came at once.
const BUFFERS: &str = "212992";

/// A running SIPp.
pub struct Sipp {
    process: Process,
    statistics: PathBuf,
    complaints: PathBuf,
}

/// SIPp's counts, by its own names for them.
#[derive(Debug)]
pub struct Statistics(BTreeMap<String, String>);

impl Sipp {
    /// Starts SIPp at `address` with the arguments given, its files in `directory`.
    pub fn start(name: &str, address: SocketAddr, arguments: &[&str], directory: &Path) -> Self {
        let statistics = directory.join(format!("{name}.csv"));
        let complaints = directory.join(format!("{name}.errors"));
        let (host, port) = (address.ip().to_string(), address.port().to_string());
        let mut command = Command::new("sipp");
        command
            .current_dir(directory)
            .args(arguments)
            .args(["-buff_size", BUFFERS])
            .args(["-i", &host, "-p", &port, "-mi", &host])
            .args(["-nostdin", "-trace_stat", "-fd", "1", "-stf"])
            .arg(&statistics)
            .args(["-trace_err", "-error_file"])
            .arg(&complaints);
        Self {
            process: Process::start(&mut command, name, directory),
            statistics,
            complaints,
        }
    }

    /// Waits until it has done its calls.
    pub fn wait(&mut self, limit: Duration) -> ExitStatus {
        self.process.wait(limit)
    }

    /// Its last counts.
    ///
    /// # Panics
    /// If it wrote none.
    pub fn statistics(&self) -> Statistics {
        let text = fs::read_to_string(&self.statistics).expect("SIPp writes its statistics");
        let mut lines = text.lines();
        let names = lines.next().expect("a line of names").split(';');
        let values = lines.next_back().expect("a line of counts").split(';');
        Statistics(
            names
                .map(str::to_owned)
                .zip(values.map(str::to_owned))
                .collect(),
        )
    }

    /// Its complaints. It writes this file only if it has any.
    pub fn complaints(&self) -> String {
        fs::read_to_string(&self.complaints).unwrap_or_default()
    }

    /// What it wrote.
    pub fn log(&self) -> String {
        self.process.log()
    }
}

impl Statistics {
    /// A count since the start, by the name of its column without "(C)".
    ///
    /// # Panics
    /// If SIPp has no count of that name.
    pub fn total(&self, name: &str) -> u64 {
        let value = self.0.get(&format!("{name}(C)"));
        let value = value.unwrap_or_else(|| panic!("SIPp counts no {name}: {self:?}"));
        value.parse().expect("a count is a number")
    }
}
