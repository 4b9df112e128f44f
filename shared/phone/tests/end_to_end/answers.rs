//! What the phone makes of a server's answers: challenges of several realms, Retry-After, and a
//! 200 OK that does not mean "registered".

use crate::scripted::{Answer, Scripted};

/// Two proxies in a row, a header field each.
const TWO_FIELDS: Answer = Answer::new(
    "407 Proxy Authentication Required",
    "Proxy-Authenticate: Digest realm=\"127.0.0.1\", nonce=\"n1\", qop=\"auth\"\r\n\
     Proxy-Authenticate: Digest realm=\"other.example\", nonce=\"n2\", qop=\"auth\"\r\n",
);

/// The same in one header field.
const ONE_LINE: Answer = Answer::new(
    "407 Proxy Authentication Required",
    "Proxy-Authenticate: Digest realm=\"127.0.0.1\", nonce=\"n1\", qop=\"auth\", \
     Digest realm=\"other.example\", nonce=\"n2\", qop=\"auth\"\r\n",
);

const OWN: Answer = Answer::new(
    "401 Unauthorized",
    "WWW-Authenticate: Digest realm=\"127.0.0.1\", nonce=\"n1\", qop=\"auth\"\r\n",
);

const OTHER: Answer = Answer::new(
    "407 Proxy Authentication Required",
    "Proxy-Authenticate: Digest realm=\"other.example\", nonce=\"n2\", qop=\"auth\"\r\n",
);

const OK: Answer = Answer::new("200 OK", "");

const REGISTER: [&str; 3] = ["register", "--password", "abc10"];
const BOTH: [&str; 2] = ["--realm", "other.example=secret"];

/// The credentials of a request: header field, realm, nonce.
fn credentials(request: &str) -> Vec<(&str, &str, &str)> {
    let lines = request.lines().filter_map(|line| line.split_once(": "));
    let lines = lines.filter(|(name, _)| name.ends_with("Authorization"));
    lines
        .map(|(name, value)| (name, quoted(value, "realm"), quoted(value, "nonce")))
        .collect()
}

fn quoted<'a>(value: &'a str, name: &str) -> &'a str {
    let (_, rest) = value.split_once(&format!("{name}=\"")).unwrap();
    rest.split('"').next().unwrap()
}

#[test]
fn every_realm_of_a_challenge_is_answered() {
    for challenge in [TWO_FIELDS, ONE_LINE] {
        let server = Scripted::start(&[challenge, Answer::registered()]);
        let (ended, requests) = server.phone(&[&REGISTER[..], &BOTH].concat());
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let expected = [
            ("Proxy-Authorization", "127.0.0.1", "n1"),
            ("Proxy-Authorization", "other.example", "n2"),
        ];
        assert_eq!(credentials(&requests[1]), expected, "{}", requests[1]);
    }
}

#[test]
fn the_passwords_of_several_realms_are_read_a_line_each() {
    let server = Scripted::start(&[TWO_FIELDS, Answer::registered()]);
    let words = ["register", "--password", "-", "--realm", "other.example=-"];
    let words = [&words[..], &["--explain", "--show-password"]].concat();
    let (ended, _) = server.phone_reading("abc10\nsecret\n", &words);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for hashed in ["10:127.0.0.1:abc10", "10:other.example:secret"] {
        assert!(ended.out.contains(&format!("MD5({hashed})")), "{ended:?}");
    }
}

#[test]
fn every_challenge_of_a_line_is_explained() {
    let server = Scripted::start(&[ONE_LINE, Answer::registered()]);
    let words = [&REGISTER[..], &BOTH, &["--explain"]].concat();
    let (ended, _) = server.phone(&words);
    for realm in ["127.0.0.1", "other.example"] {
        let line = format!("the challenge: a password for the realm {realm},");
        assert!(ended.out.contains(&line), "{ended:?}");
    }
}

#[test]
fn two_servers_that_ask_one_after_the_other_both_get_their_answer() {
    let server = Scripted::start(&[OTHER, OWN, Answer::registered()]);
    let (ended, requests) = server.phone(&[&REGISTER[..], &BOTH].concat());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let expected = [
        ("Proxy-Authorization", "other.example", "n2"),
        ("Authorization", "127.0.0.1", "n1"),
    ];
    assert_eq!(credentials(&requests[2]), expected, "{}", requests[2]);
    assert!(requests[2].contains("nc=00000002"), "{}", requests[2]);
}

