//! Which answers verify a user, and what everybody else gets.

use sip_auth::{Auth, KeyedNonces, NonceKey, Settings};
use sip_digest::{Challenge, Password, Qop};
use sip_tables::{Login, NoPassword, Subscribers};

use crate::phone::{Answer, PHONE, REALM, answer, asked, auth, challenge_in, register, try_at};

#[test]
fn a_request_without_an_answer_is_challenged() {
    let auth = auth(Settings::default());
    let challenge = asked(&auth);
    assert_eq!((challenge.realm.as_str(), challenge.stale), (REALM, false));
    assert_eq!(challenge.qop, [Qop::Auth]);
    assert_eq!(challenge.nonce.len(), 48);
    assert!(
        challenge.nonce.starts_with("000003e8"),
        "the time it was made: {}",
        challenge.nonce
    );
}

#[test]
fn a_right_answer_verifies_its_user() {
    let auth = auth(Settings::default());
    let challenge = asked(&auth);
    let verified = try_at(&auth, 1001, &answer(&challenge)).unwrap();
    assert_eq!((verified.user(), verified.realm()), ("10", REALM));
}

/// 10, whose password was changed a moment ago.
struct Changed;

impl Subscribers for Changed {
    fn login(&self, user: &str, _domain: &str) -> Result<Login, NoPassword> {
        match user {
            "10" => Ok(Password::plain("new")?.into()),
            _ => Err(NoPassword::NoUser),
        }
    }

    fn remembered(&self, user: &str, _domain: &str) -> Option<Login> {
        Some(Password::plain("old").ok()?.into()).filter(|_| user == "10")
    }
}

#[test]
fn an_answer_that_is_wrong_by_memory_is_checked_against_the_table() {
    let auth = Auth::new(
        Settings::default(),
        KeyedNonces::new(NonceKey::new([7; 16]), 1),
        Changed,
    );
    let status = |username, password| {
        let challenge = asked(&auth);
        let answer = Answer {
            username,
            password,
            ..answer(&challenge)
        };
        try_at(&auth, 1001, &answer).map_or_else(|refusal| refusal.status.code(), |_| 200)
    };
    assert_eq!(status("10", "new"), 200);
    assert_eq!(status("10", "old"), 200, "for as long as it is remembered");
    assert_eq!(status("10", "other"), 401);
    assert_eq!(status("11", "new"), 401);
}

#[test]
fn a_subscriber_whose_hashes_are_kept_answers_with_and_without_the_domain() {
    let auth = auth(Settings::default());
    for username in ["11", "11@192.168.1.15"] {
        let challenge = asked(&auth);
        let answer = Answer {
            username,
            password: "abc11",
            ..answer(&challenge)
        };
        assert_eq!(try_at(&auth, 1001, &answer).unwrap().user(), "11");
    }
}

#[test]
fn an_unknown_user_and_a_wrong_password_get_the_same_reply() {
    let auth = auth(Settings::default());
    let challenge = asked(&auth);
    let wrong = Answer {
        password: "guess",
        ..answer(&challenge)
    };
    let unknown = Answer {
        username: "99",
        ..answer(&challenge)
    };
    let replies = [&wrong, &unknown].map(|answer| try_at(&auth, 1001, answer).unwrap_err());
    let [wrong, unknown] = replies.map(|mut reply| {
        assert_eq!(reply.status, 401);
        let nonce = challenge_in(&reply).nonce;
        reply.headers[0].1 = reply.headers[0].1.replace(&nonce, "NONCE").into();
        (reply.status, reply.reason, reply.headers)
    });
    assert_eq!(wrong, unknown);
}

#[test]
fn the_log_has_the_reason_that_the_phone_does_not_get() {
    let auth = auth(Settings::default());
    let challenge = asked(&auth);
    let foreign = Challenge {
        nonce: "made-up".to_owned(),
        ..challenge.clone()
    };
    let basic = "Authorization: Basic MTA6YWJjMTA=\r\n".to_owned();
    let right = answer(&challenge);
    let wrong = Answer {
        password: "guess",
        ..answer(&challenge)
    };
    let unknown = Answer {
        username: "99",
        ..answer(&challenge)
    };
    for (at, headers, why) in [
        (1000, String::new(), None),
        (
            1001,
            basic,
            Some("the credentials are not of the scheme Digest"),
        ),
        (1001, wrong.authorization(), Some("user 10: wrong password")),
        (
            1001,
            unknown.authorization(),
            Some("user 99: no such user in the realm"),
        ),
        (
            1301,
            right.authorization(),
            Some("user 10: the nonce has expired"),
        ),
        (
            1001,
            answer(&foreign).authorization(),
            Some("user 10: the nonce is not ours"),
        ),
    ] {
        let reply = auth
            .www_authorize(&register(at, PHONE, &headers))
            .unwrap_err();
        assert_eq!((reply.status.code(), reply.why.as_deref()), (401, why));
    }
}

#[test]
fn an_unreadable_table_is_a_500() {
    let auth = auth(Settings::default());
    let challenge = asked(&auth);
    let reply = try_at(
        &auth,
        1001,
        &Answer {
            username: "broken",
            ..answer(&challenge)
        },
    );
    assert_eq!(reply.unwrap_err().status, 500);
}
