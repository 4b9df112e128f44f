//! How long a nonce is good, how often, and for which user.

use sip_auth::{Auth, KeyedNonces, NonceKey, Settings};
use sip_digest::Challenge;

use crate::phone::{Answer, PHONE, Two, answer, asked, auth, challenge_in, register, try_at};

#[test]
fn a_right_answer_to_an_old_nonce_is_stale_and_a_wrong_one_is_not() {
    let auth = auth(Settings {
        nonce_lifetime: 300,
        ..Settings::default()
    });
    let challenge = asked(&auth);
    assert!(try_at(&auth, 1300, &answer(&challenge)).is_ok());
    let late = |answer| challenge_in(&try_at(&auth, 1301, &answer).unwrap_err()).stale;
    assert!(late(Answer {
        count: 2,
        ..answer(&challenge)
    }));
    assert!(!late(Answer {
        count: 3,
        password: "guess",
        ..answer(&challenge)
    }));
}

#[test]
fn a_nonce_from_the_future_is_stale() {
    let auth = auth(Settings::default());
    let challenge = asked(&auth); // at second 1000
    let later = |at, count| {
        let answer = Answer {
            count,
            ..answer(&challenge)
        };
        let refused = try_at(&auth, at, &answer).err()?;
        Some((refused.status.code(), challenge_in(&refused).stale))
    };
    assert_eq!(later(995, 1), None, "clocks are corrected a little");
    assert_eq!(later(994, 2), Some((401, true)));
    assert_eq!(later(1, 3), Some((401, true)));
    assert_eq!(later(1300, 4), None);
}

#[test]
fn an_answer_counts_once_and_the_next_count_again() {
    let auth = auth(Settings::default());
    let challenge = asked(&auth);
    assert!(try_at(&auth, 1001, &answer(&challenge)).is_ok());
    let again = try_at(&auth, 1002, &answer(&challenge)).unwrap_err();
    assert!(challenge_in(&again).stale);
    assert!(
        try_at(
            &auth,
            1003,
            &Answer {
                count: 2,
                ..answer(&challenge)
            }
        )
        .is_ok()
    );
}

#[test]
fn a_wrong_answer_uses_up_no_count() {
    let auth = auth(Settings::default());
    let challenge = asked(&auth);
    let forged = Answer {
        count: 9,
        password: "guess",
        ..answer(&challenge)
    };
    assert!(try_at(&auth, 1001, &forged).is_err());
    assert!(try_at(&auth, 1002, &answer(&challenge)).is_ok());
}

#[test]
fn without_qop_a_nonce_serves_once() {
    let auth = auth(Settings {
        qop: None,
        ..Settings::default()
    });
    let challenge = asked(&auth);
    assert!(challenge.qop.is_empty());
    assert!(try_at(&auth, 1001, &answer(&challenge)).is_ok());
    assert!(challenge_in(&try_at(&auth, 1002, &answer(&challenge)).unwrap_err()).stale);
}

#[test]
fn a_nonce_that_is_not_ours_is_never_stale() {
    let auth = auth(Settings::default());
    let ours = asked(&auth);
    let other = Auth::new(
        Settings::default(),
        KeyedNonces::new(NonceKey::new([8; 16]), 1),
        Two,
    );
    let flipped = ours.nonce.replace("000003e8", "000003e9");
    for nonce in [
        flipped,
        asked(&other).nonce,
        "made-up".to_owned(),
        String::new(),
    ] {
        let challenge = Challenge {
            nonce,
            ..ours.clone()
        };
        let reply = try_at(&auth, 1001, &answer(&challenge)).unwrap_err();
        assert_eq!(
            (reply.status.code(), challenge_in(&reply).stale),
            (401, false)
        );
    }
}

#[test]
fn a_phone_whose_address_changed_gets_a_stale_challenge() {
    let auth = auth(Settings::default());
    let challenge = asked(&auth);
    assert!(try_at(&auth, 1001, &answer(&challenge)).is_ok());
    let moved = "10.8.0.10:5060";
    let refresh = Answer {
        count: 2,
        ..answer(&challenge)
    };
    let refused = auth.www_authorize(&register(1002, moved, &refresh.authorization()));
    let renewed = challenge_in(&refused.unwrap_err());
    assert!(renewed.stale);
    let again = register(1003, moved, &answer(&renewed).authorization());
    assert!(auth.www_authorize(&again).is_ok());
}

#[test]
fn a_challenge_is_good_at_another_port_and_in_the_same_ipv6_network() {
    for (one, other) in [
        ("192.168.1.10:5060", "192.168.1.10:40000"),
        ("192.168.1.10:5060", "[::ffff:192.168.1.10]:5060"),
        ("[2001:db8::10]:5060", "[2001:db8::ffff:10]:5060"),
    ] {
        let auth = auth(Settings::default());
        let asked = auth.www_authorize(&register(1000, one, "")).unwrap_err();
        let challenge = challenge_in(&asked);
        let again = register(1001, other, &answer(&challenge).authorization());
        assert!(auth.www_authorize(&again).is_ok(), "{one} and {other}");
    }
}

#[test]
fn a_proxys_challenge_registers_nobody_and_a_registrars_places_no_call() {
    let auth = auth(Settings::default());
    let same = |headers: &str| register(1000, PHONE, headers);
    let of_registrar = asked(&auth);
    let of_proxy = challenge_in(&auth.proxy_authorize(&same("")).unwrap_err());
    let refused = auth
        .www_authorize(&same(&answer(&of_proxy).authorization()))
        .unwrap_err();
    assert_eq!(
        (refused.status.code(), challenge_in(&refused).stale),
        (401, true)
    );
    let header = format!("Proxy-{}", answer(&of_registrar).authorization());
    let refused = auth.proxy_authorize(&same(&header)).unwrap_err();
    assert_eq!(
        (refused.status.code(), challenge_in(&refused).stale),
        (407, true)
    );
    assert!(try_at(&auth, 1001, &answer(&of_registrar)).is_ok());
}
