//! SIPp places a thousand calls through each chapter's proxy: with its own scenarios, and with ours
//! where the caller needs a password or is a carrier.

use std::path::Path;
use std::time::Duration;

use whole_system::address;
use whole_system::sipp::Sipp;
use whole_system::standstill::Standstill;
use whole_system::step::{Asks, PASSWORD, STEP_07, STEPS, Server, Step, database};

const CALLER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/sipp/caller.xml");
const CALLEE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/sipp/callee.xml");

const CARRIER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/sipp/carrier.xml");
const STRANGER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/sipp/stranger.xml");
const REGISTRANT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/sipp/registrant.xml");

const LIMIT: Duration = Duration::from_secs(60);

/// After such a pause of the whole machine SIPp may have sent again, which it does after 500 ms.
const PAUSE: Duration = Duration::from_millis(200);

/// How often something is tried on a machine that pauses.
const TRIES: usize = 3;

#[test]
#[ignore = "needs SIPp (Debian: sip-tester), .ci/run installs it"]
fn a_thousand_calls_at_a_hundred_a_second_complete_and_nothing_is_sent_twice() {
    // SIPp's own caller has no password.
    for &step in STEPS.iter().filter(|step| step.asks != Asks::Calling) {
        unless_the_machine_paused(step, |files| {
            a_thousand_calls(step, files, &["-sn", "uac"], &["-sn", "uas"])
        });
    }
}

#[test]
#[ignore = "needs SIPp (Debian: sip-tester), .ci/run installs it"]
fn a_thousand_calls_of_a_caller_with_a_password_complete_and_nothing_is_sent_twice() {
    for &step in STEPS.iter().filter(|step| step.asks == Asks::Calling) {
        let caller = ["-sf", CALLER, "-au", "caller", "-ap", PASSWORD];
        unless_the_machine_paused(step, |files| {
            a_thousand_calls(step, files, &caller, &["-sf", CALLEE])
        });
    }
}

#[test]
#[ignore = "needs SIPp (Debian: sip-tester), .ci/run installs it"]
fn two_thousand_registrations_with_a_password_complete_and_nothing_is_sent_twice() {
    for &step in STEPS.iter().filter(|step| step.asks != Asks::Nobody) {
        unless_the_machine_paused(step, |files| {
            let server = Server::start(step, files);
            server.add_user("caller");
            let proxy = server.address().to_string();
            let register = ["-sf", REGISTRANT, "-au", "caller", "-ap", PASSWORD];
            let register = [&register[..], &["-r", "400", "-m", "2000", &proxy]].concat();
            let mut phones = Sipp::start("phones", address::free(12), &register, files);
            let content = content("phones", &mut phones, 2_000);
            assert!(server.stop().success());
            content
        });
    }
}

#[test]
#[ignore = "needs SIPp (Debian: sip-tester), .ci/run installs it"]
fn a_domain_that_is_not_the_servers_address_needs_auth_uri() {
    let files = whole_system::directory();
    let flags = ["--domain", "example.com"];
    let server = Server::start_with(STEP_07, files.path(), address::free(1), &flags);
    server.add_user("caller");
    let scenario = std::fs::read_to_string(REGISTRANT).expect("the scenario");
    let scenario = scenario.replace("[remote_ip]:[remote_port]", "example.com");
    let path = files.path().join("named.xml");
    std::fs::write(&path, scenario).expect("a file can be written");
    let path = path.to_str().expect("a path of plain letters");
    let proxy = server.address().to_string();
    let register = ["-sf", path, "-au", "caller", "-ap", PASSWORD, "-m", "1"];
    let auth_uri = [&["-auth_uri", "example.com"][..], &[]];
    let registers = auth_uri.map(|flag| {
        let words = [&register[..], flag, &[&proxy]].concat();
        let mut phone = Sipp::start("phone", address::free(12), &words, files.path());
        phone.wait(LIMIT).success()
    });
    assert_eq!(registers, [true, false], "{}", server.log());
    assert!(server.stop().success());
}

