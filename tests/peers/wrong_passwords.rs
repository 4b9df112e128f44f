//! A real phone with a wrong password: it is refused, gives up, and disturbs nobody.

use std::path::Path;
use std::time::{Duration, Instant};

use whole_system::baresip::{Account, Baresip, Voice};
use whole_system::step::{Asks, PASSWORD, STEP_07, STEPS, Server, Step};

const WRONG: &str = "guess";

/// How many requests baresip 1.0.0 sends before it gives up for half a minute: the limit of its
/// library. Newer versions stop at the third.
const TRIES: usize = 16;

/// baresip's words for an incoming call, which it answers by itself.
const RINGS: &str = "answering call";

/// The host of several phones behind one address.
const NAT: u8 = 20;

/// How long a phone with the right password may take to start and register.
const SOON: Duration = Duration::from_secs(5);

#[test]
#[ignore = "needs baresip (Debian: baresip-core), .ci/run installs it"]
fn a_phone_with_a_wrong_password_is_not_registered_and_its_neighbours_talk_over_udp() {
    for &step in STEPS.iter().filter(|step| step.asks != Asks::Nobody) {
        registers_in_vain(step, "udp");
    }
}

#[test]
#[ignore = "needs baresip (Debian: baresip-core), .ci/run installs it"]
fn a_phone_with_a_wrong_password_is_not_registered_and_its_neighbours_talk_over_tcp() {
    for &step in STEPS.iter().filter(|step| step.asks != Asks::Nobody) {
        registers_in_vain(step, "tcp");
    }
}

/// Two phones with mistyped passwords and a third one behind one address: each of them sends
/// [`TRIES`] REGISTERs at once, and again every half minute.
#[test]
#[ignore = "needs baresip (Debian: baresip-core), .ci/run installs it"]
fn phones_with_wrong_passwords_shut_out_no_neighbour_at_their_address() {
    let files = whole_system::directory();
    let scene = Scene::new(STEP_07, "udp", files.path());
    let wrong = ["10", "11"].map(|user| {
        let mut phone = scene.phone(user, NAT, WRONG, true);
        phone.wait_not_registered("401 Unauthorized");
        phone
    });
    let began = Instant::now();
    let neighbour = scene.registered("12", NAT);
    let took = began.elapsed();
    assert!(took < SOON, "{took:?}");
    drop((wrong, neighbour));
    assert!(scene.server.stop().success());
}

#[test]
#[ignore = "needs baresip (Debian: baresip-core), .ci/run installs it"]
fn a_call_with_a_wrong_password_rings_nowhere_over_udp() {
    for &step in STEPS.iter().filter(|step| step.asks == Asks::Calling) {
        calls_in_vain(step, "udp");
    }
}

#[test]
#[ignore = "needs baresip (Debian: baresip-core), .ci/run installs it"]
fn a_call_with_a_wrong_password_rings_nowhere_over_tcp() {
    for &step in STEPS.iter().filter(|step| step.asks == Asks::Calling) {
        calls_in_vain(step, "tcp");
    }
}

fn registers_in_vain(step: Step, transport: &str) {
    println!("{} over {transport}", step.name);
    let files = whole_system::directory();
    let scene = Scene::new(step, transport, files.path());
    let mut wrong = scene.phone("10", 10, WRONG, true);
    wrong.wait_not_registered("401 Unauthorized");

    let mut callee = scene.registered("11", 11);
    let mut caller = scene.registered("12", 12);
    scene.dial(&mut caller, "11");
    caller.wait_event("CALL_ESTABLISHED");
    callee.wait_event("CALL_ESTABLISHED");
    caller.command("hangup", "");
    caller.wait_event("CALL_CLOSED");

    // Nothing was kept of it.
    caller.forget_events();
    scene.dial(&mut caller, "10");
    let refusal = caller.wait_event("CALL_CLOSED");
    assert!(refusal.starts_with("404 "), "{refusal}");
    let tries = scene.shown("<-", "REGISTER 10@");
    assert!((2..=TRIES).contains(&tries), "{}", scene.server.log());
    let kept = scene.server.phone("10", 14).bindings();
    assert_eq!(kept, Vec::<String>::new(), "{}", scene.server.log());

    drop((wrong, callee, caller));
    assert!(scene.server.stop().success());
}

fn calls_in_vain(step: Step, transport: &str) {
    println!("{} over {transport}", step.name);
    let files = whole_system::directory();
    let mut scene = Scene::new(step, transport, files.path());
    let mut callee = scene.registered("11", 11);
    // That a phone of the same number has shown its password lets nobody else in.
    let mut caller = scene.registered("10", 10);
    let mut wrong = scene.phone("10", 14, WRONG, false);

    scene.dial(&mut wrong, "11");
    let refusal = wrong.wait_event("CALL_CLOSED");
    assert!(refusal.starts_with("407 "), "{refusal}");
    assert!(!callee.log().contains(RINGS), "{}", callee.log());

    // The next call that rings is the first one.
    scene.dial(&mut caller, "11");
    caller.wait_event("CALL_ESTABLISHED");
    callee.wait_event("CALL_ESTABLISHED");
    assert!(callee.log().contains(RINGS), "{}", callee.log());
    scene.server.wait_for_log("  INVITE 11-");
    assert_eq!(scene.shown("->", "INVITE 11-"), 1, "{}", scene.server.log());
    // The right password takes two INVITEs.
    let tries = scene.shown("<-", "INVITE 11@") - 2;
    assert!((2..=TRIES).contains(&tries), "{}", scene.server.log());
    drop((wrong, callee, caller));
    assert!(scene.server.stop().success());
}

/// A server that shows its messages, and how phones reach it.
struct Scene<'a> {
    server: Server,
    transport: &'a str,
    files: &'a Path,
}

impl<'a> Scene<'a> {
    fn new(step: Step, transport: &'a str, files: &'a Path) -> Self {
        let server = Server::start_showing_messages(step, files);
        for user in ["10", "11", "12"] {
            server.add_user(user);
        }
        Self {
            server,
            transport,
            files,
        }
    }

    fn phone(&self, user: &str, host: u8, password: &str, registers: bool) -> Baresip {
        let account = Account {
            user,
            server: self.server.address(),
            password: Some(password),
            transport: self.transport,
            registers,
        };
        Baresip::start(account, host, Voice::Sine, self.files)
    }

    fn registered(&self, user: &str, host: u8) -> Baresip {
        let mut phone = self.phone(user, host, PASSWORD, true);
        phone.wait_registered();
        phone
    }

    fn dial(&self, phone: &mut Baresip, user: &str) {
        phone.command("dial", &format!("sip:{user}@{}", self.server.address()));
    }

    /// How often the server's log shows this to have come in (`<-`) or gone out (`->`).
    fn shown(&self, arrow: &str, request: &str) -> usize {
        let (arrow, request) = (format!(" {arrow} "), format!("  {request}"));
        let log = self.server.log();
        log.lines()
            .filter(|line| line.contains(&arrow) && line.contains(&request))
            .count()
    }
}
