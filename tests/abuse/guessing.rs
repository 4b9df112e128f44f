//! A thousand wrong passwords a second for one user from one source: the server slows them down, and
//! nobody else, not even at the same source.
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use whole_system::digest::{self, Credentials};
use whole_system::log::busiest_second;
use whole_system::step::{PASSWORD, STEPS, Server, Step};
use whole_system::wire::{PATIENCE, Phone};
use whole_system::{text, usage};

/// How long the flood lasts.
const FLOOD: Duration = Duration::from_secs(2);

/// Guesses sent in each [`TICK`]: a thousand a second.
const EACH_TICK: usize = 10;
const TICK: Duration = Duration::from_millis(10);

/// How many wrong answers for one user a source may give at once, and after how many seconds it
/// may give one more.
const BURST: usize = 20;
const REFILL: u64 = 30;

/// Lines of the log in a second: refusals of one source, 40 at once and 10 more, and how many were
/// not shown before.
const LINES_A_SECOND: usize = 51;

/// How long a registration or a call of another phone may take meanwhile. It takes milliseconds,
/// but a busy machine may need a moment.
const SOON: Duration = Duration::from_secs(2);

/// Memory that a flood may leave behind: two thousand transactions that wait for their timers.
const GROWTH: u64 = 16 << 20;

#[test]
fn a_guesser_at_a_registrar_is_slowed_and_nobody_else() {
    is_slowed(step("step-03"), &["REGISTER"]);
}

#[test]
fn a_guesser_at_a_registrar_and_a_proxy_is_slowed_and_nobody_else() {
    is_slowed(step("step-07"), &["REGISTER", "INVITE"]);
}

fn step(name: &str) -> Step {
    let found = STEPS.iter().find(|step| step.name == name);
    *found.expect("it is one of the chapters")
}

fn is_slowed(step: Step, methods: &[&str]) {
    let files = whole_system::directory();
    let server = Server::start(step, files.path());
    let mut owner = server.phone("10", 10);
    owner.register(600);
    let mut called = server.phone("11", 11);
    called.register(600);
    let mut attacker = Attacker::new(&server, methods);
    let (before, began) = (usage::memory(server.id()), Instant::now());

    for _ in 0..BURST {
        attacker.guesses("guess");
        attacker.hears(&[401, 407]);
    }
    // From now on the attacker learns nothing: even the right password is refused.
    attacker.guesses(PASSWORD);
    let refusal = attacker.hears(&[503]);
    let wait = text::header(&refusal, "Retry-After").and_then(|it| it.parse().ok());
    let wait: u64 = wait.expect("it says how long");
    let took = began.elapsed().as_secs() + 1; // the clock may reach the next second meanwhile
    assert!((REFILL - took..=REFILL).contains(&wait), "{refusal}");

    let heard = while_others_register_and_call(&server, || attacker.floods());
    assert_slowed(&heard, began.elapsed());
    let after = usage::memory(server.id());
    assert!(after < before + GROWTH, "from {before} to {after} bytes");

    // The owner of that number still uses it, here and from anywhere else.
    assert_eq!(owner.bindings(), [owner.contact()]);
    assert_eq!(called.receive(Duration::from_millis(1)), None, "a call");
    server.phone("10", 12).register(600);
    // New phones at the same source are served at once.
    for neighbour in ["30", "31", "32"] {
        soon("registered", || {
            server.phone(neighbour, Attacker::HOST).register(600)
        });
    }

    let refused: u64 = heard.values().sum::<u64>() + BURST as u64 + 1;
    assert!(server.stop().success(), "{}", step.name);
    let log = fs::read_to_string(files.path().join(format!("{}.log", step.name)));
    assert_log_is_short(&log.expect("every server has one"), refused);
}

#[test]
fn guesses_at_an_unknown_user_are_slowed_as_those_at_a_known_one() {
    let files = whole_system::directory();
    let server = Server::start(step("step-03"), files.path());
    server.add_user("10");
    let heard = |user: &'static str, host| {
        let mut phone = Phone::new(user, host, server.address());
        let tries = (0..2 * BURST).map(|number| {
            let request = phone.registration("");
            let challenge = phone.transact(&request);
            let password = "guess";
            let line = digest::answer(&request, &challenge, Credentials { user, password });
            let line = line.expect("every chapter here asks");
            let answer = phone.transact(&text::again(&request, &line, &format!("guess{number}")));
            let names = text::lines(&answer).map(|(name, _)| name.to_owned());
            (text::status(&answer), names.collect::<Vec<String>>())
        });
        tries.collect::<Vec<_>>()
    };
    let [known, unknown] = [heard("10", 66), heard("99", 67)];
    assert_eq!(known.last().and_then(|it| it.0), Some(503));
    assert_eq!(known, unknown);
    assert!(server.stop().success());
}

/// Checks that all but a few of the flood's answers were refused unchecked.
fn assert_slowed(heard: &BTreeMap<u16, u64>, lasted: Duration) {
    let challenged: u64 = [401, 407].iter().filter_map(|it| heard.get(it)).sum();
    assert!(challenged <= lasted.as_secs() / REFILL + 1, "{heard:?}");
    let turned_away = heard.get(&503).copied().unwrap_or_default();
    let sent = FLOOD.as_millis() / TICK.as_millis() * EACH_TICK as u128;
    // A network may lose some datagrams.
    assert!(u128::from(turned_away) > sent / 2, "{heard:?} of {sent}");
}

