//! Phones that use the server in good faith: they register, call each other and hang up.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use whole_system::text;
use whole_system::wire::Phone;

/// How many phones act at a time.
const AT_ONCE: usize = 2;

/// The pause between one phone and the next.
const PAUSE: Duration = Duration::from_millis(10);

/// How long a callee waits for a message before it checks whether the call is over.
const LOOK: Duration = Duration::from_millis(5);

/// How many times each kind of message is sent before memory is measured.
const WARM_UP: usize = 20;

/// The host where somebody mistypes a password.
const MISTYPING: u8 = 98;

/// What was done, and how long each registration and call took.
pub struct Acted {
    pub flood: u64,
    pub took: Vec<Duration>,
}

impl Acted {
    /// The longest of the fastest `percent`.
    pub fn percentile(&self, percent: usize) -> Duration {
        self.took[(self.took.len() - 1) * percent / 100]
    }
}

/// Every phone registers and calls, again and again for `time`, while `flood` runs.
pub fn all_act(
    phones: &mut [Phone],
    time: Duration,
    flood: impl FnOnce(&AtomicBool) -> u64 + Send,
) -> Acted {
    let is_over = AtomicBool::new(false);
    let took = Mutex::new(Vec::new());
    let share = phones.len() / AT_ONCE;
    let flood = std::thread::scope(|scope| {
        let flooding = scope.spawn(|| flood(&is_over));
        for phones in phones.chunks_mut(share) {
            scope.spawn(|| act(phones, &is_over, &took));
        }
        std::thread::sleep(time);
        is_over.store(true, Ordering::Relaxed);
        flooding.join().expect("a flood does not fail")
    });
    let mut took = took.into_inner().expect("no phone failed");
    took.sort_unstable();
    Acted { flood, took }
}

/// One phone after the other registers and calls its neighbour.
fn act(phones: &mut [Phone], is_over: &AtomicBool, took: &Mutex<Vec<Duration>>) {
    for phone in phones.iter_mut() {
        phone.register(600);
    }
    for at in (0..phones.len() - 1).cycle() {
        if is_over.load(Ordering::Relaxed) {
            return;
        }
        let began = Instant::now();
        phones[at].register(600);
        let registered = began.elapsed();
        let called = call(&phones[at], &phones[at + 1]);
        took.lock()
            .expect("no phone failed")
            .extend([registered, called]);
        std::thread::sleep(PAUSE);
    }
}

/// A call that is answered and ended. Returns how long it took until the answer came.
fn call(caller: &Phone, callee: &Phone) -> Duration {
    let is_over = AtomicBool::new(false);
    let user = user_of(callee);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                if let Some(message) = callee.receive(LOOK)
                    && matches!(text::method(&message), Some("INVITE" | "BYE"))
                {
                    callee.answer_to_via(&message, "200 OK");
                }
            }
        });
        let began = Instant::now();
        let answer = caller.invite(&user);
        let took = began.elapsed();
        assert_eq!(text::status(&answer), Some(200), "{answer}");
        caller.send(&caller.in_dialog("ACK", &answer));
        let ended = caller.transact(&caller.in_dialog("BYE", &answer));
        is_over.store(true, Ordering::Relaxed);
        assert_eq!(text::status(&ended), Some(200), "{ended}");
        took
    })
}

/// The user of an honest phone: the last number of its address.
fn user_of(phone: &Phone) -> String {
    let address = phone.address().ip().to_string();
    let (_, user) = address.rsplit_once('.').expect("an IPv4 address");
    user.to_owned()
}

/// Sends a little of each kind of traffic, as honest peers do, before memory is measured: what a
/// server creates at the first request of a kind is not the flood's.
pub fn warm_up(phones: &[Phone], server: SocketAddr) {
    let uri = format!("sip:{server}");
    for at in 0..WARM_UP {
        let (phone, other) = (&phones[2 * at], &phones[2 * at + 1]);
        phone.transact(&phone.request("OPTIONS", &uri, ""));
        phone.send("\r\n\r\n");
        phone.send_bytes(&[0xff; 100]);
        phone.send(&format!("SIP/2.0 200 OK\r\nVia: {uri}\r\n\r\n"));
        for method in ["ACK", "CANCEL"] {
            phone.send(&phone.request(method, &uri, ""));
        }
        let to_itself = format!("sip:x@{}", other.address());
        let message = phone.request("MESSAGE", &to_itself, "");
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let message = other.receive_request();
                other.answer_to_via(&message, "200 OK");
            });
            let answer = phone.transact(&message);
            assert_eq!(text::status(&answer), Some(200), "{answer}");
        });
        connect_and_ask(server);
    }
    for phone in &phones[..WARM_UP] {
        mistype(phone, server);
    }
}

/// Opens a connection, asks for a pong and closes it.
fn connect_and_ask(server: SocketAddr) {
    let mut stream = TcpStream::connect(server).expect("the server listens");
    stream.write_all(b"\r\n\r\n").expect("a connection");
    let mut pong = [0; 2];
    stream.read_exact(&mut pong).expect("a pong");
}

/// Registers with a wrong password, once.
fn mistype(phone: &Phone, server: SocketAddr) {
    let mut other = Phone::new(&user_of(phone), MISTYPING, server).with_password(Some("mistyped"));
    let request = other.registration("");
    let answer = other.transact(&request);
    assert_ne!(text::status(&answer), Some(200), "{answer}");
}
