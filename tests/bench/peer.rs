//! A server to measure: ours or Kamailio.

use std::env;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use clap::ValueEnum;
use rusqlite::Connection;
use whole_system::kamailio::{self, Journal, Kamailio, Storage};
use whole_system::kamailio_script::{asking, open, packaged};
use whole_system::step::{self, STEP_01, STEP_02, STEP_07, Server, Step};
use whole_system::{address, usage};

use crate::outcome::Outcome;
use crate::subscribers;

/// Which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Kind {
    /// step-01 in memory, step-02 on disk, step-07 with passwords; with `--quiet`, as Kamailio
    /// writes no log of messages either.
    Ours,
    /// The same with the log they write by default.
    OursLogging,
    /// The same from an earlier commit: the release programs in the folder that the environment
    /// variable SIP_STEPS_BEFORE names.
    Before,
    /// Kamailio with a page of configuration that does the measured work and nothing else, and two
    /// UDP workers; with one on disk, since two lock each other out of SQLite.
    Kamailio,
    /// The same with the configuration of Debian's package, which does more.
    KamailioPackaged,
    /// [`Kind::Kamailio`] with bindings in memory alone, where the others keep them on disk.
    KamailioInMemory,
    /// As its package and kamdbctl leave it, with bindings in memory: the package's configuration,
    /// eight UDP workers, the users' file without a write-ahead log. All cost it more.
    KamailioAsShipped,
}

/// The task of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    /// Bindings in memory, no passwords.
    InMemory,
    /// Bindings on disk before the answer, no passwords.
    OnDisk,
    /// Passwords and carriers from a database; no measured request waits for a binding.
    Passwords,
    /// Passwords and carriers from a database, and bindings on disk before the answer.
    PasswordsOnDisk,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] = [
        Self::Ours,
        Self::OursLogging,
        Self::Kamailio,
        Self::KamailioPackaged,
        Self::KamailioInMemory,
        Self::KamailioAsShipped,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours, quiet",
            Self::OursLogging => "ours, logging",
            Self::Before => "ours before",
            Self::Kamailio => "Kamailio",
            Self::KamailioPackaged => "Kamailio, packaged",
            Self::KamailioInMemory => "Kamailio in memory",
            Self::KamailioAsShipped => "Kamailio as shipped",
        }
    }
}

impl std::fmt::Display for Kind {
    /// As on the command line; with `#`, as in a sentence.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if f.alternate() {
            return f.pad(self.name());
        }
        f.write_str(self.to_possible_value().expect("none is hidden").get_name())
    }
}

/// As many bindings as any measurement has.
const MOST_BINDINGS: &str = "1000000";

/// A running server to measure.
pub(crate) enum Peer {
    /// Ours.
    Ours(Server),
    /// Kamailio, and a connection to the database of its users. Without one that is open already
    /// the first of its workers to look a user up locks the file for a moment, and the other does
    /// not wait but answers 401 to the right password.
    Kamailio(Kamailio, Option<Connection>),
}

impl std::fmt::Display for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Ours(_) => "ours",
            Self::Kamailio(..) => "Kamailio",
        })
    }
}

impl Peer {
    /// Starts one with its files in `directory`, and waits until it answers.
    pub(crate) fn start(kind: Kind, service: Service, directory: &Path) -> Self {
        match kind {
            Kind::Ours => {
                let step = prepare(service, directory);
                let flags = ["--quiet", "--max-bindings", MOST_BINDINGS];
                let server = Server::start_with(step, directory, address::free(1), &flags);
                Self::Ours(server)
            }
            Kind::OursLogging => {
                let step = prepare(service, directory);
                let flags = ["--max-bindings", MOST_BINDINGS];
                let server = Server::start_with(step, directory, address::free(1), &flags);
                Self::Ours(server)
            }
            Kind::Before => {
                let step = prepare(service, directory);
                let server = launch_before(step, directory, address::free(1));
                Self::Ours(server.if_it_starts().expect("an earlier server starts"))
            }
            Kind::Kamailio | Kind::KamailioPackaged => start_kamailio(kind, service, directory),
            Kind::KamailioInMemory | Kind::KamailioAsShipped => {
                let service = match service {
                    Service::OnDisk | Service::InMemory => Service::InMemory,
                    Service::PasswordsOnDisk | Service::Passwords => Service::Passwords,
                };
                start_kamailio(kind, service, directory)
            }
        }
    }

    /// Starts a server with bindings on disk and does not wait.
    pub(crate) fn launch(kind: Kind, address: SocketAddr, directory: &Path) -> Self {
        match kind {
            Kind::Ours | Kind::OursLogging => {
                Self::Ours(Server::launch(STEP_02, directory, address))
            }
            Kind::Before => Self::Ours(launch_before(STEP_02, directory, address)),
            _ => {
                let storage = Storage::WriteThrough(step::database(directory));
                let script = script(kind, address, &storage, 1, None);
                Self::Kamailio(Kamailio::launch(address, &script, directory), None)
            }
        }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        match self {
            Self::Ours(server) => server.address(),
            Self::Kamailio(kamailio, _) => kamailio.address(),
        }
    }

