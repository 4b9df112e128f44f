//! A real Kamailio with a small configuration that does what our chapters do.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::process::Process;
use crate::{kamailio_script, wire};

const START: Duration = Duration::from_secs(20);
const STOP: Duration = Duration::from_secs(5);

/// Where its bindings are (`db_mode` of its module usrloc).
#[derive(Debug, Clone)]
pub enum Storage {
    /// Nowhere but in memory (0).
    Memory,
    /// In a database, written before the answer (1, write-through); read once, at the start.
    WriteThrough(PathBuf),
    /// In a database alone, asked at each look-up (3).
    DatabaseOnly(PathBuf),
}

/// A running Kamailio.
pub struct Kamailio {
    process: Process,
    address: SocketAddr,
    directory: PathBuf,
}

impl Kamailio {
    /// Whether this machine has Kamailio.
    pub fn is_installed() -> bool {
        Command::new("kamailio").arg("-v").output().is_ok()
    }

    /// Starts one with `workers` UDP processes at `address` that does what chapters 1 and 2 do,
    /// and waits until it answers.
    pub fn start(address: SocketAddr, storage: &Storage, workers: u32, directory: &Path) -> Self {
        let script = kamailio_script::open(address, storage, workers);
        Self::launch(address, &script, directory).when_ready()
    }

    /// Waits until it answers.
    pub fn when_ready(mut self) -> Self {
        let address = self.address;
        self.process
            .wait_until("answer to OPTIONS", START, |_| wire::answers(address));
        self
    }

    /// Waits until it answers; `None` if it ends instead, because it cannot start.
    pub fn if_it_starts(mut self) -> Option<Self> {
        let address = self.address;
        let mut has_ended = false;
        let began = std::time::Instant::now();
        while !wire::answers(address) {
            // When its first child cannot start, it may take a minute to end.
            has_ended = self.process.ended().is_some() || self.log().contains("Cannot fork");
            if has_ended {
                break;
            }
            assert!(began.elapsed() < START, "{}", self.log());
        }
        (!has_ended).then_some(self)
    }

    /// Starts one with a configuration that makes it listen at `address`, and does not wait.
    pub fn launch(address: SocketAddr, script: &str, directory: &Path) -> Self {
        let file = directory.join("kamailio.cfg");
        fs::write(&file, script).expect("a file can be written");
        let mut command = Command::new("kamailio");
        // -x fm: the fast memory manager; the package's default is for debugging.
        command
            .args(["-DD", "-E", "-x", "fm", "-m", "512", "-M", "256", "-f"])
            .arg(&file)
            .arg("-w")
            .arg(directory)
            .arg("-Y")
            .arg(directory);
        Self {
            process: Process::start(&mut command, "kamailio", directory),
            address,
            directory: directory.to_owned(),
        }
    }

    /// How many processes receive datagrams, as it says itself.
    pub fn workers(&self) -> usize {
        self.ask("core.psx").matches("udp receiver").count()
    }

    /// The manager of its shared memory, `fm` or `qm`, as it was started.
    pub fn memory_manager(&self) -> String {
        let arguments = self.ask("core.arg");
        let mut words = arguments
            .split_whitespace()
            .skip_while(|word| *word != "-x");
        words.nth(1).unwrap_or_default().to_owned()
    }

    /// What it answers over the socket of its module ctl.
    fn ask(&self, command: &str) -> String {
        let socket = self.directory.join("kamailio_ctl");
        let answer = Command::new("kamcmd")
            .arg("-s")
            .arg(format!("unix:{}", socket.display()))
            .arg(command)
            .output()
            .expect("kamcmd comes with Kamailio");
        String::from_utf8_lossy(&answer.stdout).into_owned()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The number of its first process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// What it wrote.
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// Ends it and its workers. Once in many runs one goes on after SIGTERM; it is not under test.
    pub fn stop(self) {
        self.process.stop_or_kill(STOP);
    }
}

/// How SQLite keeps a file whole; it stays with the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Journal {
    /// A rollback journal, SQLite's own choice and so that of `kamdbctl`.
    Rollback,
    /// A write-ahead log, which costs writers and readers less.
    WriteAhead,
}

/// Kamailio's own tables, as its `kamdbctl` would make them, for a database it is to fill.
pub fn create_tables(database: &Path, journal: Journal) {
    let connection = rusqlite::Connection::open(database).expect("a database can be made");
    if journal == Journal::WriteAhead {
        connection
            .pragma_update(None, "journal_mode", "WAL")
            .expect("a new database can be set up");
    }
    drop(connection);
    for module in ["standard", "usrloc", "auth_db", "permissions"] {
        create_tables_of(module, database);
    }
}

/// The tables of one module of Kamailio, by its package's own script.
///
/// # Panics
/// When the package has no such script, or the database has the tables already.
pub fn create_tables_of(module: &str, database: &Path) {
    let connection = rusqlite::Connection::open(database).expect("a database can be opened");
    let file = format!("/usr/share/kamailio/db_sqlite/{module}-create.sql");
    let script = fs::read_to_string(&file).expect("kamailio-sqlite-modules has its tables");
    connection.execute_batch(&script).expect("its own tables");
}
