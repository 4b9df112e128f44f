//! A server told to stop says so and stops, whatever is under way.

use std::net::TcpStream;

use whole_system::step::{STEPS, Server};
use whole_system::wire::Phone;

#[test]
fn sigterm_ends_a_server_with_code_0() {
    for &step in STEPS {
        let files = whole_system::directory();
        let server = Server::start(step, files.path());
        let status = server.stop();
        assert_eq!(status.code(), Some(0), "{}", step.name);
    }
}

#[test]
fn sigterm_ends_a_server_that_holds_connections_and_an_unanswered_call() {
    for &step in STEPS {
        let files = whole_system::directory();
        let server = Server::start(step, files.path());
        let _idle: Vec<_> = (0..10)
            .map(|_| TcpStream::connect(server.address()))
            .collect();
        let mut callee = Phone::new("11", 11, server.address());
        callee.register(600);
        let caller = Phone::new("10", 10, server.address());
        let uri = format!("sip:11@{}", server.address());
        let contact = format!("Contact: <{}>\r\n", caller.contact());
        caller.send(&caller.request("INVITE", &uri, &contact));
        callee.receive_request();
        let status = server.stop();
        assert_eq!(status.code(), Some(0), "{}", step.name);
    }
}
