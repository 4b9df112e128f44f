//! Names that no phone has: the server refuses each as it refuses a wrong password, and registers
//! nobody. And names that are odd but right.
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::time::{Duration, Instant};

use rusqlite::Connection;
use whole_system::client::{Client, Transport};
use whole_system::digest;
use whole_system::step::{PASSWORD, STEP_07, Server, database};
use whole_system::text;

/// What a request has between the quotes of `username`. None of these is the name of a user.
const NAMES: &[(&str, &[u8])] = &[
    ("nothing", b""),
    ("a space", b" "),
    ("a quote", b"10\"10"),
    ("a quote and a parameter", b"10\", realm=\"127.0.0.1"),
    ("an escaped quote", b"10\\\""),
    ("an escape at the end", b"10\\"),
    ("escaped digits", b"\\1\\0"),
    ("per cent signs", b"%s%s%n%d%x%99999999d"),
    ("an escape of a URI", b"%31%30"),
    ("half an escape", b"10%"),
    ("an escaped NUL", b"10%00"),
    ("SQL that is always true", b"10' OR '1'='1"),
    ("SQL that drops a table", b"'; DROP TABLE subscriber; --"),
    (
        "SQL that reads one",
        b"' UNION SELECT password, '', '' FROM subscriber --",
    ),
    ("a pattern", b"1_"),
    ("any name", b"%"),
    ("UTF-8", "J\u{f6}rg \u{1f4de} \u{202e}01".as_bytes()),
    ("a digit of another script", "1\u{660}".as_bytes()),
    ("half a character", b"J\xc3"),
    ("bytes that are not UTF-8", b"\xff\xfe\x80\xc0\xaf"),
    ("Latin-1", b"J\xf6rg"),
    ("NUL", b"10\0"),
    ("control bytes", b"10\x1b[2J\x07\x08\x7f"),
    ("a line end", b"10\r\nContact: <sip:10@127.0.0.66>"),
    ("a line end alone", b"10\n"),
    ("a path", b"../../../../etc/passwd"),
    ("a command", b"$(reboot)`reboot`|reboot;"),
    ("a domain elsewhere", b"12@elsewhere.example"),
    ("at signs", b"@@@@"),
    ("5,000 bytes", &[b'1'; 5_000]),
    ("5,000 escapes", &[b'\\'; 5_000]),
    ("5,000 bytes of UTF-8 cut in a character", &long_text()),
];

/// Names of users as they are in the table and between the quotes, and the same names in a URI.
const USERS: &[(&str, &str)] = &[
    ("J\u{f6}rg \u{1f4de}", "J%C3%B6rg%20%F0%9F%93%9E"),
    ("say \\\"hi\\\"", "say%20%5C%22hi%5C%22"),
    ("back\\\\slash", "back%5C%5Cslash"),
    ("100%25", "100%25"), // here the escape belongs to the name
    ("10' OR '1'='1", "10'%20OR%20'1'%3D'1"),
    (
        "'; DROP TABLE subscriber; --",
        "'%3B%20DROP%20TABLE%20subscriber%3B%20--",
    ),
];

/// How often each name is tried, by each method. An address may guess 20 times.
const TRIES: usize = 3;

/// How much longer an answer may take than the answer to a wrong password of an existing user. Both
/// take less than a millisecond, but a busy machine may need a moment.
const MOMENT: Duration = Duration::from_millis(200);

const fn long_text() -> [u8; 5_000] {
    let mut bytes = [0xc3; 5_000];
    let mut at = 1;
    while at < bytes.len() - 1 {
        bytes[at] = 0xb6;
        at += 2;
    }
    bytes
}

#[test]
fn a_name_that_no_phone_has_is_refused_as_a_wrong_password_is() {
    let files = whole_system::directory();
    let server = Server::start(STEP_07, files.path());
    server.add_users(["10", "11"]);
    for method in ["REGISTER", "INVITE"] {
        let (_, ordinary) = tried(&server, method, 12, b"10", "wrong");
        for ((what, name), host) in NAMES.iter().zip(30..) {
            let (answers, took) = tried(&server, method, host, name, PASSWORD);
            for answer in answers {
                assert!(is_refusal(method, &answer), "{method}, {what}: {answer}");
            }
            assert!(took < ordinary + MOMENT, "{method}, {what}: {took:?}");
        }
    }
    let table = Connection::open(database(files.path())).expect("the server has made it");
    assert_eq!(rows(&table, "location"), 0);
    assert_eq!(rows(&table, "subscriber"), 2);
    assert_eq!(server.phone("10", 10).bindings(), [""; 0]);
    assert!(
        !server
            .log()
            .contains(|it: char| it.is_control() && it != '\n')
    );
    assert!(server.stop().success());
}

#[test]
fn a_user_with_an_odd_name_registers_and_is_nobody_else() {
    let files = whole_system::directory();
    let server = Server::start(STEP_07, files.path());
    server.add_users(["10", "11"]);
    server.add_users(USERS.iter().map(|(name, _)| name));
    for transport in Transport::ALL {
        for ((name, in_uri), host) in USERS.iter().zip(30..) {
            let register = |number, password| {
                let mut phone = Client::new(number, host, server.address(), transport);
                let answer = answered(&mut phone, "REGISTER", name.as_bytes(), password);
                text::status(&answer)
            };
            assert_eq!(register(in_uri, "wrong"), Some(401), "{name}");
            assert_eq!(register(in_uri, PASSWORD), Some(200), "{name}");
            assert_eq!(register("10", PASSWORD), Some(401), "{name} as 10");
        }
    }
    assert_eq!(server.phone("10", 10).bindings(), [""; 0]);
    assert!(server.stop().success());
}

/// The answers to a few tries as this user, and how long the quickest took.
fn tried(
    server: &Server,
    method: &str,
    host: u8,
    name: &[u8],
    password: &str,
) -> (Vec<String>, Duration) {
    let tries = (0..TRIES).map(|_| {
        let mut client = Client::new("10", host, server.address(), Transport::Udp);
        let began = Instant::now();
        let answer = answered(&mut client, method, name, password);
        (answer, began.elapsed())
    });
    let (answers, took): (Vec<String>, Vec<Duration>) = tries.unzip();
    (answers, took.into_iter().min().unwrap_or_default())
}

/// The answer to a request that answers a challenge.
fn answered(client: &mut Client, method: &str, name: &[u8], password: &str) -> String {
    let request = client.request(method, "sip:11@127.0.0.1");
    let challenge = client.ask(&request);
    let line = digest::answer_as(&request, &challenge, name, password);
    let mark = text::header(&request, "Call-ID").expect("every request has one");
    let again = text::again(&request, "", mark);
    client.ask_with(&again, &line)
}

/// Whether this is a challenge, or 400 without one.
fn is_refusal(method: &str, answer: &str) -> bool {
    let (status, challenge) = match method {
        "REGISTER" => (401, "WWW-Authenticate"),
        _ => (407, "Proxy-Authenticate"),
    };
    match text::status(answer) {
        Some(400) => true,
        Some(other) => other == status && text::header(answer, challenge).is_some(),
        None => false,
    }
}

fn rows(table: &Connection, name: &str) -> i64 {
    let count = format!("SELECT count(*) FROM {name}");
    let count = table.query_row(&count, [], |row| row.get(0));
    count.expect("it is one of Kamailio's")
}
