//! Several algorithms: what is offered to whom, and which answers count.

use std::sync::{Arc, Mutex};

use sip_auth::{Auth, KeyedNonces, NonceKey, Offer, Settings, Verified, check_algorithm};
use sip_digest::{Algorithm, Challenge, Password};
use sip_message::Reply;
use sip_tables::{Login, NoPassword, Subscribers};

use crate::phone::{Answer, PHONE, REALM, answer, register};

const ELSEWHERE: &str = "192.168.1.66:5060";

/// 10 with both hashes and the offer that is set, `old` with MD5 alone.
#[derive(Clone, Default)]
struct Users(Arc<Mutex<Option<Offer>>>);

impl Subscribers for Users {
    fn login(&self, user: &str, domain: &str) -> Result<Login, NoPassword> {
        let mut password = Password::hashed(user, domain, "abc10");
        match (&mut password, user) {
            (_, "10") => {}
            (Password::Hashed { sha256, .. }, "old") => *sha256 = None,
            _ => return Err(NoPassword::NoUser),
        }
        let offer = *self.0.lock().unwrap();
        Ok(Login { password, offer })
    }
}

impl Users {
    fn asked_with(&self, offer: Offer) -> Auth {
        let settings = Settings {
            offer,
            ..Settings::default()
        };
        Auth::new(
            settings,
            KeyedNonces::new(NonceKey::new([7; 16]), 1),
            self.clone(),
        )
    }
}

/// The challenges of a 401.
fn challenges(reply: &Reply) -> Vec<Challenge> {
    assert_eq!(reply.status, 401);
    let all = reply
        .headers
        .iter()
        .filter(|(name, _)| *name == "WWW-Authenticate");
    all.map(|(_, value)| Challenge::parse(value).unwrap().unwrap())
        .collect()
}

fn offered(reply: &Reply) -> Vec<&'static str> {
    let algorithm = |it: &Challenge| it.algorithm.unwrap_or(Algorithm::Md5).as_str();
    challenges(reply).iter().map(algorithm).collect()
}

fn asked_from(auth: &Auth, at: u64, source: &str) -> Reply {
    auth.www_authorize(&register(at, source, "")).unwrap_err()
}