/// Checks that each refusal is in the log, by a line or in a count, and that the lines are few.
fn assert_log_is_short(log: &str, refused: u64) {
    let lines = |what: &str| log.lines().filter(|line| line.contains(what)).count() as u64;
    let shown = lines(" refused: ");
    assert!(shown > BURST as u64, "{log}");
    assert!(busiest_second(log) <= LINES_A_SECOND, "{log}");
    let unshown = log.lines().filter_map(|line| {
        let (count, _) = line.split_once("… ")?.1.split_once(" more line")?;
        count.parse::<u64>().ok()
    });
    assert!(
        shown + unshown.sum::<u64>() >= refused,
        "{refused} and {log}"
    );
    assert!(lines("too many wrong passwords") > 0, "{log}");
    assert!(!log.contains(PASSWORD), "{log}");
}

/// Does something while four phones register and call each other again and again. None of them
/// has to wait long.
fn while_others_register_and_call<R>(server: &Server, something: impl FnOnce() -> R) -> R {
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let others = scope.spawn(|| register_and_call_until(&is_over, server));
        let result = something();
        is_over.store(true, Ordering::Relaxed);
        let rounds = others.join();
        let rounds = rounds.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        assert!(rounds > 1, "{rounds}");
        result
    })
}

fn register_and_call_until(is_over: &AtomicBool, server: &Server) -> u32 {
    let [mut anna, mut bert] = [("20", 20), ("21", 21)].map(|(it, host)| server.phone(it, host));
    let mut rounds = 0;
    while !is_over.load(Ordering::Relaxed) {
        for phone in [&mut anna, &mut bert] {
            soon("registered", || phone.register(600));
        }
        soon("called", || calls(&anna, &bert, "21"));
        soon("called", || calls(&bert, &anna, "20"));
        rounds += 1;
    }
    rounds
}

fn soon<R>(what: &str, act: impl FnOnce() -> R) -> R {
    let began = Instant::now();
    let result = act();
    assert!(began.elapsed() < SOON, "{what} after {:?}", began.elapsed());
    result
}

/// Makes a call that rings and is answered.
fn calls(caller: &Phone, callee: &Phone, user: &str) {
    let is_answered = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_answered.load(Ordering::Relaxed) {
                if let Some(message) = callee.receive(TICK)
                    && text::method(&message) == Some("INVITE")
                {
                    callee.answer_to_via(&message, "200 OK");
                }
            }
        });
        let answer = caller.invite(user);
        is_answered.store(true, Ordering::Relaxed);
        assert_eq!(text::status(&answer), Some(200), "{answer}");
    });
}

/// An attacker at its own address, with one challenge for each method, who guesses the password
/// of 10.
struct Attacker {
    phone: Phone,
    challenges: Vec<(String, String)>,
    sent: usize,
}

impl Attacker {
    const HOST: u8 = 66;

    fn new(server: &Server, methods: &[&str]) -> Self {
        let mut phone = Phone::new("10", Self::HOST, server.address());
        let challenged = |method: &&str| {
            let contact = format!("Contact: <{}>\r\n", phone.contact());
            let request = match *method {
                "REGISTER" => phone.registration(&contact),
                other => phone.request(other, &format!("sip:11@{}", server.address()), &contact),
            };
            let challenge = phone.transact(&request);
            (request, challenge)
        };
        let challenges = methods.iter().map(challenged).collect();
        Self {
            phone,
            challenges,
            sent: 0,
        }
    }

    /// Sends a request that answers its challenge with this password.
    fn guesses(&mut self, password: &str) {
        let (request, challenge) = &self.challenges[self.sent % self.challenges.len()];
        self.sent += 1;
        let user = "10";
        let line = digest::answer(request, challenge, Credentials { user, password });
        let line = line.expect("every chapter here asks");
        // Each request has its own Call-ID, so that the order of CSeq does not matter.
        let call = text::header(request, "Call-ID").expect("every request has one");
        let mark = format!("guess{}", self.sent);
        let guess = text::again(request, &line, &mark).replace(call, &mark);
        self.phone.send(&guess);
    }

    /// The status of the next answer, which is one of these.
    fn hears(&self, statuses: &[u16]) -> String {
        let answer = self.phone.receive(PATIENCE).expect("an answer");
        let status = text::status(&answer).expect("an answer");
        assert!(statuses.contains(&status), "{answer}");
        answer
    }

    /// Sends a thousand guesses a second, each with a new password, and counts the statuses.
    fn floods(&mut self) -> BTreeMap<u16, u64> {
        let mut heard = BTreeMap::new();
        let (began, mut due) = (Instant::now(), Duration::ZERO);
        while due < FLOOD {
            for _ in 0..EACH_TICK {
                let password = format!("guess{}", self.sent);
                self.guesses(&password);
            }
            due += TICK;
            while let Some(left) = due.checked_sub(began.elapsed()) {
                let Some(answer) = self.phone.receive(left) else {
                    break;
                };
                *heard
                    .entry(text::status(&answer).unwrap_or_default())
                    .or_default() += 1;
            }
        }
        heard
    }
}
