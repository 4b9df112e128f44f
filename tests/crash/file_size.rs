//! A database that cannot grow: the write fails, and the server goes on.

use whole_system::step::{STEPS, Server};
use whole_system::{text, wire};

#[test]
fn a_file_at_its_limit_refuses_a_registration_and_the_server_goes_on() {
    for &step in STEPS.iter().filter(|step| step.keeps_bindings) {
        let files = whole_system::directory();
        // In blocks of 512 bytes, in some shells of 1024: room for the tables and some registrations.
        let server = Server::start_limited(step, files.path(), "-f 1000");
        let mut phone = server.phone("11", 11);
        let contact = format!("Contact: <{}>\r\n", phone.contact());
        let refusal = (0..1000)
            .map(|_| {
                let request = phone.registration(&contact);
                phone.transact(&request)
            })
            .find(|answer| text::status(answer) != Some(200))
            .expect("a limit");
        assert_eq!(text::status(&refusal), Some(500), "{refusal}");
        assert!(wire::answers(server.address()), "{}", step.name);
        assert!(server.stop().success(), "{}", step.name);
    }
}