fn sent(auth: &Auth, at: u64, answers: &[Answer<'_>]) -> Result<Verified, Reply> {
    let headers: String = answers.iter().map(Answer::authorization).collect();
    auth.www_authorize(&register(at, PHONE, &headers))
}

#[test]
fn each_offer_is_a_header_field_for_each_algorithm_with_one_nonce() {
    for (offer, names) in [
        (Offer::Md5, &["MD5"][..]),
        (Offer::Sha256Md5, &["SHA-256", "MD5"]),
        (Offer::Md5Sha256, &["MD5", "SHA-256"]),
        (Offer::Sha256, &["SHA-256"]),
    ] {
        let reply = asked_from(&Users::default().asked_with(offer), 1000, PHONE);
        assert_eq!(offered(&reply), names);
        let all = challenges(&reply);
        assert!(
            all.iter()
                .all(|it| it.nonce == all[0].nonce && it.realm == REALM)
        );
        let is_named = all[0].algorithm.is_some();
        assert_eq!(
            is_named,
            offer != Offer::Md5,
            "MD5 alone is not named, as before"
        );
    }
}

#[test]
fn either_answer_is_right_and_the_strongest_is_taken() {
    let auth = Users::default().asked_with(Offer::Md5Sha256);
    let all = challenges(&asked_from(&auth, 1000, PHONE));
    let [md5, sha256] = [&all[0], &all[1]];
    let other = |challenge| Answer {
        password: "wrong",
        ..answer(challenge)
    };
    let cases = [
        (vec![answer(md5)], Algorithm::Md5),
        (vec![answer(sha256)], Algorithm::Sha256),
        (vec![answer(md5), answer(sha256)], Algorithm::Sha256),
        (vec![answer(sha256), other(md5)], Algorithm::Sha256),
        (vec![other(sha256), answer(md5)], Algorithm::Md5),
    ];
    for (count, (answers, algorithm)) in (1..).zip(cases) {
        let counted = answers.into_iter().map(|it| Answer { count, ..it });
        let answers: Vec<_> = counted.collect();
        let verified = sent(&auth, 1001, &answers).unwrap();
        assert_eq!(verified.algorithm(), algorithm);
        assert!(check_algorithm(&verified));
    }
}

#[test]
fn a_request_with_two_answers_is_one_guess() {
    let auth = Users::default().asked_with(Offer::Sha256Md5);
    let mut reply = asked_from(&auth, 1000, PHONE);
    for guess in 0..20 {
        let all = challenges(&reply);
        let wrong = |challenge| Answer {
            password: "guess",
            ..answer(challenge)
        };
        reply = sent(&auth, 1001, &[wrong(&all[0]), wrong(&all[1])]).unwrap_err();
        assert_eq!(offered(&reply), ["SHA-256", "MD5"], "guess {guess}");
    }
    let all = challenges(&reply);
    let next = sent(&auth, 1001, &[answer(&all[0]), answer(&all[1])]).unwrap_err();
    assert_eq!(
        next.status, 503,
        "20 guesses are the share, and 40 answers were not 40"
    );
}

#[test]
fn a_second_answer_for_an_algorithm_or_for_another_user_does_not_count() {
    let auth = Users::default().asked_with(Offer::Sha256Md5);
    let all = challenges(&asked_from(&auth, 1000, PHONE));
    let wrong = |challenge| Answer {
        password: "wrong",
        ..answer(challenge)
    };
    let twice = [wrong(&all[0]), answer(&all[0])];
    assert_eq!(sent(&auth, 1001, &twice).unwrap_err().status, 401);
    let stranger = Answer {
        username: "11",
        ..answer(&all[0])
    };
    let two_users = [stranger, answer(&all[1])];
    assert_eq!(sent(&auth, 1001, &two_users).unwrap_err().status, 401);
}

#[test]
fn after_a_wrong_answer_of_sha_256_every_user_is_offered_the_same() {
    for user in ["10", "old", "nobody"] {
        let auth = Users::default().asked_with(Offer::Sha256Md5);
        let all = challenges(&asked_from(&auth, 1000, PHONE));
        let guess = Answer {
            username: user,
            password: "guess",
            ..answer(&all[0])
        };
        let reply = sent(&auth, 1001, &[guess]).unwrap_err();
        assert_eq!(offered(&reply), ["MD5"], "{user}");
        assert!(!challenges(&reply)[0].stale, "{user}");
    }
}

#[test]
fn a_user_with_md5_alone_gets_in_and_is_then_offered_md5() {
    let auth = Users::default().asked_with(Offer::Sha256Md5);
    let old = |challenge| Answer {
        username: "old",
        ..answer(challenge)
    };
    let first = challenges(&asked_from(&auth, 1000, PHONE));
    let second = challenges(&sent(&auth, 1001, &[old(&first[0])]).unwrap_err());
    let verified = sent(&auth, 1002, &[old(&second[0])]).unwrap();
    assert!(
        check_algorithm(&verified),
        "there is nothing stronger to ask for"
    );
    let both = challenges(&asked_from(&auth, 1003, PHONE));
    assert_eq!(both.len(), 2, "10, at the same place, is another user");
}

#[test]
fn a_phone_that_begins_again_after_a_wrong_answer_of_sha_256_is_offered_md5_alone() {
    let auth = Users::default().asked_with(Offer::Sha256Md5);
    let all = challenges(&asked_from(&auth, 1000, PHONE));
    let guess = Answer {
        password: "guess",
        ..answer(&all[0])
    };
    sent(&auth, 1001, &[guess]).unwrap_err();
    assert_eq!(offered(&asked_from(&auth, 1002, PHONE)), ["MD5"]);
    assert_eq!(
        offered(&asked_from(&auth, 1002, ELSEWHERE)),
        ["SHA-256", "MD5"]
    );
    assert_eq!(
        offered(&asked_from(&auth, 1001 + 3_600, PHONE)),
        ["SHA-256", "MD5"]
    );
    let md5 = challenges(&asked_from(&auth, 1003, PHONE));
    sent(&auth, 1004, &[answer(&md5[0])]).unwrap();
    assert_eq!(
        offered(&asked_from(&auth, 1005, PHONE)),
        ["SHA-256", "MD5"],
        "its password is right, and both hashes are kept"
    );
}

#[test]
fn a_moved_user_is_offered_its_own_at_its_own_place_and_nowhere_else() {
    let users = Users::default();
    let auth = users.asked_with(Offer::Md5);
    *users.0.lock().unwrap() = Some(Offer::Sha256);
    assert_eq!(
        offered(&asked_from(&auth, 1000, PHONE)),
        ["MD5"],
        "not yet known"
    );
    let all = challenges(&asked_from(&auth, 1000, PHONE));
    let verified = sent(&auth, 1001, &[answer(&all[0])]).unwrap();
    assert!(!check_algorithm(&verified));
    let again = auth.www_challenge_again(&register(1001, PHONE, ""));
    assert_eq!(offered(&again), ["SHA-256"]);
    assert!(challenges(&again)[0].stale);
    let verified = sent(&auth, 1002, &[answer(&challenges(&again)[0])]).unwrap();
    assert!(check_algorithm(&verified));
    assert_eq!(offered(&asked_from(&auth, 1003, PHONE)), ["SHA-256"]);
    assert_eq!(offered(&asked_from(&auth, 1003, ELSEWHERE)), ["MD5"]);
    // A phone that answers an old challenge of MD5 is asked for more, and not taken for a guesser.
    let old = Answer {
        count: 2,
        ..answer(&all[0])
    };
    assert!(!check_algorithm(&sent(&auth, 1004, &[old]).unwrap()));

    *users.0.lock().unwrap() = None;
    let all = challenges(&asked_from(&auth, 1005, PHONE));
    assert_eq!(offered(&asked_from(&auth, 1005, PHONE)), ["SHA-256"]);
    // It was asked for SHA-256 a moment ago, so that answer is good enough.
    let refused = sent(&auth, 1006, &[answer(&all[0])]);
    assert!(check_algorithm(&refused.unwrap()));
    assert_eq!(offered(&asked_from(&auth, 1007, PHONE)), ["MD5"]);
}

#[test]
fn sessions_and_auth_int_get_a_fresh_challenge() {
    let auth = Users::default().asked_with(Offer::Sha256Md5);
    let all = challenges(&asked_from(&auth, 1000, PHONE));
    for algorithm in [
        Algorithm::Md5Sess,
        Algorithm::Sha256Sess,
        Algorithm::Sha512Of256,
    ] {
        let challenge = Challenge {
            algorithm: Some(algorithm),
            ..all[0].clone()
        };
        let reply = sent(&auth, 1001, &[answer(&challenge)]).unwrap_err();
        assert_eq!(offered(&reply), ["SHA-256", "MD5"], "{algorithm:?}");
        assert_ne!(challenges(&reply)[0].nonce, all[0].nonce);
    }
}
