//! A user that `sipctl` adds is let in at once, with the right password only, by every chapter that
//! asks for one.
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use whole_system::process::{family, output};
use whole_system::step::{STEP_07, STEPS, Server, database, program};
use whole_system::text;
use whole_system::wire::Phone;

/// How long an old password may still work while phones register all the time.
const REMEMBERED: Duration = Duration::from_millis(50);

/// How long a prompt may take, and how long a phone goes on after the test has failed.
const LIMIT: Duration = Duration::from_secs(10);

#[test]
#[ignore = "needs sipsak (Debian: sipsak), .ci/run installs it"]
fn an_added_user_registers_with_the_right_password_only() {
    let asking = STEPS.iter().filter(|step| step.password().is_some());
    let domains = [&["--domain", "127.0.0.1"][..], &[]];
    for (&step, domain) in asking.flat_map(|step| domains.map(|domain| (step, domain))) {
        let files = whole_system::directory();
        let directory = files.path();
        let server = Server::start(step, directory);
        assert!(!registers(&server, "secret"), "nobody was added");
        sipctl(directory, &["add", "1000", "secret"], domain);
        assert!(registers(&server, "secret"), "{} {domain:?}", step.name);
        assert!(!registers(&server, "wrong"), "{} {domain:?}", step.name);
        sipctl(directory, &["passwd", "1000", "other"], domain);
        assert!(registers(&server, "other"), "{} {domain:?}", step.name);
        assert!(!registers(&server, "secret"), "{} {domain:?}", step.name);
        sipctl(directory, &["rm", "1000"], domain);
        assert!(!registers(&server, "other"), "{} {domain:?}", step.name);
        assert!(server.stop().success());
    }
}

#[test]
#[ignore = "builds a chapter, .ci/run runs it with the real peers"]
fn a_changed_password_counts_while_other_phones_keep_registering() {
    let files = whole_system::directory();
    let directory = files.path();
    let server = Server::start(STEP_07, directory);
    for user in ["1000", "2000"] {
        sipctl(directory, &["add", user, "old"], &[]);
    }
    let phone = |user, password| {
        let phone = Phone::new(user, 12, server.address());
        phone.with_password(Some(password))
    };
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let (mut other, began) = (phone("2000", "old"), Instant::now());
            while !is_over.load(Ordering::Relaxed) && began.elapsed() < LIMIT {
                other.register(60);
            }
        });
        let mut old = phone("1000", "old");
        for _ in 0..100 {
            old.register(60);
        }
        sipctl(directory, &["passwd", "1000", "new"], &[]);
        std::thread::sleep(REMEMBERED);
        let registration = old.registration("");
        let answer = old.transact(&registration);
        assert_eq!(text::status(&answer), Some(401), "{answer}");
        let mut new = phone("1000", "new");
        for _ in 0..100 {
            new.register(60);
        }
        sipctl(directory, &["passwd", "1000", "newer"], &[]);
        phone("1000", "newer").register(60);
        is_over.store(true, Ordering::Relaxed);
    });
    assert!(server.stop().success());
}

#[test]
#[ignore = "builds a chapter, .ci/run runs it with the real peers"]
fn an_address_counts_after_a_reload() {
    let files = whole_system::directory();
    let directory = files.path();
    let server = Server::start(STEP_07, directory);
    let carrier = ["address", "add", "200", "127.0.0.102", "32", "0", "Carrier"];
    sipctl(directory, &carrier, &[]);
    let said = sipctl(directory, &["address", "reload"], &[]);
    assert_eq!(said, "the server has read the addresses again: 1 row\n");
    assert!(server.stop().success());
}