#[test]
fn a_call_through_two_proxies_carries_one_answer_for_each() {
    let busy = Answer::new("486 Busy Here", "");
    let server = Scripted::start(&[OTHER, TWO_FIELDS_STALE, busy]);
    let words = [&["call", "11", "--password", "abc10"][..], &BOTH].concat();
    let (ended, requests) = server.phone(&words);
    assert_eq!(ended.errors, "error: 486 Busy Here\n");
    let expected = [
        ("Proxy-Authorization", "other.example", "n3"),
        ("Proxy-Authorization", "127.0.0.1", "n1"),
    ];
    assert_eq!(credentials(&requests[2]), expected, "{}", requests[2]);
    let cseqs = requests.iter().map(|request| line(request, "CSeq"));
    assert_eq!(
        cseqs.collect::<Vec<_>>(),
        ["1 INVITE", "2 INVITE", "3 INVITE"]
    );
}

/// The second proxy does not take the old nonce any more.
const TWO_FIELDS_STALE: Answer = Answer::new(
    "407 Proxy Authentication Required",
    "Proxy-Authenticate: Digest realm=\"127.0.0.1\", nonce=\"n1\", qop=\"auth\"\r\n\
     Proxy-Authenticate: Digest realm=\"other.example\", nonce=\"n3\", stale=true\r\n",
);

#[test]
fn a_realm_without_a_password_is_named_and_the_others_are_answered() {
    let server = Scripted::start(&[TWO_FIELDS, OTHER]);
    let (ended, requests) = server.phone(&REGISTER);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let expected = [("Proxy-Authorization", "127.0.0.1", "n1")];
    assert_eq!(credentials(&requests[1]), expected, "{}", requests[1]);
    assert!(
        ended
            .out
            .contains("not answered: the challenge of realm other.example"),
        "{ended:?}"
    );
    let expected = "error: 407 Proxy Authentication Required: the challenge is for the realm \
                    other.example";
    assert!(ended.errors.starts_with(expected), "{ended:?}");
    assert!(!ended.errors.contains("wrong"), "{ended:?}");
}

#[test]
fn a_realm_without_a_password_is_the_reason_where_the_server_asks_for_all_again() {
    let server = Scripted::start(&[TWO_FIELDS, TWO_FIELDS]);
    let (ended, _) = server.phone(&REGISTER);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let expected = "error: 407 Proxy Authentication Required: the server also asks for the realm \
                    other.example, for which the phone has no password";
    assert!(ended.errors.starts_with(expected), "{ended:?}");
    assert!(!ended.errors.contains("wrong"), "{ended:?}");
}

#[test]
fn the_password_is_given_to_no_realm_but_the_servers() {
    let elsewhere = Answer::new(
        "401 Unauthorized",
        "WWW-Authenticate: Digest realm=\"elsewhere\", nonce=\"n\"\r\n",
    );
    for words in [
        &REGISTER[..],
        &["message", "11", "hello", "--password", "abc10"],
    ] {
        let server = Scripted::start(&[elsewhere, OK]);
        let (ended, requests) = server.phone(words);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert_eq!(requests.len(), 1, "{requests:?}");
        assert!(
            ended.errors.contains("for the realm elsewhere"),
            "{ended:?}"
        );
    }
    let server = Scripted::start(&[elsewhere, Answer::registered()]);
    let (ended, requests) = server.phone(&[&REGISTER[..], &["--realm", "elsewhere"]].concat());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let expected = [("Authorization", "elsewhere", "n")];
    assert_eq!(credentials(&requests[1]), expected);
}

#[test]
fn the_other_end_of_a_call_gets_no_answer_to_its_challenge() {
    let picks_up = Answer::new("200 OK", "Contact: <sip:11@SERVER>\r\n");
    let elsewhere = Answer::new(
        "401 Unauthorized",
        "WWW-Authenticate: Digest realm=\"11.example\", nonce=\"n\"\r\n",
    );
    let server = Scripted::start(&[picks_up, elsewhere, OK]);
    let words = ["call", "11", "--password", "abc10", "--seconds", "0"];
    let (ended, requests) = server.phone(&words);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.errors.contains("for the realm 11.example"),
        "{ended:?}"
    );
    let with = requests.iter().filter(|r| !credentials(r).is_empty());
    assert_eq!(with.count(), 0, "{requests:?}");
}

