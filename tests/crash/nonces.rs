//! A challenge survives a restart of the server: the key that proves it is in the database.
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::path::Path;

use whole_system::digest::{self, Credentials};
use whole_system::step::{Asks, PASSWORD, STEPS, Server, Step};
use whole_system::text;
use whole_system::wire::Phone;

#[test]
fn a_phone_is_not_asked_again_because_the_server_was_killed() {
    for &step in STEPS.iter().filter(|step| step.asks != Asks::Nobody) {
        let files = whole_system::directory();
        let server = Server::start(step, files.path());
        server.add_user("10");
        let mut phone = Phone::new("10", 10, server.address());
        let challenge = challenged(&mut phone);

        let server = killed_and_started(server, files.path());
        let answer = answered(&mut phone, &challenge, 1);
        assert_eq!(text::status(&answer), Some(200), "{}: {answer}", step.name);

        // Its next refresh uses the same challenge with the next count.
        let server = killed_and_started(server, files.path());
        let answer = answered(&mut phone, &challenge, 2);
        assert_eq!(text::status(&answer), Some(200), "{}: {answer}", step.name);
        assert_eq!(text::contacts(&answer), [phone.contact()]);

        // From then on the server remembers that count.
        let answer = answered(&mut phone, &challenge, 2);
        assert_eq!(text::status(&answer), Some(401), "{}: {answer}", step.name);
        let new = text::header(&answer, "WWW-Authenticate").unwrap_or_default();
        assert!(new.contains("stale=true"), "{answer}");
        let answer = answered(&mut phone, &answer, 1);
        assert_eq!(text::status(&answer), Some(200), "{}: {answer}", step.name);
        assert!(server.stop().success());
    }
}

#[test]
fn a_caller_is_not_asked_again_because_the_server_was_killed() {
    for &step in STEPS.iter().filter(|step| step.asks == Asks::Calling) {
        let files = whole_system::directory();
        let server = Server::start(step, files.path());
        let mut callee = server.phone("11", 11);
        callee.register(600);
        server.add_user("10");
        let caller = Phone::new("10", 10, server.address());
        let contact = format!("Contact: <{}>\r\n", caller.contact());
        let uri = format!("sip:11@{}", server.address());
        let invite = caller.request("INVITE", &uri, &contact);
        let challenge = caller.transact(&invite);

        let server = killed_and_started(server, files.path());
        let line = digest::answer(&invite, &challenge, TEN).expect("a challenge");
        caller.send(&text::again(&invite, &line, "afterwards"));
        let rings = callee.receive_request();
        assert_eq!(text::request_uri(&rings), Some(&*callee.contact()));
        drop(server);
    }
}

#[test]
fn a_challenge_of_another_server_is_not_accepted() {
    for &step in STEPS.iter().filter(|step| step.asks != Asks::Nobody) {
        let [files, others] = [whole_system::directory(), whole_system::directory()];
        let server = Server::start(step, files.path());
        let address = server.address();
        let mut phone = Phone::new("10", 10, address);
        let challenge = challenged(&mut phone);
        server.kill();

        let server = Server::start_at(step, others.path(), address);
        server.add_user("10");
        let answer = answered(&mut phone, &challenge, 1);
        assert_eq!(text::status(&answer), Some(401), "{}: {answer}", step.name);
        assert!(!answer.contains("stale=true"), "{answer}");
    }
}

const TEN: Credentials<'_> = Credentials {
    user: "10",
    password: PASSWORD,
};

fn killed_and_started(server: Server, files: &Path) -> Server {
    let (step, address): (Step, _) = (server.step(), server.address());
    server.kill();
    Server::start_at(step, files, address)
}

fn registration(phone: &mut Phone) -> String {
    let contact = phone.contact();
    phone.registration(&format!("Contact: <{contact}>\r\nExpires: 600\r\n"))
}

/// The 401 to a registration without an answer.
fn challenged(phone: &mut Phone) -> String {
    let request = registration(phone);
    let challenge = phone.transact(&request);
    assert_eq!(text::status(&challenge), Some(401), "{challenge}");
    challenge
}

/// The answer to a registration that answers a challenge for the `count`th time.
fn answered(phone: &mut Phone, challenge: &str, count: u32) -> String {
    let request = registration(phone);
    let line = digest::nth_answer(&request, challenge, TEN, count).expect("a challenge");
    phone.transact(&request.replace("Content-Length:", &format!("{line}Content-Length:")))
}
