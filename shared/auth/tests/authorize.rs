//! What a server asks for, and which answers it takes.
#![allow(clippy::unwrap_used)] // a test that cannot make its request has failed

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use sip_auth::{Auth, KeyedNonces, NonceKey, Settings, Verified, check_from, check_to};
use sip_digest::{Algorithm, Calculation, Challenge, Credentials, NoPassword, NotReadable};
use sip_digest::{Password, Protected, Qop, Secret, Subscribers};
use sip_message::{Arrival, Flow, Packet, Reply, Request, Transport, parse};

const REALM: &str = "192.168.1.15";

/// 10 with its password, 11 with its hashes.
struct Two;

impl Subscribers for Two {
    fn password(&self, user: &str, domain: &str) -> Result<Password, NoPassword> {
        assert_eq!(domain, REALM, "only our realm is looked up");
        match user {
            "10" => Ok(Password::plain("abc10")?),
            "11" => Ok(Password::hashed("11", REALM, "abc11")),
            "broken" => Err(NotReadable::new("the disk is gone").into()),
            _ => Err(NoPassword::NoUser),
        }
    }
}

fn auth(settings: Settings) -> Auth {
    Auth::new(settings, KeyedNonces::new(NonceKey::new([7; 16]), 1), Two)
}

/// A REGISTER that came at this second from this address, with further header fields.
fn register(at: u64, source: &str, headers: &str) -> Request {
    let text = format!(
        "REGISTER sip:192.168.1.15 SIP/2.0\r\nVia: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bK1\r\n\
         From: <sip:10@192.168.1.15>;tag=1\r\nTo: <sip:10@192.168.1.15>\r\nCall-ID: c\r\n\
         CSeq: 1 REGISTER\r\n{headers}\r\n"
    );
    request(at, source, &text)
}

fn request(at: u64, source: &str, text: &str) -> Request {
    let local: SocketAddr = "192.168.1.15:5060".parse().unwrap();
    let remote = source.parse().unwrap();
    let flow = Flow {
        transport: Transport::Udp,
        local,
        remote,
        connection: None,
    };
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(at);
    match parse(text.as_bytes().to_vec(), Arrival { flow, at }).unwrap() {
        Packet::Request(request) => request,
        Packet::Response(_) => unreachable!("it is a request"),
    }
}

const PHONE: &str = "192.168.1.10:5060";

fn challenge_in(reply: &Reply) -> Challenge {
    let (_, value) = reply
        .headers
        .iter()
        .find(|(name, _)| name.ends_with("Authenticate"))
        .unwrap();
    Challenge::parse(value).unwrap().unwrap()
}

/// An answer to a challenge, as a phone would give it; the caller may change its parts first.
struct Answer<'a> {
    challenge: &'a Challenge,
    username: &'a str,
    password: &'a str,
    method: &'a str,
    uri: &'a str,
    count: u32,
}

impl Answer<'_> {
    fn header(&self) -> String {
        let nc = format!("{:08x}", self.count);
        let qop = self.challenge.qop.contains(&Qop::Auth);
        let qop = qop.then(|| Protected {
            qop: Qop::Auth,
            token: "auth",
            nc: &nc,
            count: self.count,
            cnonce: "c",
        });
        let mut credentials = Credentials {
            username: self.username,
            realm: &self.challenge.realm,
            nonce: &self.challenge.nonce,
            uri: self.uri,
            response: "",
            algorithm: Algorithm::Md5,
            qop,
            cnonce: None,
            opaque: None,
        };
        let secret = Secret::Password(self.password);
        let calculation = Calculation::new(&credentials, secret, self.method, b"");
        credentials.response = calculation.response();
        credentials.to_string()
    }

    fn authorization(&self) -> String {
        format!("Authorization: {}\r\n", self.header())
    }
}

fn answer<'a>(challenge: &'a Challenge) -> Answer<'a> {
    let (username, password, method) = ("10", "abc10", "REGISTER");
    Answer {
        challenge,
        username,
        password,
        method,
        uri: "sip:192.168.1.15",
        count: 1,
    }
}

/// What the server asks at second 1000.
fn asked(auth: &Auth) -> Challenge {
    let reply = auth.www_authorize(&register(1000, PHONE, "")).unwrap_err();
    assert_eq!(reply.status, 401);
    challenge_in(&reply)
}

