//! A server that receives SIGTERM says so and stops, whatever is under way.

use std::net::TcpStream;

use whole_system::step::{STEPS, Server};

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
        let mut callee = server.phone("11", 11);
        callee.register(600);
        server.phone("10", 10).begin_call("11");
        callee.receive_request();
        let status = server.stop();
        assert_eq!(status.code(), Some(0), "{}", step.name);
    }
}