#[test]
#[ignore = "needs SIPp (Debian: sip-tester), .ci/run installs it"]
fn a_carrier_calls_without_a_password_from_a_listed_address_and_from_no_other() {
    let Some(&step) = STEPS.iter().find(|step| step.name == "step-07") else {
        panic!("chapter 7 is among the chapters");
    };
    let files = whole_system::directory();
    // The server makes the table, and reads it at its next start.
    assert!(Server::start(step, files.path()).stop().success());
    let database = rusqlite::Connection::open(database(files.path())).expect("the server's file");
    let row = "INSERT INTO address (grp, ip_addr, mask, port) VALUES (200, '127.0.0.14', 32, 0)";
    database.execute(row, []).expect("the address table");
    let server = Server::start(step, files.path());
    server.add_user("service");
    let (carrier, called) = (address::free(14), address::free(13));
    server
        .phone("service", 13)
        .register_at(&format!("sip:service@{called}"));
    let mut uas = Sipp::start("uas", called, &["-sf", CALLEE, "-m", "200"], files.path());
    let proxy = server.address().to_string();
    let call = [
        "-sf", CARRIER, "-s", "service", "-r", "50", "-m", "200", &proxy,
    ];
    let mut uac = Sipp::start("uac", carrier, &call, files.path());
    assert_eq!(content("uac", &mut uac, 200), Ok(()));
    assert_eq!(content("uas", &mut uas, 200), Ok(()));

    let call = [&["-sf", STRANGER][..], &call[2..]].concat();
    let mut stranger = Sipp::start("stranger", address::free(15), &call, files.path());
    assert_eq!(content("stranger", &mut stranger, 200), Ok(()));
    assert!(server.stop().success());
}

/// Runs something with a chapter that a pause of the machine would spoil, and again if it failed
/// and there was such a pause.
fn unless_the_machine_paused(step: Step, run: impl Fn(&Path) -> Result<(), String>) {
    println!("{}", step.name);
    for _ in 0..TRIES {
        let files = whole_system::directory();
        let standstill = Standstill::watch(files.path());
        let outcome = run(files.path());
        let pause = standstill.longest();
        let Err(complaint) = outcome else {
            return;
        };
        assert!(pause >= PAUSE, "{complaint}");
        println!("again, because the machine paused for {pause:?}: {complaint}");
    }
    panic!("the machine paused in each of {TRIES} tries");
}

fn a_thousand_calls(
    step: Step,
    files: &Path,
    caller: &[&str],
    callee: &[&str],
) -> Result<(), String> {
    let server = Server::start(step, files);
    server.add_user("caller");
    let (calling, called) = (address::free(12), address::free(13));
    // SIPp's own scenarios do not register.
    let contact = format!("sip:service@{called}");
    server.phone("service", 13).register_at(&contact);

    let answer = [callee, &["-m", "1000"]].concat();
    let mut uas = Sipp::start("uas", called, &answer, files);
    let proxy = server.address().to_string();
    let calls = ["-s", "service", "-r", "100", "-m", "1000", &proxy];
    // Without it SIPp hashes the host alone, and the server refuses that for a user there.
    let uri = format!("service@{proxy}");
    let answers = ["-auth_uri", &uri];
    let call = [caller, &answers, &calls].concat();
    let mut uac = Sipp::start("uac", calling, &call, files);
    let content = content("uac", &mut uac, 1_000).and_then(|()| content("uas", &mut uas, 1_000));
    assert!(server.stop().success());
    content
}

/// Checks that every call succeeded, and that no message was unexpected or repeated. The error says
/// what was wrong.
fn content(name: &str, sipp: &mut Sipp, calls: u64) -> Result<(), String> {
    let status = sipp.wait(LIMIT);
    let (complaints, log) = (sipp.complaints(), sipp.log());
    if !status.success() || !complaints.is_empty() {
        return Err(format!("{name}: {status}\n{complaints}\n{log}"));
    }
    let counted = sipp.statistics();
    let expected = [
        ("SuccessfulCall", calls),
        ("FailedCall", 0),
        ("FailedUnexpectedMessage", 0),
        ("OutOfCallMsgs", 0),
        ("DeadCallMsgs", 0),
        ("Retransmissions", 0),
        ("Warnings", 0),
        ("FatalErrors", 0),
    ];
    for (what, count) in expected {
        let total = counted.total(what);
        if total != count {
            return Err(format!("{name}: {total} {what}\n{log}"));
        }
    }
    Ok(())
}
