//! The failure that chapter 2 fixes: the server restarts, and the phones do not know.

use std::path::Path;

use whole_system::step::{STEPS, Server, Step};
use whole_system::text;
use whole_system::wire::Phone;

#[test]
fn a_call_right_after_a_restart_rings_where_bindings_are_kept() {
    for &step in STEPS.iter().filter(|step| step.keeps_bindings) {
        let files = whole_system::directory();
        let (phone, caller, server) = after_a_restart(step, files.path());
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let invite = phone.receive_request();
                phone.answer_to_via(&invite, "200 OK");
            });
            let answer = caller.invite("11");
            assert_eq!(text::status(&answer), Some(200), "{}: {answer}", step.name);
        });
        assert!(server.stop().success());
    }
}

#[test]
fn a_call_right_after_a_restart_finds_nobody_where_bindings_are_in_memory() {
    for &step in STEPS.iter().filter(|step| !step.keeps_bindings) {
        let files = whole_system::directory();
        let (_phone, caller, server) = after_a_restart(step, files.path());
        let answer = caller.invite("11");
        assert_eq!(text::status(&answer), Some(404), "{}: {answer}", step.name);
        assert!(server.stop().success());
    }
}

/// What PJSIP sends after it lost its TCP connection: its new contact, then the old one with
/// `expires=0`, both with the same instance and `reg-id` (RFC 5626 §6).
#[test]
fn a_phone_that_moved_is_registered_at_its_new_contact_also_after_a_restart() {
    for &step in STEPS {
        let files = whole_system::directory();
        let server = Server::start(step, files.path());
        let mut phone = server.phone("11", 11);
        let contact = |line: &str, expires| {
            let flow = "reg-id=1;+sip.instance=\"<urn:uuid:00000000-0000-4000-8000-0000000000a1>\"";
            let uri = format!("sip:11@127.0.0.11:40777;line={line};ob");
            format!("Contact: <{uri}>;{flow};expires={expires}\r\n")
        };
        let moves = [
            contact("old", 300),
            contact("new", 300) + &contact("old", 0),
        ];
        for contacts in moves {
            let register = phone.registration(&contacts);
            let answer = phone.transact(&register);
            assert_eq!(text::status(&answer), Some(200), "{}: {answer}", step.name);
        }
        let moved = ["sip:11@127.0.0.11:40777;line=new;ob"];
        assert_eq!(phone.bindings(), moved, "{}", step.name);
        let address = server.address();
        assert!(server.stop().success(), "{}", step.name);
        if step.keeps_bindings {
            let server = Server::start_at(step, files.path(), address);
            assert_eq!(phone.bindings(), moved, "{} started again", step.name);
            assert!(server.stop().success(), "{}", step.name);
        }
    }
}

/// Registers phone 11, then stops the server and starts it again at the same address.
fn after_a_restart(step: Step, files: &Path) -> (Phone, Phone, Server) {
    let server = Server::start(step, files);
    let address = server.address();
    let mut phone = server.phone("11", 11);
    phone.register(3600);
    assert!(server.stop().success(), "{}", step.name);
    let server = Server::start_at(step, files, address);
    let caller = server.phone("10", 10);
    (phone, caller, server)
}
