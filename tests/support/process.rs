//! A program under test: started with a log, watched with a limit, ended by its number.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often a log or an exit is looked at.
const POLL: Duration = Duration::from_millis(5);

/// When SIGTERM is sent once more: baresip and others may miss the first while they still start.
/// Ours have ended by then.
const AGAIN: Duration = Duration::from_secs(5);

/// How long a process may take to obey SIGSTOP.
const FREEZE: Duration = Duration::from_secs(2);

/// Held while a program is started, and while a port is tried: until a new process runs its
/// program it holds all our sockets, also one at a port just tried.
pub(crate) static STARTS: Mutex<()> = Mutex::new(());

/// A running program. Dropping it kills it and what it started.
pub struct Process {
    child: Child,
    name: String,
    log: PathBuf,
}

/// A way to end a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// SIGTERM, after which it can clean up.
    Terminate,
    /// SIGKILL, after which it cannot.
    Kill,
}

impl Process {
    /// Starts `command`, its output and errors going to `NAME.log` in `directory`.
    pub fn start(command: &mut Command, name: &str, directory: &Path) -> Self {
        let log = directory.join(format!("{name}.log"));
        let file = File::create(&log).expect("a log file can be made");
        let started = STARTS.lock().unwrap_or_else(PoisonError::into_inner);
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone().expect("a file handle can be doubled"))
            .stderr(file)
            .spawn()
            .unwrap_or_else(|error| panic!("{name} ({command:?}) does not start: {error}"));
        drop(started);
        Self {
            child,
            name: name.to_owned(),
            log,
        }
    }

    /// The process number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it wrote so far.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// How it ended, if it did.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("our own child can be asked")
    }

    /// Waits until `done` holds.
    ///
    /// # Panics
    /// When the program ends before, or `limit` passes, with what it wrote.
    pub fn wait_until(&mut self, what: &str, limit: Duration, mut done: impl FnMut(&Self) -> bool) {
        let began = Instant::now();
        while !done(self) {
            let (name, log) = (&self.name, self.log());
            if let Some(status) = self.child.try_wait().expect("our own child can be asked") {
                panic!("{name} ended ({status}) before {what}:\n{log}");
            }
            assert!(
                began.elapsed() < limit,
                "{name}: no {what} in {limit:?}:\n{log}"
            );
            std::thread::sleep(POLL);
        }
    }

    /// Waits until it ends by itself.
    ///
    /// # Panics
    /// When it has not after `limit`, with what it wrote.
    pub fn wait(&mut self, limit: Duration) -> ExitStatus {
        let began = Instant::now();
        loop {
            if let Some(status) = self.ended() {
                return status;
            }
            let (name, log) = (&self.name, self.log());
            assert!(
                began.elapsed() < limit,
                "{name} still runs after {limit:?}:\n{log}"
            );
            std::thread::sleep(POLL);
        }
    }

    /// Sends it a signal.
    pub fn signal(&mut self, signal: Signal) {
        match signal {
            Signal::Terminate => send("TERM", &[self.id()]),
            Signal::Kill => self.child.kill().expect("our own child can be killed"),
        }
    }

    /// SIGSTOP: a program that is still starting could start one more process while we count them.
    fn freeze(&self) {
        let id = self.id();
        send("STOP", &[id]);
        let began = Instant::now();
        while !is_frozen(id) && began.elapsed() < FREEZE {
            std::thread::sleep(POLL);
        }
    }

    /// SIGTERM, and how it ended.
    pub fn stop(mut self, limit: Duration) -> ExitStatus {
        self.signal(Signal::Terminate);
        let began = Instant::now();
        while began.elapsed() < AGAIN {
            if let Some(status) = self.ended() {
                return status;
            }
            std::thread::sleep(POLL);
        }
        self.signal(Signal::Terminate);
        self.wait(limit)
    }

    /// SIGTERM; one that still runs after `limit` is killed, and what it started.
    pub fn stop_or_kill(mut self, limit: Duration) {
        self.signal(Signal::Terminate);
        let began = Instant::now();
        while self.ended().is_none() && began.elapsed() < limit {
            std::thread::sleep(POLL);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.ended().is_none() {
            self.freeze();
            let family = family(self.id());
            send("KILL", &family);
        }
        let _ = self.child.wait();
    }
}

/// Runs a program that ends by itself.
pub fn output(program: &str, arguments: &[&str]) -> Output {
    let output = Command::new(program).args(arguments).output();
    output.unwrap_or_else(|error| panic!("{program} does not start: {error}"))
}

/// A process and all it started, by their numbers.
pub fn family(id: u32) -> Vec<u32> {
    let mut all = vec![id];
    let mut next = 0;
    while let Some(&parent) = all.get(next) {
        let children = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children"));
        let children = children.unwrap_or_default();
        all.extend(
            children
                .split_whitespace()
                .filter_map(|id| id.parse::<u32>().ok()),
        );
        next += 1;
    }
    all
}

/// Whether a process is stopped (`T`), or has ended.
fn is_frozen(id: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let state = status.lines().find_map(|line| line.strip_prefix("State:"));
    state.is_none_or(|state| state.trim_start().starts_with(['T', 'Z']))
}

/// By the shell's own `kill`: it needs no package, and std has none.
fn send(signal: &str, ids: &[u32]) {
    let ids: Vec<String> = ids.iter().map(u32::to_string).collect();
    let script = format!("kill -{signal} {}", ids.join(" "));
    let _ = Command::new("sh")
        .args(["-c", &script])
        .stderr(Stdio::null())
        .status();
}
