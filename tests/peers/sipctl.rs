//! Whom `sipctl` adds, the chapters that ask let in: at once, with the right password only.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use whole_system::process::{family, output};
use whole_system::step::{STEP_07, STEPS, Server, database, program};

/// How long a prompt may take.
const LIMIT: Duration = Duration::from_secs(10);

#[test]
#[ignore = "needs sipsak (Debian: sipsak), .ci/run installs it"]
fn a_user_that_was_added_registers_with_the_right_password_only() {
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
#[ignore = "builds a chapter, .ci/run tries it with the real peers"]
fn an_address_counts_after_a_reload() {
    let files = whole_system::directory();
    let directory = files.path();
    let server = Server::start(STEP_07, directory);
    let carrier = ["address", "add", "200", "127.0.0.102", "32", "0", "Carrier"];
    sipctl(directory, &carrier, &[]);
    let told = sipctl(directory, &["address", "reload"], &[]);
    assert_eq!(told, "the server has read the addresses again: 1 row\n");
    assert!(server.stop().success());
}

#[test]
#[ignore = "needs script (Debian: bsdutils, always there), .ci/run tries it"]
fn a_password_typed_at_a_terminal_is_not_shown() {
    let files = whole_system::directory();
    sipctl(files.path(), &["db", "create"], &[]);
    let add = format!("{} add 1000 - --domain d", program("sipctl").display());
    let mut terminal = Command::new("script")
        .args(["--quiet", "--return", "--command", &add, "/dev/null"])
        .current_dir(files.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("script starts");
    let mut keys = terminal.stdin.take().expect("piped");
    let mut screen = terminal.stdout.take().expect("piped");
    let mut shown = String::new();
    for prompt in ["Password: ", "Once more: "] {
        while !shown.ends_with(prompt) {
            let mut byte = [0];
            let seen = screen.read(&mut byte).expect("a pipe can be read");
            assert_ne!(seen, 0, "no prompt {prompt}: {shown}");
            shown.push(byte[0].into());
        }
        wait_for_no_echo(terminal.id());
        keys.write_all(b"secret\n").expect("script reads");
    }
    screen.read_to_string(&mut shown).expect("words");
    assert!(terminal.wait().expect("our own child").success(), "{shown}");
    let lines: Vec<_> = shown.lines().map(str::trim_end).collect();
    let kept = "added 1000@d: HA1 and HA1b are kept, as the domain is known; the password is not";
    assert_eq!(lines, ["Password:", "Once more:", kept]);
    let ha1: String = Connection::open(database(files.path()))
        .and_then(|file| file.query_one("SELECT ha1 FROM subscriber", [], |row| row.get(0)))
        .expect("one user");
    assert_eq!(
        ha1, "1f4f4909495672932541401b8ec429cf",
        "MD5 of 1000:d:secret"
    );
}

/// Waits until the terminal of what `script` runs shows no key: that begins just after the prompt.
fn wait_for_no_echo(script: u32) {
    let asking = family(script).pop().unwrap_or(script);
    let terminal = format!("/proc/{asking}/fd/0");
    let began = Instant::now();
    loop {
        let modes = output("stty", &["-F", &terminal, "-a"]).stdout;
        if String::from_utf8_lossy(&modes).contains(" -echo ") {
            return;
        }
        assert!(began.elapsed() < LIMIT, "what is typed is shown");
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
    // Without -u its username is `1000@`, which only a server that has the password can hash.
    let words = ["-U", "-x", "60", "-u", "1000", "-a", password, "-s", &uri];
    output("sipsak", &words).status.success()
}