#[test]
#[ignore = "needs script (Debian: bsdutils, always there), .ci/run runs it"]
fn a_password_typed_at_a_terminal_is_not_shown() {
    let files = whole_system::directory();
    sipctl(files.path(), &["db", "create"], &[]);
    let add = format!("{} add 1000 - --domain d", program("sipctl").display());
    let mut terminal = Terminal::start(&add, files.path());
    for prompt in ["Password: ", "Once more: "] {
        terminal.asks(prompt);
        terminal.types("secret\n");
    }
    let shown = terminal.ends();
    let lines: Vec<_> = shown.lines().map(str::trim_end).collect();
    assert_eq!(lines[..3], ["Password:", "Once more:", "added 1000@d"]);
    assert!(!shown.contains("secret"), "{shown}");
    let ha1: String = Connection::open(database(files.path()))
        .and_then(|file| file.query_one("SELECT ha1 FROM subscriber", [], |row| row.get(0)))
        .expect("one user");
    assert_eq!(
        ha1, "1f4f4909495672932541401b8ec429cf",
        "MD5 of 1000:d:secret"
    );
}

#[test]
#[ignore = "needs script (Debian: bsdutils, always there), .ci/run runs it"]
fn a_terminal_echoes_again_after_ctrl_c_at_a_prompt() {
    let files = whole_system::directory();
    sipctl(files.path(), &["db", "create"], &[]);
    let add = format!("{} add 1000 - --domain d", program("sipctl").display());
    // A shell that survives Ctrl-C, as an interactive one does.
    let mut terminal = Terminal::start(&format!("trap : INT; {add}; stty -a"), files.path());
    terminal.asks("Password: ");
    terminal.types("\x03");
    let shown = terminal.ends();
    let (_, modes) = shown.split_once("speed ").expect("what stty says");
    for mode in ["echo", "icanon", "isig"] {
        let is_on = modes.split_whitespace().any(|it| it == mode);
        assert!(is_on, "{mode}: {shown}");
    }
}

/// A command at a terminal, which `script` provides.
struct Terminal {
    script: Child,
    keys: ChildStdin,
    screen: ChildStdout,
    shown: String,
}

impl Terminal {
    fn start(command: &str, directory: &Path) -> Self {
        let mut script = Command::new("script")
            .args(["--quiet", "--return", "--command", command, "/dev/null"])
            .current_dir(directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("script starts");
        Self {
            keys: script.stdin.take().expect("piped"),
            screen: script.stdout.take().expect("piped"),
            script,
            shown: String::new(),
        }
    }

    /// Waits for a prompt, and until the terminal no longer shows keys, which begins just after it.
    fn asks(&mut self, prompt: &str) {
        while !self.shown.ends_with(prompt) {
            let mut byte = [0];
            let seen = self.screen.read(&mut byte).expect("a pipe can be read");
            assert_ne!(seen, 0, "no prompt {prompt}: {}", self.shown);
            self.shown.push(byte[0].into());
        }
        let asking = family(self.script.id()).pop();
        let terminal = format!("/proc/{}/fd/0", asking.unwrap_or(self.script.id()));
        let began = Instant::now();
        loop {
            let modes = output("stty", &["-F", &terminal, "-a"]).stdout;
            if String::from_utf8_lossy(&modes).contains(" -echo ") {
                return;
            }
            assert!(began.elapsed() < LIMIT, "what is typed is shown");
        }
    }

    fn types(&mut self, keys: &str) {
        let typed = self.keys.write_all(keys.as_bytes());
        typed.expect("script reads");
    }

    /// Everything shown, after the command has succeeded.
    fn ends(mut self) -> String {
        let read = self.screen.read_to_string(&mut self.shown);
        read.expect("words");
        let ended = self.script.wait().expect("our own child");
        assert!(ended.success(), "{}", self.shown);
        self.shown
    }
}

fn sipctl(directory: &Path, words: &[&str], more: &[&str]) -> String {
    let output = Command::new(program("sipctl"))
        .current_dir(directory)
        .args(words)
        .args(more)
        .output()
        .unwrap_or_else(|error| panic!("sipctl does not start: {error}"));
    assert!(output.status.success(), "{words:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn registers(server: &Server, password: &str) -> bool {
    let uri = format!("sip:1000@{}", server.address());
    // Without -u the username is `1000@`, which only a server that has the password can hash.
    let words = ["-U", "-x", "60", "-u", "1000", "-a", password, "-s", &uri];
    output("sipsak", &words).status.success()
}
