//! Whom `sipctl` adds, the chapters that ask let in: at once, with the right password only.

use std::path::Path;
use std::process::Command;

use whole_system::process::output;
use whole_system::step::{STEP_07, STEPS, Server, program};

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
