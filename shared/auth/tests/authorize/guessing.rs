//! Passwords can only be guessed slowly, and nobody else is slowed down.

use sip_auth::{Auth, Settings};

use crate::phone::{Answer, PHONE, answer, asked, auth, challenge_in, register, try_at};

/// The status that a user at `source` gets for a guess, or for its password.
fn status(auth: &Auth, at: u64, source: &str, username: &str, password: &str) -> u16 {
    let asked = auth.www_authorize(&register(at, source, "")).unwrap_err();
    let challenge = challenge_in(&asked);
    let answer = Answer {
        username,
        password,
        ..answer(&challenge)
    };
    let heard = auth.www_authorize(&register(at, source, &answer.authorization()));
    heard.map_or_else(|refusal| refusal.status.code(), |_| 200)
}

#[test]
fn a_user_who_is_guessed_at_is_slowed_and_its_neighbours_are_served() {
    let auth = auth(Settings::default());
    let office = "192.168.1.66:5060";
    let guesses: Vec<u16> = (0..1000)
        .map(|_| status(&auth, 1001, office, "10", "guess"))
        .collect();
    assert_eq!(guesses.iter().filter(|status| **status == 401).count(), 20);
    assert_eq!(guesses.last(), Some(&503));
    assert_eq!(
        status(&auth, 1001, office, "10", "abc10"),
        503,
        "it may be a guess"
    );
    assert_eq!(
        status(&auth, 1001, office, "11", "abc11"),
        200,
        "another user there"
    );
    assert_eq!(
        status(&auth, 1001, PHONE, "10", "abc10"),
        200,
        "the user elsewhere"
    );
    assert_eq!(
        status(&auth, 1031, office, "10", "abc10"),
        200,
        "after half a minute"
    );
}

#[test]
fn a_user_who_does_not_exist_is_slowed_as_one_who_does() {
    let auth = auth(Settings::default());
    let heard = |username| -> Vec<_> {
        let heard = |_| status(&auth, 1001, PHONE, username, "guess");
        (0..50).map(heard).collect()
    };
    assert_eq!(heard("10"), heard("99"));
}

#[test]
fn an_answer_to_a_challenge_for_elsewhere_is_not_checked_or_charged() {
    let auth = auth(Settings::default());
    let challenge = asked(&auth); // sent to PHONE
    let victim = "192.168.1.66:5060";
    for password in ["guess", "abc10"] {
        let answer = Answer {
            password,
            ..answer(&challenge)
        };
        for _ in 0..50 {
            let forged = register(1001, victim, &answer.authorization());
            let reply = auth.www_authorize(&forged).unwrap_err();
            assert_eq!(
                (reply.status.code(), challenge_in(&reply).stale),
                (401, true)
            );
        }
    }
    assert_eq!(status(&auth, 1001, victim, "10", "abc10"), 200);
    assert!(
        try_at(&auth, 1001, &answer(&challenge)).is_ok(),
        "nor was it used"
    );
}

#[test]
fn an_answer_to_a_challenge_of_the_day_before_is_not_checked_or_charged() {
    let auth = auth(Settings::default());
    let challenge = asked(&auth); // at second 1000
    let guess = |at| {
        let guess = Answer {
            password: "guess",
            ..answer(&challenge)
        };
        let refused = try_at(&auth, at, &guess).unwrap_err();
        (refused.status.code(), challenge_in(&refused).stale)
    };
    assert_eq!(
        guess(87_400),
        (401, false),
        "a day later it is a wrong password"
    );
    for _ in 0..50 {
        assert_eq!(guess(87_401), (401, true));
    }
    assert_eq!(status(&auth, 87_401, PHONE, "10", "abc10"), 200);
}
