//! A thousand calls of SIPp's own scenarios go through each chapter's proxy.

use std::time::Duration;

use whole_system::address;
use whole_system::sipp::Sipp;
use whole_system::step::{Asks, STEPS, Server, Step};

const LIMIT: Duration = Duration::from_secs(60);

#[test]
#[ignore = "needs SIPp (Debian: sip-tester), .ci/run installs it"]
fn a_thousand_calls_at_a_hundred_a_second_complete_and_nothing_is_sent_twice() {
    // SIPp's own caller knows no password.
    for &step in STEPS.iter().filter(|step| step.asks != Asks::Calling) {
        a_thousand_calls(step);
    }
}

fn a_thousand_calls(step: Step) {
    println!("{}", step.name);
    let files = whole_system::directory();
    let server = Server::start(step, files.path());
    let (caller, callee) = (address::free(12), address::free(13));
    // SIPp's own scenario answers calls but does not register.
    server
        .phone("service", 13)
        .register_at(&format!("sip:service@{callee}"));

    let answering = ["-sn", "uas", "-m", "1000"];
    let mut uas = Sipp::start("uas", callee, &answering, files.path());
    let proxy = server.address().to_string();
    let calling = [
        "-sn", "uac", "-s", "service", "-r", "100", "-m", "1000", &proxy,
    ];
    let mut uac = Sipp::start("uac", caller, &calling, files.path());

    for (name, sipp) in [("uac", &mut uac), ("uas", &mut uas)] {
        let status = sipp.wait(LIMIT);
        assert!(status.success(), "{name}: {status}\n{}", sipp.log());
        let counted = sipp.statistics();
        assert_eq!(counted.total("SuccessfulCall"), 1_000, "{name}");
        assert_eq!(sipp.complaints(), "", "{name}");
        for nothing in [
            "FailedCall",
            "FailedUnexpectedMessage",
            "OutOfCallMsgs",
            "DeadCallMsgs",
            "Retransmissions",
            "Warnings",
            "FatalErrors",
        ] {
            assert_eq!(
                counted.total(nothing),
                0,
                "{name}: {nothing}\n{}",
                sipp.log()
            );
        }
    }
    assert!(server.stop().success());
}
