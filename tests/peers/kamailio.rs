//! One database file, two servers: a real Kamailio serves the phones of chapter 2, and the
//! other way round.

use std::path::Path;

use whole_system::kamailio::{Kamailio, Storage};
use whole_system::step::{self, STEP_02, Server};
use whole_system::wire::Phone;
use whole_system::{address, text};

#[test]
#[ignore = "needs Kamailio (Debian: kamailio, kamailio-sqlite-modules), .ci/run installs it"]
fn kamailio_asks_the_database_of_a_running_step_02_and_its_phone_rings() {
    let files = whole_system::directory();
    let server = Server::start(STEP_02, files.path());
    let phone = registered("1000", &server);

    let storage = Storage::DatabaseOnly(step::database(files.path()));
    let kamailio = kamailio(&storage, files.path());
    rings(&phone, "1000", &kamailio);

    kamailio.stop();
    assert!(server.stop().success());
}

#[test]
#[ignore = "needs Kamailio (Debian: kamailio, kamailio-sqlite-modules), .ci/run installs it"]
fn kamailio_takes_over_from_step_02_and_its_phone_rings() {
    let files = whole_system::directory();
    let server = Server::start(STEP_02, files.path());
    let phone = registered("1000", &server);
    assert!(server.stop().success());

    let storage = Storage::WriteThrough(step::database(files.path()));
    let kamailio = kamailio(&storage, files.path());
    rings(&phone, "1000", &kamailio);
    kamailio.stop();
}

#[test]
#[ignore = "needs Kamailio (Debian: kamailio, kamailio-sqlite-modules), .ci/run installs it"]
fn step_02_takes_over_from_kamailio_and_its_phone_rings() {
    let files = whole_system::directory();
    // Step 02 makes the file, Kamailio writes into it.
    assert!(Server::start(STEP_02, files.path()).stop().success());
    let storage = Storage::WriteThrough(step::database(files.path()));
    let kamailio = kamailio(&storage, files.path());
    let mut phone = Phone::new("1001", 15, kamailio.address());
    phone.register(600);
    kamailio.stop();

    let server = Server::start(STEP_02, files.path());
    phone.turn_to(server.address());
    assert_eq!(phone.bindings(), [phone.contact()], "{}", server.log());
    let caller = Phone::new("1002", 16, server.address());
    calls(&caller, &phone, "1001");
    assert!(server.stop().success());
}

fn registered(user: &str, server: &Server) -> Phone {
    let mut phone = Phone::new(user, 15, server.address());
    phone.register(600);
    phone
}

fn kamailio(storage: &Storage, files: &Path) -> Kamailio {
    Kamailio::start(address::free(17), storage, 1, files)
}

/// A call placed at Kamailio rings at the phone, and its answer comes back.
fn rings(phone: &Phone, user: &str, kamailio: &Kamailio) {
    let caller = Phone::new("2000", 16, kamailio.address());
    calls(&caller, phone, user);
    assert!(!kamailio.log().contains("ERROR"), "{}", kamailio.log());
}

fn calls(caller: &Phone, phone: &Phone, user: &str) {
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let invite = phone.receive_request();
            assert_eq!(text::request_uri(&invite), Some(phone.contact().as_str()));
            phone.answer_to_via(&invite, "200 OK");
        });
        let answer = caller.invite(user);
        assert_eq!(text::status(&answer), Some(200), "{answer}");
    });
}
