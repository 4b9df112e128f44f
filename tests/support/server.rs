//! A chapter's server as a process.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use crate::process::{Process, Signal};
use crate::program::program;
use crate::step::Step;
use crate::wire::Phone;
use crate::{address, wire};

/// Long enough for a busy machine: a server needs milliseconds.
const START: Duration = Duration::from_secs(20);

/// How long a server may take to end after SIGTERM: it lets what is under way finish.
const STOP: Duration = Duration::from_secs(20);

/// A running server of a chapter.
pub struct Server {
    process: Process,
    step: Step,
    address: SocketAddr,
    directory: PathBuf,
}

impl Server {
    /// Starts a chapter's server at a free port of 127.0.0.1, its files in `directory`.
    pub fn start(step: Step, directory: &Path) -> Self {
        Self::start_at(step, directory, address::free(1))
    }

    /// Starts a chapter's server at `address` and waits until it answers.
    pub fn start_at(step: Step, directory: &Path, address: SocketAddr) -> Self {
        Self::launch(step, directory, address).when_ready()
    }

    /// Starts a chapter's server at several addresses, of which the first is
    /// [`Server::address`], and waits until it answers.
    pub fn start_at_all(step: Step, directory: &Path, addresses: &[SocketAddr]) -> Self {
        let [first, others @ ..] = addresses else {
            panic!("a server listens somewhere");
        };
        let mut command = Command::new(program(step.name));
        for other in others {
            command.args(["--listen", &other.to_string()]);
        }
        Self::launch_as(&mut command, step, directory, *first).when_ready()
    }

    /// Starts a chapter's server whose log has a line for each message, and waits until it
    /// answers.
    pub fn start_showing_messages(step: Step, directory: &Path) -> Self {
        let mut command = Command::new(program(step.name));
        Self::run(&mut command, step, directory, address::free(1)).when_ready()
    }

    /// Starts a chapter's server at `address` with further flags, its log with a line for each
    /// message, and waits until it answers.
    pub fn start_with(step: Step, directory: &Path, address: SocketAddr, flags: &[&str]) -> Self {
        let mut command = Command::new(program(step.name));
        Self::run(command.args(flags), step, directory, address).when_ready()
    }

    /// Starts a chapter's server at `address` and does not wait.
    pub fn launch(step: Step, directory: &Path, address: SocketAddr) -> Self {
        let mut command = Command::new(program(step.name));
        Self::launch_as(&mut command, step, directory, address)
    }

    /// Starts a chapter's server at `address` as the folder `programs` has it, and does not wait.
    pub fn launch_from(programs: &Path, step: Step, directory: &Path, address: SocketAddr) -> Self {
        let mut command = Command::new(programs.join(step.name));
        Self::launch_as(&mut command, step, directory, address)
    }

    /// Starts a chapter's server under a limit of the system, as `ulimit` of sh takes it, and waits
    /// until it answers.
    pub fn start_limited(step: Step, directory: &Path, limit: &str) -> Self {
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("ulimit {limit}; exec \"$0\" \"$@\"")])
            .arg(program(step.name));
        let server = Self::launch_as(&mut command, step, directory, address::free(1));
        server.when_ready()
    }

    fn launch_as(command: &mut Command, step: Step, directory: &Path, address: SocketAddr) -> Self {
        Self::run(command.arg("--quiet"), step, directory, address)
    }

    fn run(command: &mut Command, step: Step, directory: &Path, address: SocketAddr) -> Self {
        command
            .current_dir(directory)
            .args(["--listen", &address.to_string()]);
        if step.keeps_bindings {
            command.arg("--database").arg(database(directory));
        }
        Self {
            process: Process::start(command, step.name, directory),
            step,
            address,
            directory: directory.to_owned(),
        }
    }

    /// Waits until it answers; `None` if it ends instead, because it cannot start.
    pub fn if_it_starts(mut self) -> Option<Self> {
        let began = Instant::now();
        while !wire::answers(self.address) {
            if !self.runs() {
                return None;
            }
            assert!(began.elapsed() < START, "{}", self.log());
        }
        Some(self)
    }

    fn when_ready(mut self) -> Self {
        let address = self.address;
        self.process
            .wait_until("answer to OPTIONS", START, |_| wire::answers(address));
        self
    }

    /// A phone of `user` on 127.0.0.`host`, which may register here.
    pub fn phone(&self, user: &str, host: u8) -> Phone {
        self.add_user(user);
        Phone::new(user, host, self.address).with_password(self.step.password())
    }

    /// Gives a user a password, where one is asked for.
    ///
    /// # Panics
    /// When the database does not take it.
    pub fn add_user(&self, user: &str) {
        self.add_users([user]);
    }

    /// Gives users a password, where one is asked for, all at once.
    ///
    /// # Panics
    /// When the database does not take them.
    pub fn add_users<U: AsRef<str>>(&self, users: impl IntoIterator<Item = U>) {
        let Some(password) = self.step.password() else {
            return;
        };
        let database = rusqlite::Connection::open(database(&self.directory));
        let mut database = database.expect("the server has made it");
        let change = database.transaction().expect("a moment without writers");
        // As an administrator of Kamailio would write it, for any domain.
        let sql = "INSERT OR REPLACE INTO subscriber (username, domain, password) \
                   VALUES (?1, '', ?2)";
        for user in users {
            change
                .execute(sql, [user.as_ref(), password])
                .expect("room for a user");
        }
        change.commit().expect("room for users");
    }

    /// Sets which algorithms one of these users is offered, as `sipctl offer` does.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn set_offer(&self, user: &str, offer: &str) {
        let database = rusqlite::Connection::open(database(&self.directory));
        let sql = "INSERT INTO subscriber_digest (username, domain, ha1, offer) \
                   VALUES (?1, '', '', ?2)";
        database
            .and_then(|database| database.execute(sql, [user, offer]))
            .expect("room for an offer");
    }

    /// Where it listens, UDP and TCP.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its chapter.
    pub fn step(&self) -> Step {
        self.step
    }

    /// Its process number.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// What it wrote.
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// Waits until its log has this text. A thread of its own writes the log.
    ///
    /// # Panics
    /// When it does not within 20 s.
    pub fn wait_for_log(&mut self, text: &str) {
        let written = |process: &Process| process.log().contains(text);
        self.process.wait_until(text, START, written);
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        self.process.ended().is_none()
    }

    /// SIGKILL: it cannot write anything any more.
    pub fn kill(mut self) {
        self.process.signal(Signal::Kill);
        self.process.wait(STOP);
    }

    /// SIGTERM, and how it ended.
    pub fn stop(self) -> ExitStatus {
        self.process.stop(STOP)
    }
}

/// The database of a server started in `directory`.
pub fn database(directory: &Path) -> PathBuf {
    directory.join("sip.db")
}
