//! A thousand calls of SIPp go through each chapter's proxy: by its own scenarios, and by two of
//! ours where the caller is asked for a password.

use std::time::Duration;

use whole_system::address;
use whole_system::sipp::Sipp;
use whole_system::step::{Asks, PASSWORD, STEPS, Server, Step};

const CALLER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/sipp/caller.xml");
const CALLEE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/sipp/callee.xml");

const LIMIT: Duration = Duration::from_secs(60);

#[test]
#[ignore = "needs SIPp (Debian: sip-tester), .ci/run installs it"]
fn a_thousand_calls_at_a_hundred_a_second_complete_and_nothing_is_sent_twice() {
    // SIPp's own caller knows no password.
    for &step in STEPS.iter().filter(|step| step.asks != Asks::Calling) {
        a_thousand_calls(step, &["-sn", "uac"], &["-sn", "uas"]);
    }
}

#[test]
#[ignore = "needs SIPp (Debian: sip-tester), .ci/run installs it"]
fn a_thousand_calls_of_a_caller_with_a_password_complete_and_nothing_is_sent_twice() {
    for &step in STEPS.iter().filter(|step| step.asks == Asks::Calling) {
        let caller = ["-sf", CALLER, "-au", "caller", "-ap", PASSWORD];
        a_thousand_calls(step, &caller, &["-sf", CALLEE]);
    }
}

fn a_thousand_calls(step: Step, caller: &[&str], callee: &[&str]) {
    println!("{}", step.name);
    let files = whole_system::directory();
    let server = Server::start(step, files.path());
    server.add_user("caller");
    let (calling, called) = (address::free(12), address::free(13));
    // No scenario of SIPp's own registers.
    let contact = format!("sip:service@{called}");
    server.phone("service", 13).register_at(&contact);

    let answer = [callee, &["-m", "1000"]].concat();
    let mut uas = Sipp::start("uas", called, &answer, files.path());
    let proxy = server.address().to_string();
    // What SIPp hashes as the URI if it is not told: the server's, without the user.
    let uri = format!("service@{proxy}");
    let calls = [
        "-s",
        "service",
        "-auth_uri",
        &uri,
        "-r",
        "100",
        "-m",
        "1000",
        &proxy,
    ];
    let call = [caller, &calls].concat();
    let mut uac = Sipp::start("uac", calling, &call, files.path());
    for (name, sipp) in [("uac", &mut uac), ("uas", &mut uas)] {
        is_content(name, sipp);
    }
    assert!(server.stop().success());
}

/// Every call succeeded, and nothing came that should not, or twice.
fn is_content(name: &str, sipp: &mut Sipp) {
    let status = sipp.wait(LIMIT);
    assert!(status.success(), "{name}: {status}\n{}", sipp.log());
    assert_eq!(sipp.complaints(), "", "{name}");
    let counted = sipp.statistics();
    assert_eq!(counted.total("SuccessfulCall"), 1_000, "{name}");
    for nothing in [
        "FailedCall",
        "FailedUnexpectedMessage",
        "OutOfCallMsgs",
        "DeadCallMsgs",
        "Retransmissions",
        "Warnings",
        "FatalErrors",
    ] {
        let total = counted.total(nothing);
        assert_eq!(total, 0, "{name}: {nothing}\n{}", sipp.log());
    }
}