#[test]
fn of_two_challenges_of_one_realm_the_first_it_knows_is_answered() {
    let two = Answer::new(
        "401 Unauthorized",
        "WWW-Authenticate: Digest realm=\"127.0.0.1\", nonce=\"n0\", algorithm=SHA-999\r\n\
         WWW-Authenticate: Digest realm=\"127.0.0.1\", nonce=\"n1\", algorithm=SHA-256\r\n\
         WWW-Authenticate: Digest realm=\"127.0.0.1\", nonce=\"n2\", algorithm=MD5\r\n",
    );
    let server = Scripted::start(&[two, Answer::registered()]);
    let (ended, requests) = server.phone(&REGISTER);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let expected = [("Authorization", "127.0.0.1", "n1")];
    assert_eq!(credentials(&requests[1]), expected, "{}", requests[1]);
}

#[test]
fn a_200_without_the_phones_contact_is_not_a_registration() {
    let another = Answer::new("200 OK", "Contact: <sip:10@192.0.2.1>;expires=60\r\n");
    for (answer, lists) in [
        (OK, "lists no Contact"),
        (another, "lists sip:10@192.0.2.1"),
    ] {
        let server = Scripted::start(&[answer]);
        let (ended, _) = server.phone(&["register"]);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        let expected = format!("error: not registered: the 200 OK {lists}");
        assert!(ended.errors.starts_with(&expected), "{ended:?}");
    }
}

#[test]
fn a_refused_removal_is_reported() {
    let failed = Answer::new("500 Server Internal Error", "");
    let (ended, _) = Scripted::start(&[failed]).phone(&["register", "--expires", "0"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(
        ended.errors,
        "error: not unregistered: 500 Server Internal Error\n"
    );

    let kept = Answer::registered();
    let (ended, _) = Scripted::start(&[kept]).phone(&["register", "--expires", "0"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let expected = "error: not unregistered: the 200 OK still lists sip:10@";
    assert!(ended.errors.starts_with(expected), "{ended:?}");

    let server = Scripted::start(&[Answer::registered(), failed]);
    let running = server.start_phone(&["register", "--stay"], "staying registered");
    running.interrupt();
    let ended = running.end();
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(
        ended.errors,
        "error: not unregistered: 500 Server Internal Error\n"
    );

    let (ended, _) = Scripted::start(&[OK]).phone(&["register", "--expires", "0"]);
    assert_eq!((ended.code, ended.errors.as_str()), (Some(0), ""));
}

#[test]
fn a_refusal_is_shown_with_its_retry_after() {
    let busy = Answer::new(
        "503 Service Unavailable",
        "Retry-After: 7 (many guesses)\r\n",
    );
    for words in [
        &["register"][..],
        &["register", "--expires", "60"],
        &["message", "11", "hello"],
        &["options"],
    ] {
        let (ended, _) = Scripted::start(&[busy]).phone(words);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        let expected =
            "error: 503 Service Unavailable: the server asks to wait 7 s (Retry-After)\n";
        assert_eq!(ended.errors, expected);
    }
}

#[test]
fn a_phone_that_stays_waits_as_long_as_the_server_asks() {
    let busy = Answer::new("503 Service Unavailable", "Retry-After: 2\r\n");
    for verb in [&["register", "--stay"][..], &["answer"]] {
        let done = Answer::new("200 OK", "");
        let server = Scripted::start(&[busy, Answer::registered(), done]);
        let began = std::time::Instant::now();
        let mut running = server.start_phone(verb, "trying again in 2 s");
        running.read_until("200 OK (REGISTER)");
        let waited = began.elapsed().as_secs_f64();
        assert!((1.9..5.0).contains(&waited), "{waited}");
        running.read_until("Ctrl-C");
        running.interrupt();
        let ended = running.end();
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }
}

fn line<'a>(request: &'a str, name: &str) -> &'a str {
    let mut lines = request.lines().filter_map(|line| line.split_once(": "));
    let line = lines.find(|(its, _)| *its == name);
    line.unwrap_or_else(|| panic!("{name} in {request}")).1
}
