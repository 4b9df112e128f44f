//! Rows of `subscriber` as other programs write them, with less of a password than ours: without
//! the password, nobody gets in.
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use whole_system::digest::{self, Credentials, md5};
use whole_system::step::{self, STEP_07, Server};
use whole_system::text;
use whole_system::wire::Phone;

/// `username`, `password`, `ha1` and `ha1b`, all in the domain 127.0.0.1.
fn rows() -> [[String; 4]; 5] {
    let ha1 = md5(b"31:127.0.0.1:secret");
    let row = |user: &str, password: &str, ha1: &str, ha1b: &str| {
        [user, password, ha1, ha1b].map(str::to_owned)
    };
    [
        row("30", "", "", ""),
        row("31", "", &ha1, ""), // enough for Kamailio by default
        row("32", "", " ", "x"),
        row("33", "secret", "no hash", ""),
        row("34", "", &md5(b"34:127.0.0.1:secret").to_uppercase(), ""),
    ]
}

#[test]
fn nobody_gets_in_without_a_password_whatever_a_row_lacks() {
    let files = whole_system::directory();
    let mut server = Server::start(STEP_07, files.path());
    let database = rusqlite::Connection::open(step::database(files.path()));
    let database = database.expect("the server has made it");
    let sql = "INSERT INTO subscriber (username, domain, password, ha1, ha1b)
        VALUES (?1, '127.0.0.1', ?2, ?3, ?4)";
    for row in rows() {
        database.execute(sql, row).expect("room for a user");
    }
    // A source that guesses is slowed, so each request has its own address.
    let mut hosts = 40..;
    let mut registers = |user: &str, answer: &dyn Fn(&str, &str) -> Option<String>| {
        let host = hosts.next().expect("there are more");
        let mut phone = Phone::new(user, host, server.address());
        let contact = format!("Contact: <{}>\r\n", phone.contact());
        [
            phone.registration(&contact),
            phone.request("INVITE", &format!("sip:1@{}", server.address()), &contact),
        ]
        .map(|request| {
            let refusal = phone.transact(&request);
            let line = answer(&request, &refusal).expect("it is a challenge");
            text::status(&phone.transact(&text::again(&request, &line, &format!("x{host}"))))
        })
    };

    let refused = [Some(401), Some(407)];
    for [user, _, ha1, ha1b] in rows() {
        for name in [user.clone(), format!("{user}@127.0.0.1")] {
            let empty = Credentials {
                user: &name,
                password: "",
            };
            let outcome = registers(&user, &|request, refusal| {
                digest::answer(request, refusal, empty)
            });
            assert_eq!(outcome, refused, "{name} with an empty password");
            let guesses = ["".to_owned(), " ".to_owned(), "0".repeat(32), ha1b.clone()];
            let texts = guesses.iter().chain((ha1.len() < 32).then_some(&ha1));
            for text in texts {
                let outcome = registers(&user, &|request, refusal| {
                    digest::answer_without_a_password(request, refusal, &name, text)
                });
                assert_eq!(outcome, refused, "{name} with {text:?} for HA1");
            }
        }
    }
    // The right password gets in if its HA1 is in the row: 404, as nobody is registered under 1.
    let let_in = [Some(200), Some(404)];
    for (user, outcome) in [("31", let_in), ("33", refused), ("34", let_in)] {
        let right = Credentials {
            user,
            password: "secret",
        };
        let answer = |request: &str, refusal: &str| digest::answer(request, refusal, right);
        assert_eq!(
            registers(user, &answer),
            outcome,
            "{user} with the password"
        );
    }
    for why in [
        "the row holds neither an HA1 nor a password",
        "the row's HA1 is not 32 hex digits",
        "31@127.0.0.1: the name came with a domain, and the row's HA1b is not 32 hex digits",
    ] {
        server.wait_for_log(why);
    }
}
