//! Which credentials count as an answer to our challenge.

use sip_auth::Settings;
use sip_digest::Challenge;

use crate::phone::{
    Answer, PHONE, REALM, answer, asked, auth, challenge_in, register, request, try_at,
};

#[test]
fn a_phone_without_qop_is_served_even_if_qop_is_offered() {
    let auth = auth(Settings::default());
    let challenge = Challenge {
        qop: Vec::new(),
        ..asked(&auth)
    };
    assert!(try_at(&auth, 1001, &answer(&challenge)).is_ok());
}

#[test]
fn an_answer_for_another_place_does_not_count() {
    let auth = auth(Settings::default());
    for uri in ["sip:10.0.1.102", "sip:11@192.168.1.15", "tel:10", ""] {
        let challenge = asked(&auth);
        let reply = try_at(
            &auth,
            1001,
            &Answer {
                uri,
                ..answer(&challenge)
            },
        )
        .unwrap_err();
        assert_eq!(
            (reply.status.code(), challenge_in(&reply).stale),
            (401, false),
            "{uri}"
        );
    }
}

#[test]
fn a_phone_may_write_port_and_transport_as_it_likes_when_it_hashes() {
    let auth = auth(Settings::default());
    for uri in ["sip:192.168.1.15:5060", "SIP:192.168.1.15;transport=UDP"] {
        let challenge = asked(&auth);
        assert!(
            try_at(
                &auth,
                1001,
                &Answer {
                    uri,
                    ..answer(&challenge)
                }
            )
            .is_ok(),
            "{uri}"
        );
    }
}

#[test]
fn an_answer_made_for_another_method_does_not_count() {
    let auth = auth(Settings::default());
    let challenge = asked(&auth);
    assert!(
        try_at(
            &auth,
            1001,
            &Answer {
                method: "INVITE",
                ..answer(&challenge)
            }
        )
        .is_err()
    );
}

#[test]
fn of_several_answers_the_one_for_our_realm_counts() {
    let auth = auth(Settings::default());
    let ours = asked(&auth);
    let other = Challenge {
        realm: "carrier.example".to_owned(),
        ..ours.clone()
    };
    let headers = answer(&other).authorization() + &answer(&ours).authorization();
    assert!(auth.www_authorize(&register(1001, PHONE, &headers)).is_ok());
    let why = auth.www_authorize(&register(1001, PHONE, &answer(&other).authorization()));
    let why = why.unwrap_err().why.unwrap();
    assert!(
        why.contains("carrier.example") && why.contains(REALM),
        "{why}"
    );
}

#[test]
fn an_unreadable_answer_for_another_realm_is_left_to_its_server() {
    let auth = auth(Settings::default());
    for theirs in [
        "algorithm=AKAv1-MD5",
        "algorithm=SHA-512-256",
        "qop=auth-conf, nc=00000001, cnonce=\"c\"",
        "qop=auth, nc=1",
    ] {
        let ours = answer(&asked(&auth)).authorization();
        let other = format!(
            "Authorization: Digest username=\"10\", realm=\"carrier.example\", nonce=\"n\", \
             uri=\"sip:carrier.example\", response=\"r\", {theirs}\r\n"
        );
        let both = other.clone() + &ours;
        let verified = auth.www_authorize(&register(1001, PHONE, &both));
        assert!(verified.is_ok(), "{theirs}: {verified:?}");
        let reply = auth.www_authorize(&register(1001, PHONE, &other));
        assert_eq!(reply.unwrap_err().status, 401, "{theirs}");
    }
}

#[test]
fn credentials_that_cannot_be_read_get_a_400_that_says_why() {
    let auth = auth(Settings::default());
    let header = "Authorization: Digest username=\"10\", realm=\"192.168.1.15\r\n";
    let reply = auth
        .www_authorize(&register(1001, PHONE, header))
        .unwrap_err();
    assert_eq!(reply.status, 400);
    assert_eq!(
        reply.reason,
        "Authorization: realm: quoted string never closed at byte 22"
    );
}

#[test]
fn another_scheme_is_challenged_like_no_answer() {
    let auth = auth(Settings::default());
    let header = "Authorization: Basic MTA6YWJjMTA=\r\n";
    assert_eq!(
        auth.www_authorize(&register(1001, PHONE, header))
            .unwrap_err()
            .status,
        401
    );
}

#[test]
fn an_algorithm_or_qop_that_was_not_offered_does_not_count() {
    let auth = auth(Settings::default());
    let challenge = asked(&auth);
    for (from, to) in [
        ("algorithm=MD5", "algorithm=SHA-256"),
        ("algorithm=MD5", "algorithm=SHA-512-256"),
        ("qop=auth", "qop=auth-int"),
        ("qop=auth", "qop=auth-conf"),
    ] {
        let header = answer(&challenge).authorization().replace(from, to);
        assert_eq!(
            auth.www_authorize(&register(1001, PHONE, &header))
                .unwrap_err()
                .status,
            401
        );
    }
}

#[test]
fn a_caller_hashes_the_number_it_calls_and_no_other() {
    let auth = auth(Settings::default());
    let invite = |headers: &str| {
        let text = format!(
            "INVITE sip:11@192.168.1.15 SIP/2.0\r\n\
             Via: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bK2\r\nFrom: <sip:10@192.168.1.15>;tag=1\r\n\
             To: <sip:11@192.168.1.15>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n{headers}\r\n"
        );
        request(1000, PHONE, &text)
    };
    for (uri, counts) in [
        ("sip:11@192.168.1.15", true),
        ("sip:11@192.168.1.15:5060", true),
        ("sip:192.168.1.15:5060", false),
        ("sip:12@192.168.1.15", false),
        ("sip:10.0.1.102", false),
    ] {
        let challenge = challenge_in(&auth.proxy_authorize(&invite("")).unwrap_err());
        let answer = Answer {
            method: "INVITE",
            uri,
            ..answer(&challenge)
        };
        let header = format!("Proxy-{}", answer.authorization());
        assert_eq!(
            auth.proxy_authorize(&invite(&header)).is_ok(),
            counts,
            "{uri}"
        );
    }
}