    /// The number of its first process.
    pub(crate) fn id(&self) -> u32 {
        match self {
            Self::Ours(server) => server.id(),
            Self::Kamailio(kamailio, _) => kamailio.id(),
        }
    }

    /// What it wrote.
    pub(crate) fn log(&self) -> String {
        match self {
            Self::Ours(server) => server.log(),
            Self::Kamailio(kamailio, _) => kamailio.log(),
        }
    }

    /// Does `work` of `transactions` and gives the processor time for each, in microseconds.
    pub(crate) fn cost(
        &self,
        transactions: u64,
        work: impl FnOnce() -> Result<(), Outcome>,
    ) -> Result<f64, Outcome> {
        let before = usage::processor_time(self.id());
        work()?;
        let spent = usage::processor_time(self.id()) - before;
        Ok(spent.as_secs_f64() * 1e6 / transactions as f64)
    }

    /// Checks, after a measurement, that it was set up as stated.
    ///
    /// # Panics
    /// When it was not: what was measured is not what the report would name.
    pub(crate) fn check(&self, kind: Kind, service: Service, directory: &Path) {
        let (logs, keeps) = match kind {
            Kind::Ours | Kind::Before => (false, service != Service::InMemory),
            Kind::OursLogging => (true, service != Service::InMemory),
            Kind::Kamailio | Kind::KamailioPackaged => {
                let is_on_disk = matches!(service, Service::OnDisk | Service::PasswordsOnDisk);
                (false, is_on_disk)
            }
            Kind::KamailioInMemory | Kind::KamailioAsShipped => (false, false),
        };
        let has_messages = self.log().contains(" UDP  ");
        assert_eq!(has_messages, logs, "{kind:#}: a log of messages");
        let has_rows = rows(&step::database(directory)) > 0;
        assert_eq!(has_rows, keeps, "{kind:#}: bindings in the database");
    }

    /// Ends it.
    pub(crate) fn stop(self) {
        match self {
            Self::Ours(server) => {
                server.stop();
            }
            Self::Kamailio(kamailio, users) => {
                kamailio.stop();
                drop(users);
            }
        }
    }
}

/// How many bindings a database has.
fn rows(database: &Path) -> i64 {
    let database = Connection::open(database).expect("a database can be opened");
    let count = database.query_row("SELECT count(*) FROM location", (), |row| row.get(0));
    count.unwrap_or_default() // there is no table where none is needed
}

/// Starts a chapter of an earlier commit.
fn launch_before(step: Step, directory: &Path, address: SocketAddr) -> Server {
    let folder = env::var_os("SIP_STEPS_BEFORE");
    let folder = folder.expect("SIP_STEPS_BEFORE names a folder with step-01, step-02, step-07");
    Server::launch_from(Path::new(&folder), step, directory, address)
}

/// Which of our chapters does this, with its database in `directory` if it needs one.
fn prepare(service: Service, directory: &Path) -> Step {
    match service {
        Service::InMemory => STEP_01,
        Service::OnDisk => STEP_02,
        Service::Passwords | Service::PasswordsOnDisk => {
            let file = step::database(directory);
            let made = Command::new(step::program("sipctl"))
                .arg("--database")
                .arg(&file)
                .args(["db", "create"])
                .output()
                .expect("sipctl starts");
            assert!(made.status.success(), "no database: {made:?}");
            subscribers::fill(&file);
            STEP_07
        }
    }
}

fn start_kamailio(kind: Kind, service: Service, directory: &Path) -> Peer {
    let (address, file) = (address::free(1), step::database(directory));
    let (workers, journal) = match kind {
        Kind::KamailioAsShipped => (8, Journal::Rollback),
        _ => (2, Journal::WriteAhead),
    };
    if service != Service::InMemory {
        kamailio::create_tables(&file, journal);
    }
    // Several workers are quicker; on disk they would lock each other out of SQLite.
    let (storage, workers) = match service {
        Service::InMemory | Service::Passwords => (Storage::Memory, workers),
        Service::OnDisk | Service::PasswordsOnDisk => (Storage::WriteThrough(file.clone()), 1),
    };
    let users = match service {
        Service::InMemory | Service::OnDisk => None,
        Service::Passwords | Service::PasswordsOnDisk => Some(subscribers::fill(&file)),
    };
    let users_file = users.is_some().then_some(file.as_path());
    let script = script(kind, address, &storage, workers, users_file);
    let kamailio = Kamailio::launch(address, &script, directory).when_ready();
    let is_as_stated = (kamailio.workers(), kamailio.memory_manager());
    assert_eq!(
        is_as_stated,
        (workers as usize, "fm".to_owned()),
        "Kamailio's UDP workers, and -x"
    );
    Peer::Kamailio(kamailio, users)
}

/// Kamailio's configuration; `users` is the database of those who have a password.
fn script(
    kind: Kind,
    address: SocketAddr,
    storage: &Storage,
    workers: u32,
    users: Option<&Path>,
) -> String {
    let is_packaged = matches!(kind, Kind::KamailioPackaged | Kind::KamailioAsShipped);
    match users {
        _ if is_packaged => packaged(address, storage, workers, users),
        None => open(address, storage, workers),
        Some(users) => asking(address, storage, workers, users),
    }
}