fn try_at(auth: &Auth, at: u64, answer: &Answer<'_>) -> Result<Verified, Reply> {
    auth.www_authorize(&register(at, PHONE, &answer.authorization()))
}

#[test]
fn whoever_answers_nothing_is_challenged() {
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
    fn password(&self, user: &str, _domain: &str) -> Result<Password, NoPassword> {
        match user {
            "10" => Ok(Password::plain("new")?),
            _ => Err(NoPassword::NoUser),
        }
    }

    fn remembered(&self, user: &str, _domain: &str) -> Option<Password> {
        Password::plain("old").ok().filter(|_| user == "10")
    }
}

#[test]
fn an_answer_that_memory_takes_for_wrong_is_judged_by_the_table() {
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
        try_at(&auth, 1001, &answer).map_or_else(|refusal| refusal.status, |_| 200)
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
fn an_unknown_user_and_a_wrong_password_get_the_same_answer() {
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
fn the_log_tells_apart_what_the_phone_is_not_told() {
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
            Some("credentials of another scheme than Digest"),
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
        assert_eq!((reply.status, reply.why.as_deref()), (401, why));
    }
}

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
fn a_nonce_of_a_time_to_come_is_stale() {
    let auth = auth(Settings::default());
    let challenge = asked(&auth); // at second 1000
    let later = |at, count| {
        let answer = Answer {
            count,
            ..answer(&challenge)
        };
        let refused = try_at(&auth, at, &answer).err()?;
        Some((refused.status, challenge_in(&refused).stale))
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
fn a_phone_that_knows_no_qop_is_served_though_it_is_offered() {
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
            (reply.status, challenge_in(&reply).stale),
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
        assert_eq!((reply.status, challenge_in(&reply).stale), (401, false));
    }
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
fn an_answer_for_another_realm_that_only_its_server_can_read_is_not_ours_to_refuse() {
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
fn another_scheme_is_challenged_like_nothing() {
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
fn a_table_that_cannot_be_read_is_our_fault_and_not_the_phones() {
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

/// What 10 at `source` hears of a guess, or of its right password.
fn status(auth: &Auth, at: u64, source: &str, username: &str, password: &str) -> u16 {
    let asked = auth.www_authorize(&register(at, source, "")).unwrap_err();
    let challenge = challenge_in(&asked);
    let answer = Answer {
        username,
        password,
        ..answer(&challenge)
    };
    let heard = auth.www_authorize(&register(at, source, &answer.authorization()));
    heard.map_or_else(|refusal| refusal.status, |_| 200)
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
fn an_answer_to_a_challenge_that_was_sent_elsewhere_is_not_judged_and_charges_nobody() {
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
            assert_eq!((reply.status, challenge_in(&reply).stale), (401, true));
        }
    }
    assert_eq!(status(&auth, 1001, victim, "10", "abc10"), 200);
    assert!(
        try_at(&auth, 1001, &answer(&challenge)).is_ok(),
        "nor was it used"
    );
}

#[test]
fn an_answer_to_a_challenge_of_the_day_before_is_not_judged_and_charges_nobody() {
    let auth = auth(Settings::default());
    let challenge = asked(&auth); // at second 1000
    let guess = |at| {
        let guess = Answer {
            password: "guess",
            ..answer(&challenge)
        };
        let refused = try_at(&auth, at, &guess).unwrap_err();
        (refused.status, challenge_in(&refused).stale)
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

#[test]
fn a_phone_whose_address_changed_answers_a_new_challenge_and_asks_nobody() {
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
    assert_eq!((refused.status, challenge_in(&refused).stale), (401, true));
    let header = format!("Proxy-{}", answer(&of_registrar).authorization());
    let refused = auth.proxy_authorize(&same(&header)).unwrap_err();
    assert_eq!((refused.status, challenge_in(&refused).stale), (407, true));
    assert!(try_at(&auth, 1001, &answer(&of_registrar)).is_ok());
}

#[test]
fn a_given_realm_goes_before_the_domain() {
    let realm = Some("sip.example".to_owned());
    let auth = auth(Settings {
        realm,
        ..Settings::default()
    });
    assert_eq!(asked(&auth).realm, "sip.example");
}

/// 10 of example.com with its hashes.
struct OfExample;

impl Subscribers for OfExample {
    fn password(&self, user: &str, domain: &str) -> Result<Password, NoPassword> {
        match (user, domain) {
            ("10", "example.com") => Ok(Password::hashed("10", "example.com", "abc10")),
            _ => Err(NoPassword::NoUser),
        }
    }
}

#[test]
fn a_domain_in_capitals_is_asked_in_lower_case_and_its_answer_is_right() {
    let key = NonceKey::new([7; 16]);
    let nonces = KeyedNonces::new(key, 1);
    let auth = Auth::new(Settings::default(), nonces, OfExample);
    for (method, header) in [("REGISTER", ""), ("INVITE", "Proxy-")] {
        let asks = |headers: &str| {
            let text = format!(
                "{method} sip:EXAMPLE.com SIP/2.0\r\n\
                 Via: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bK2\r\n\
                 From: <sip:10@EXAMPLE.com>;tag=1\r\nTo: <sip:10@Example.COM>\r\nCall-ID: c\r\n\
                 CSeq: 1 {method}\r\n{headers}\r\n"
            );
            let request = request(1000, PHONE, &text);
            match method {
                "REGISTER" => auth.www_authorize(&request),
                _ => auth.proxy_authorize(&request),
            }
        };
        let challenge = challenge_in(&asks("").unwrap_err());
        assert_eq!(challenge.realm, "example.com");
        let right = Answer {
            method,
            uri: "sip:EXAMPLE.com",
            ..answer(&challenge)
        };
        let verified = asks(&format!("{header}{}", right.authorization())).unwrap();
        assert_eq!((verified.user(), verified.realm()), ("10", "example.com"));
    }
}

#[test]
fn a_given_realm_is_in_lower_case_where_it_is_a_host() {
    for (given, written) in [("SIP.Example", "sip.example"), ("SIP Steps", "SIP Steps")] {
        let auth = auth(Settings {
            realm: Some(given.to_owned()),
            ..Settings::default()
        });
        assert_eq!(asked(&auth).realm, written);
    }
}

#[test]
fn a_proxy_asks_with_407_in_the_callers_domain() {
    let auth = auth(Settings::default());
    let invite = |headers: &str| {
        let text = format!(
            "INVITE sip:11@elsewhere.example SIP/2.0\r\n\
             Via: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bK2\r\nFrom: <sip:10@192.168.1.15>;tag=1\r\n\
             To: <sip:11@elsewhere.example>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n{headers}\r\n"
        );
        request(1000, PHONE, &text)
    };
    let reply = auth.proxy_authorize(&invite("")).unwrap_err();
    assert_eq!(reply.status, 407);
    let challenge = challenge_in(&reply);
    assert_eq!(challenge.realm, REALM);
    let uri = "sip:11@elsewhere.example";
    let answer = Answer {
        method: "INVITE",
        uri,
        ..answer(&challenge)
    };
    let in_the_wrong_header = invite(&answer.authorization());
    assert_eq!(
        auth.proxy_authorize(&in_the_wrong_header)
            .unwrap_err()
            .status,
        407
    );
    let other = "Digest username=\"10\", realm=\"other\", nonce=\"n\", uri=\"u\", response=\"r\"";
    let headers = format!(
        "pRoXy-Authorization : {}\r\nProxy-Authorization: {other}\r\n",
        answer.header()
    );
    let request = invite(&headers);
    let caller = auth.proxy_authorize(&request).unwrap();
    assert!(check_from(&request, &caller));
    assert!(!check_to(&request, &caller));
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

#[test]
fn a_user_is_compared_without_its_escapes() {
    let auth = auth(Settings::default());
    let challenge = asked(&auth);
    let verified = try_at(&auth, 1001, &answer(&challenge)).unwrap();
    let to = |to: &str| {
        let text = String::from_utf8(register(1, PHONE, "").to_bytes()).unwrap();
        request(
            1,
            PHONE,
            &text.replace("To: <sip:10@192.168.1.15>", &format!("To: <{to}>")),
        )
    };
    assert!(check_to(&to("sip:%31%30@192.168.1.15"), &verified));
    for other in [
        "sip:11@192.168.1.15",
        "sip:192.168.1.15",
        "tel:10",
        "sip:10%00@192.168.1.15",
    ] {
        assert!(!check_to(&to(other), &verified), "{other}");
    }
}
