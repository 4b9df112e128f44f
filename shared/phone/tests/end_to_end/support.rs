//! A server that asks for passwords, and the command as it is typed.

use sip_tables::{Login, NoPassword, Subscribers};
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use sip_auth::{Auth, KeyedNonces, NonceKey, check_from, check_to};
use sip_digest::Password;
use sip_location::Location;
use sip_message::Flow;
use sip_server::{
    Action, Clock, Direction, Limits, Method, Myself, Observer, OnReply, PrivateTargets, Reply,
    Request, Secret, Settings, Sockets, Stats, SystemEntropy, Timers, TransportLimits, relay,
    relay_in_dialog, serve,
};
use tokio::sync::oneshot;

/// How long a command may be silent before a test gives up.
const LIMIT: std::time::Duration = std::time::Duration::from_secs(60);

/// The texts' passwords: `abc` and the number. User 12 has none.
struct Known;

impl Subscribers for Known {
    fn login(&self, user: &str, _: &str) -> Result<Login, NoPassword> {
        match user {
            "10" | "11" => Ok(Password::plain(&format!("abc{user}"))?.into()),
            _ => Err(NoPassword::NoUser),
        }
    }
}

/// An observer that does nothing.
struct Unobserved;

impl Observer for Unobserved {
    fn message(&mut self, _: Direction, _: &Flow, _: std::time::SystemTime, _: &[u8]) {}
    fn note(&mut self, _: std::time::SystemTime, _: SocketAddr, _: std::fmt::Arguments<'_>) {}
}

/// A server on a port of its own; stopped when dropped.
pub struct Server {
    pub address: SocketAddr,
    pub location: Location,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Whether the registrar looks at To, as it does from chapter 4 on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum To {
    Checked,
    Unchecked,
}

impl Server {
    pub fn start(to: To) -> Self {
        let location = Location::new(sip_location::Settings::default(), None);
        let theirs = location.clone();
        let (sender, receiver) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(async {
                let any = SocketAddr::from(([127, 0, 0, 1], 0));
                let mut entropy = SystemEntropy::default();
                let (clock, limits) = (Clock::system(), TransportLimits::default());
                let mut sockets = Sockets::bind(&[any], clock, &mut entropy, limits).unwrap();
                let listeners = sockets.listeners().to_vec();
                sender.send(listeners[0]).unwrap();
                let myself = Myself::new(listeners, Vec::new(), Secret(*b"a key of a test!"));
                let nonces = KeyedNonces::new(NonceKey::new(*b"a key of a test!"), 1);
                let auth = Auth::new(sip_auth::Settings::default(), nonces, Known);
                let settings = Settings {
                    myself,
                    clock,
                    entropy: Box::new(entropy),
                    observer: Box::new(Unobserved),
                    timers: Timers::default(),
                    limits: Limits::default(),
                    private_targets: PrivateTargets::default(),
                    stats: Arc::new(Stats::default()),
                    on_reply: OnReply::default(),
                };
                let script = async |request: &mut Request| route(&auth, &theirs, to, request).await;
                let stopped = async { drop(stopped.await) };
                serve(&mut sockets, &script, settings, stopped).await;
            });
        });
        Self {
            address: receiver.recv().unwrap(),
            location,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// Where a user is registered.
    pub fn contacts(&self, user: &str) -> Vec<String> {
        let bindings = self.location.bindings(user, std::time::SystemTime::now());
        bindings
            .into_iter()
            .map(|binding| binding.contact)
            .collect()
    }

    /// Runs the command to its end.
    pub fn phone(&self, words: &[&str]) -> Ended {
        self.command(words)
            .stdin(Stdio::null())
            .output()
            .unwrap()
            .into()
    }

    /// Starts the command, and reads what it prints until a line begins so.
    pub fn start_phone(&self, words: &[&str], until: &str) -> Running {
        let mut command = self.command(words);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut running = Running::new(command.spawn().unwrap());
        running.read_until(until);
        running
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_phone"));
        command.args(["--server", &self.address.to_string()]);
        if !words.contains(&"--timeout") {
            command.args(["--timeout", "10"]);
        }
        command.args(words);
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The script of chapter 6, shortened.
async fn route(
    auth: &Auth,
    location: &Location,
    to: To,
    request: &mut Request,
) -> Result<Action, Reply> {
    if request.loose_route() {
        return Ok(relay_in_dialog());
    }
    match request.method() {
        Method::Register => {
            let user = auth.www_authorize(request)?;
            if to == To::Checked && !check_to(request, &user) {
                return Err(auth.www_challenge(request));
            }
            location.save(request).await.map(Action::Reply)
        }
        Method::Ack => Ok(Action::Drop),
        _ if !request.has_user() => Ok(Reply::of(200).with("Allow", "INVITE, BYE").into()),
        _ => {
            let caller = auth.proxy_authorize(request)?;
            if !check_from(request, &caller) {
                return Err(Reply::new(403, "Use From=ID"));
            }
            auth.consume_credentials(request);
            request.record_route();
            let targets = location
                .lookup(request)
                .ok_or(Reply::new(404, "User Not Found"))?;
            Ok(relay(targets))
        }
    }
}

/// A command that has ended.
#[derive(Debug)]
pub struct Ended {
    pub out: String,
    pub errors: String,
    pub code: Option<i32>,
}

impl From<std::process::Output> for Ended {
    fn from(output: std::process::Output) -> Self {
        Self {
            out: String::from_utf8(output.stdout).unwrap(),
            errors: String::from_utf8(output.stderr).unwrap(),
            code: output.status.code(),
        }
    }
}

/// A command that runs. Killed when dropped.
pub struct Running {
    child: Child,
    lines: mpsc::Receiver<String>,
    read: String,
}

impl Running {
    pub fn new(mut child: Child) -> Self {
        let out = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        // It ends with the command's output.
        std::thread::spawn(move || {
            out.lines()
                .map_while(Result::ok)
                .try_for_each(|l| sender.send(l))
        });
        let read = String::new();
        Self { child, lines, read }
    }

    /// Reads what it prints until a line has this in it.
    pub fn read_until(&mut self, wanted: &str) {
        while !self.read_line().contains(wanted) {}
    }

    fn read_line(&mut self) -> String {
        let line = self.lines.recv_timeout(LIMIT);
        let line = line.unwrap_or_else(|e| panic!("{e} after:\n{}", self.read));
        self.read.push_str(&line);
        self.read.push('\n');
        line
    }

    /// Presses Ctrl-C.
    pub fn interrupt(&self) {
        let pid = self.child.id().to_string();
        let killed = Command::new("sh")
            .args(["-c", &format!("kill -INT {pid}")])
            .status();
        assert!(killed.unwrap().success());
    }

    /// Waits for its end.
    pub fn end(mut self) -> Ended {
        loop {
            match self.lines.recv_timeout(LIMIT) {
                Ok(line) => self.read += &format!("{line}\n"),
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(e) => panic!("{e} after:\n{}", self.read),
            }
        }
        let mut errors = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut errors)
            .unwrap();
        let code = self.child.wait().unwrap().code();
        Ended {
            out: std::mem::take(&mut self.read),
            errors,
            code,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
