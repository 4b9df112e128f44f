//! Datagrams with somebody else's address: they do not register anybody and do not harm anybody.
//! On loopback a socket can send from every address, so a forger here is a socket that sends and
//! never reads.
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::Connection;
use whole_system::address;
use whole_system::digest::{self, Credentials};
use whole_system::step::{Asks, PASSWORD, STEP_07, STEPS, Server, database};
use whole_system::text;
use whole_system::wire::{PATIENCE, Phone};

/// The attacker's own address, 127.0.0.66, and the one it forges.
const ATTACKER: u8 = 66;
const VICTIM: u8 = 10;

/// How many wrong answers for one user from one source are checked at once.
const BURST: usize = 20;

/// The line that answers a challenge to this request, in the header field that a registrar reads
/// or in the one that a proxy reads.
fn answer(request: &str, challenge: &str, header: &str, password: &str) -> String {
    let user = "10";
    let line = digest::answer(request, challenge, Credentials { user, password });
    let line = line.expect("a challenge");
    let (_, value) = line.split_once(": ").expect("a header line");
    format!("{header}: {value}")
}

fn registration(phone: &mut Phone) -> String {
    let contact = format!("Contact: <{}>\r\nExpires: 600\r\n", phone.contact());
    phone.registration(&contact)
}

fn invitation(phone: &Phone, server: &Server) -> String {
    let contact = format!("Contact: <{}>\r\n", phone.contact());
    phone.request("INVITE", &format!("sip:11@{}", server.address()), &contact)
}

/// The answer to a request that answers a challenge.
fn heard(phone: &Phone, request: &str, line: &str) -> (Option<u16>, bool) {
    static SERIAL: AtomicU64 = AtomicU64::new(1);
    let mark = format!("again{}", SERIAL.fetch_add(1, Ordering::Relaxed));
    let answer = phone.transact(&text::again(request, line, &mark));
    (text::status(&answer), answer.contains("stale=true"))
}

#[test]
fn an_answer_in_a_neighbours_name_does_not_lock_the_neighbour_out() {
    for &step in STEPS.iter().filter(|step| step.asks != Asks::Nobody) {
        let files = whole_system::directory();
        let server = Server::start(step, files.path());
        let mut attacker = Phone::new("10", ATTACKER, server.address());
        let request = registration(&mut attacker);
        let challenge = attacker.transact(&request);
        let forger = Phone::new("10", VICTIM, server.address());
        for number in 0..4 * BURST {
            let line = answer(&request, &challenge, "Authorization", "guess");
            let forged = text::again(&request, &line, &format!("forged{number}"));
            forger.send(&forged.replace("Call-ID: ", &format!("Call-ID: {number}")));
        }
        // When the server answers the next request, it has read all of these.
        assert!(whole_system::wire::answers(server.address()));
        server.phone("10", VICTIM).register(600);
        assert!(server.stop().success());
    }
}

#[test]
fn a_proxys_challenge_registers_nobody_and_a_registrars_places_no_call() {
    let files = whole_system::directory();
    let server = Server::start(STEP_07, files.path());
    server.add_user("10");
    let mut phone = Phone::new("10", VICTIM, server.address());
    let (register, invite) = (registration(&mut phone), invitation(&phone, &server));
    let of_registrar = phone.transact(&register);
    let of_proxy = phone.transact(&invite);

    let line = answer(&register, &of_proxy, "Authorization", PASSWORD);
    assert_eq!(heard(&phone, &register, &line), (Some(401), true));
    let line = answer(&invite, &of_registrar, "Proxy-Authorization", PASSWORD);
    assert_eq!(heard(&phone, &invite, &line), (Some(407), true));
    assert_eq!(server.phone("10", 12).bindings(), [""; 0]);

    let line = answer(&register, &of_registrar, "Authorization", PASSWORD);
    assert_eq!(heard(&phone, &register, &line).0, Some(200));
    assert!(server.stop().success());
}

#[test]
fn a_phone_whose_address_changed_is_asked_again_with_stale() {
    for &step in STEPS.iter().filter(|step| step.asks != Asks::Nobody) {
        let files = whole_system::directory();
        let server = Server::start(step, files.path());
        server.add_user("10");
        let mut before = Phone::new("10", VICTIM, server.address());
        let challenge = registration(&mut before);
        let challenge = before.transact(&challenge);
        let mut after = Phone::new("10", VICTIM + 1, server.address());
        let register = registration(&mut after);
        let line = answer(&register, &challenge, "Authorization", PASSWORD);
        assert_eq!(
            heard(&after, &register, &line),
            (Some(401), true),
            "{}",
            step.name
        );
        assert!(server.stop().success());
    }
}

/// With `--offices-only`, and a stolen password.
#[test]
fn a_forged_datagram_from_an_office_registers_nobody() {
    let files = whole_system::directory();
    let server = Server::start(STEP_07, files.path());
    server.add_users(["10", "11"]);
    assert!(server.stop().success());
    add_office(files.path(), VICTIM);
    let server = Server::start_with(STEP_07, files.path(), address::free(1), &["--offices-only"]);

    let mut attacker = Phone::new("10", ATTACKER, server.address());
    let register = registration(&mut attacker);
    assert_eq!(text::status(&attacker.transact(&register)), Some(403));
    // A proxy challenges everybody, so this request is answered.
    let invite = invitation(&attacker, &server);
    let challenge = attacker.transact(&invite);
    assert_eq!(text::status(&challenge), Some(407));
    let line = answer(&register, &challenge, "Authorization", PASSWORD);
    let forged = text::again(&register, &line, "forged");
    let office = Phone::new("10", VICTIM, server.address());
    office.send(&forged);
    let to_the_office = office.receive(PATIENCE).expect("an answer");
    assert_eq!(text::status(&to_the_office), Some(401), "{to_the_office}");

    // Not even from the office itself: the challenge was for another purpose.
    let invite = invitation(&office, &server);
    let challenge = office.transact(&invite);
    let line = answer(&register, &challenge, "Authorization", PASSWORD);
    assert_eq!(heard(&office, &register, &line).0, Some(401));
    let mut phone = server.phone("10", VICTIM);
    assert_eq!(phone.bindings(), [""; 0]);
    phone.register(600);
    assert!(server.stop().success());
}

/// Lets phones at 127.0.0.`host` register.
fn add_office(files: &Path, host: u8) {
    let table = Connection::open(database(files)).expect("the server has made it");
    let sql = "INSERT INTO address (grp, ip_addr, mask, port) VALUES (300, ?1, 32, 0)";
    let address = format!("127.0.0.{host}");
    table.execute(sql, [address]).expect("room for an address");
}
