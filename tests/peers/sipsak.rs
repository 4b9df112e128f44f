//! sipsak's usrloc mode and its ping pass at each chapter.

use whole_system::process::output;
use whole_system::step::{PASSWORD, STEPS, Server, Step};

#[test]
#[ignore = "needs sipsak (Debian: sipsak), .ci/run installs it"]
fn the_usrloc_mode_registers_and_unregisters_users() {
    for &step in STEPS {
        let files = whole_system::directory();
        let server = Server::start(step, files.path());
        for user in ["anna", "bert", "carl"] {
            let address = format!("sip:{user}@{}", server.address());
            let mut query = server.phone(user, 14);

            passes(&["-U", "-i", "-x", "60", "-s", &address], step);
            assert_eq!(query.bindings().len(), 1, "{} keeps {user}", step.name);

            let unregister = ["-U", "-i", "-C", "*", "-x", "0", "-s", &address];
            passes(&unregister, step);
            assert!(query.bindings().is_empty(), "{} forgets {user}", step.name);
        }
        assert!(server.stop().success());
    }
}

#[test]
#[ignore = "needs sipsak (Debian: sipsak), .ci/run installs it"]
fn a_ping_of_the_server_is_answered() {
    for &step in STEPS {
        let files = whole_system::directory();
        let server = Server::start(step, files.path());
        let address = format!("sip:{}", server.address());
        passes(&["-s", &address], step);
    }
}

fn passes(arguments: &[&str], step: Step) {
    // It gives up by itself, and says why.
    let output = output("sipsak", &[&["-v", "-a", PASSWORD], arguments].concat());
    assert!(output.status.success(), "{}: {output:?}", step.name);
}
