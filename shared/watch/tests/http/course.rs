//! A chapter's server and the program `watch` beside it, each a process of its own.

use std::io::{BufRead, BufReader};
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use x::{Course, Program};

use crate::client::Client;

/// How long a program may take to start.
const PATIENCE: Duration = Duration::from_secs(20);

/// A process that ends with the test.
pub struct Process(pub Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A chapter's server with a page.
pub struct Watched {
    pub step: Option<Process>,
    pub sip_port: u16,
    pub client: Client,
    pub folder: TempDir,
    package: &'static str,
    _watch: Process,
}

impl Watched {
    /// Starts the server of a package, and the page.
    pub fn start(package: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (watch, client) = page(folder.path(), &[]);
        let mut watched = Self {
            step: None,
            sip_port: free_port(),
            client,
            folder,
            package,
            _watch: watch,
        };
        watched.start_server();
        watched
    }

    /// Starts the server, and waits until the page is connected.
    pub fn start_server(&mut self) {
        let course = Course::here().unwrap();
        let program = Program::built(&course, self.package, self.package).unwrap();
        let listen = format!("127.0.0.1:{}", self.sip_port);
        let arguments = ["--listen", &listen, "--control", "sip.sock"];
        let mut command = program.command(self.folder.path(), &arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        self.step = Some(Process(command.spawn().unwrap()));
        self.wait_for("connected");
    }

    pub fn wait_for(&self, state: &str) {
        let began = Instant::now();
        while self.client.get("/api/sources")["sources"][0]["state"] != state {
            assert!(began.elapsed() < PATIENCE, "the page is never {state}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// How many messages the page has.
    pub fn kept(&self) -> u64 {
        let sources = self.client.get("/api/sources");
        sources["sources"][0]["messages"].as_u64().unwrap()
    }

    /// Runs `sipctl` on the server's database.
    pub fn sipctl(&self, arguments: &[&str]) {
        let course = Course::here().unwrap();
        let program = Program::built(&course, "sipctl", "sipctl").unwrap();
        let output = program.run(self.folder.path(), arguments).unwrap();
        assert!(output.success, "{}", output.stderr);
    }
}

/// The page alone: the process, and a client of it.
pub fn page(folder: &Path, arguments: &[&str]) -> (Process, Client) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_watch"));
    command
        .current_dir(folder)
        .args(arguments)
        .stdout(Stdio::piped());
    let mut process = Process(command.spawn().unwrap());
    let mut line = String::new();
    let out = process.0.stdout.take().unwrap();
    BufReader::new(out).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("The page is at http://").unwrap();
    let address = address.strip_suffix('/').unwrap().parse().unwrap();
    (process, Client { address })
}

/// A file of the repository.
pub fn file(path: &str) -> PathBuf {
    Course::here().unwrap().root.join(path)
}

fn free_port() -> u16 {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.local_addr().unwrap().port()
}
