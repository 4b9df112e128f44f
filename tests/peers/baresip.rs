//! Two real phones talk to each other through each chapter's server.

use whole_system::baresip::{Account, Baresip, Voice};
use whole_system::step::{STEPS, Server, Step};

/// baresip's words for a call that the other side ended with BYE.
const ENDED_BY_BYE: &str = "Connection reset by peer";

#[test]
#[ignore = "needs baresip (Debian: baresip-core), .ci/run installs it"]
fn two_phones_register_and_talk_over_udp_until_one_hangs_up() {
    for &step in STEPS {
        two_phones_talk(step, "udp");
    }
}

#[test]
#[ignore = "needs baresip (Debian: baresip-core), .ci/run installs it"]
fn two_phones_register_and_talk_over_tcp_until_one_hangs_up() {
    for &step in STEPS {
        two_phones_talk(step, "tcp");
    }
}

fn two_phones_talk(step: Step, transport: &str) {
    println!("{} over {transport}", step.name);
    let files = whole_system::directory();
    let server = Server::start(step, files.path());
    let phone = |user: &str, host, voice| {
        server.add_user(user);
        let account = Account {
            user,
            server: server.address(),
            password: step.password(),
            transport,
            registers: true,
        };
        let mut phone = Baresip::start(account, host, voice, files.path());
        phone.wait_registered();
        phone
    };
    let mut phone_10 = phone("10", 10, Voice::Sine);
    let mut phone_11 = phone("11", 11, Voice::Echo);

    phone_10.command("dial", &format!("sip:11@{}", server.address()));
    for phone in [&mut phone_10, &mut phone_11] {
        phone.wait_event("CALL_ESTABLISHED");
        // The other's voice is heard.
        phone.wait_event("CALL_RTPESTAB");
        assert!(!phone.saw("CALL_CLOSED"), "{}", phone.log());
    }

    phone_10.command("hangup", "");
    assert_eq!(phone_11.wait_event("CALL_CLOSED"), ENDED_BY_BYE);
    phone_10.wait_event("CALL_CLOSED");

    // And the other way round, hung up by the callee again.
    phone_10.forget_events();
    phone_11.forget_events();
    phone_11.command("dial", &format!("sip:10@{}", server.address()));
    phone_10.wait_event("CALL_ESTABLISHED");
    phone_11.wait_event("CALL_ESTABLISHED");
    phone_10.command("hangup", "");
    assert_eq!(phone_11.wait_event("CALL_CLOSED"), ENDED_BY_BYE);

    drop((phone_10, phone_11));
    assert!(server.stop().success());
}
