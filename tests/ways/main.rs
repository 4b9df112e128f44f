//! Where packets go: an answer to the port where a phone listens, a call from the address where the
//! phone registered.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on panics"
)]

use std::net::{SocketAddr, UdpSocket};
use std::path::Path;

use whole_system::step::{STEP_01, STEP_02, STEP_07, STEPS, Server};
use whole_system::wire::{PATIENCE, Phone};
use whole_system::{address, text};

/// The next message at a socket.
fn received(socket: &UdpSocket) -> String {
    let mut buffer = [0; 4096];
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let length = socket.recv(&mut buffer).expect("a message");
    String::from_utf8_lossy(&buffer[..length]).into_owned()
}

#[test]
fn a_phone_without_rport_is_answered_where_it_listens() {
    for &step in STEPS {
        let files = whole_system::directory();
        let server = Server::start(step, files.path());
        let (sends, listens) = (address::socket(10), address::socket(10));
        let via = format!("Via: SIP/2.0/UDP {}", listens.local_addr().unwrap());
        let phone = Phone::new("10", 11, server.address());
        for (method, user) in [("OPTIONS", ""), ("REGISTER", "10@"), ("INVITE", "11@")] {
            let uri = format!("sip:{user}{}", server.address());
            let request = phone.request(method, &uri, "");
            let old = request
                .lines()
                .find(|line| line.starts_with("Via: "))
                .unwrap();
            let branch = old.split(';').nth(1).unwrap();
            let request = request.replace(old, &format!("{via};{branch}"));
            sends.send_to(request.as_bytes(), server.address()).unwrap();
            let answer = received(&listens);
            assert!(text::status(&answer).is_some(), "{}: {answer}", step.name);
            let cseq = text::header(&answer, "CSeq");
            assert_eq!(cseq, Some(&*format!("1 {method}")), "{}", step.name);
        }
        sends.set_nonblocking(true).unwrap();
        assert!(
            sends.recv(&mut [0; 9]).is_err(),
            "{}: sent twice",
            step.name
        );
        assert!(server.stop().success());
    }
}

/// The phone is called through `caller`'s address of the server, and sees it at its own.
fn rings_from(phone: &Phone, registered_at: SocketAddr, caller: &Phone) {
    std::thread::scope(|scope| {
        let call = scope.spawn(|| caller.invite("11"));
        let mut seen = Vec::new();
        while seen.last().map(String::as_str) != Some("ACK") {
            let (message, from) = phone.receive_from(PATIENCE).expect("a request");
            let method = text::method(&message).expect("a request").to_owned();
            assert_eq!(from, registered_at, "{message}");
            let via = text::header(&message, "Via").unwrap();
            assert!(
                via.starts_with(&format!("SIP/2.0/UDP {registered_at};")),
                "{via}"
            );
            if method == "INVITE" {
                let route = text::header(&message, "Record-Route").unwrap();
                assert!(
                    route.starts_with(&format!("<sip:{registered_at};")),
                    "{route}"
                );
                phone.answer_to_via(&message, "486 Busy Here");
            }
            seen.push(method);
        }
        assert_eq!(text::status(&call.join().unwrap()), Some(486));
    });
}

/// Phones register at each of `reached`, at a server that listens at `listened`, and are called
/// through all of them, before and after a restart.
fn each_is_called_from_where_it_registered(listened: &[SocketAddr], reached: &[SocketAddr]) {
    for step in [STEP_01, STEP_02, STEP_07] {
        for &registered_at in reached {
            let files = whole_system::directory();
            let start = |files: &Path| Server::start_at_all(step, files, listened);
            let mut server = start(files.path());
            let mut phone = server.phone("11", 11);
            phone.turn_to(registered_at);
            phone.register(3600);
            for round in 0..2 {
                for &called_at in reached {
                    let mut caller = server.phone("10", 10);
                    caller.turn_to(called_at);
                    rings_from(&phone, registered_at, &caller);
                }
                if round == 0 && step.keeps_bindings {
                    assert!(server.stop().success());
                    server = start(files.path());
                } else {
                    break;
                }
            }
            assert!(server.stop().success());
        }
    }
}

#[test]
fn a_phone_is_called_from_the_port_it_registered_at() {
    let listeners = [address::free(1), address::free(1)];
    each_is_called_from_where_it_registered(&listeners, &listeners);
}

#[test]
fn a_phone_is_called_from_the_address_it_registered_at() {
    let listeners = [address::free(1), address::free(2)];
    each_is_called_from_where_it_registered(&listeners, &listeners);
}

#[test]
fn under_a_wildcard_a_phone_is_called_from_the_address_it_registered_at() {
    let port = address::free(3).port();
    let any = SocketAddr::from(([0, 0, 0, 0], port));
    let reached = [2, 3].map(|host| SocketAddr::new(address::loopback(host), port));
    each_is_called_from_where_it_registered(&[any], &reached);
}
