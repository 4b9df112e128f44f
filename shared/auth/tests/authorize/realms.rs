//! The realm of a challenge, and the identity an answer proves.

use sip_auth::{Auth, KeyedNonces, NonceKey, Settings, check_from, check_to};
use sip_digest::Password;
use sip_tables::{Login, NoPassword, Subscribers};

use crate::phone::{
    Answer, PHONE, REALM, answer, asked, auth, challenge_in, register, request, try_at,
};

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
    fn login(&self, user: &str, domain: &str) -> Result<Login, NoPassword> {
        match (user, domain) {
            ("10", "example.com") => Ok(Password::hashed("10", "example.com", "abc10").into()),
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
