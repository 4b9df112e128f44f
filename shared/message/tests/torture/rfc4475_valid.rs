//! RFC 4475 §3.1.1: what must be read from messages that are odd and valid.

use crate::cases::message;
use crate::common::{request, response};
use sip_message::{Contact, Contacts, HeaderName, Method, Request, Transport, Uri};

fn case(name: &str) -> Request {
    request(message(name))
}

fn contacts(request: &Request) -> Vec<Contact<'_>> {
    match request.contacts().unwrap() {
        Contacts::List(list) => list,
        Contacts::Star => panic!("a star"),
    }
}

fn user(uri: &str) -> Option<String> {
    let uri = Uri::parse(uri).unwrap();
    uri.sip().unwrap().unescaped_user().map(Into::into)
}

#[test]
fn wsinv_is_read_through_its_white_space() {
    let request = case("wsinv");
    assert_eq!(request.to().unwrap().tag(), Some("77ab0x"));
    let from = request.from().unwrap();
    assert_eq!(from.display, br#""Mira \\\" M.""#);
    assert_eq!(
        (from.uri, from.tag()),
        ("sip:mira@sip.example", Some("5511k"))
    );
    assert_eq!(request.max_forwards(), Ok(Some(42)));
    let cseq = request.cseq().unwrap();
    assert_eq!((cseq.number, cseq.method), (12, Method::Invite));

    let vias: Vec<_> = request.vias().map(Result::unwrap).collect();
    let read: Vec<_> = vias
        .iter()
        .map(|v| (v.transport, v.host.to_string(), v.branch()))
        .collect();
    let expected = [
        ("UDP", "192.0.2.20".to_owned(), "oldstyle77"),
        ("TCP", "mid.example".to_owned(), "z9hG4bKk1"),
        ("UDP", "198.51.100.9".to_owned(), "z9hG4bKk2"),
    ];
    assert_eq!(read, expected);
    assert_eq!(vias[0].unique_branch(), None);

    let route = request.routes().next().unwrap().unwrap();
    assert!(route.parse_uri().unwrap().sip().unwrap().params.has("lr"));
    let contact = contacts(&request)[0];
    assert_eq!(contact.q.thousandths(), 660);
    assert_eq!(contact.address.params.value("fresh"), Some("yes"));
    assert_eq!(request.other("Subject"), Some(&b""[..]));
    assert_eq!(request.other("header-of-separators"), Some(&b";;,,;,;"[..]));
    assert_eq!(
        request.content_length().unwrap(),
        Some(request.body().len() as u32)
    );
}

#[test]
fn intmeth_may_use_every_character_of_the_grammar() {
    let request = case("intmeth");
    assert_eq!(request.method().as_str(), "!ping.Pong-0*_tok+en`'~%");
    let uri = request.uri().unwrap();
    let uri = uri.sip().unwrap();
    assert_eq!(uri.user, Some("o_d.d!~*'(us)er&=+$,;?/"));
    assert_eq!((uri.password, uri.port), (Some("pa&ss=+$,"), Some(5060)));
    assert_eq!(uri.params.value("(P)"), Some("[v]/:&+$"));
    assert_eq!(
        request.to().unwrap().display,
        b"\"bell \\\x07 nul \\\x00 del \\\x7f\""
    );
    let from = request.from().unwrap();
    assert_eq!(from.tag(), Some("_to.k-en~1"));
    assert_eq!(from.params.value("a-z'!.*_+`~%"), Some("\"\u{80}☎📞\""));
    assert_eq!(
        request.call_id(),
        Ok(r#"intmeth.odd%ZK-!.*_+'`~)(><:\/"][?}{"#)
    );
}

#[test]
fn esc01_escapes_stay_in_the_text_and_are_read_in_the_user() {
    let request = case("esc01");
    assert_eq!(
        request.uri_text(),
        "sip:sips%3Amira%40phone.example@sip.example"
    );
    assert_eq!(
        user(request.uri_text()).as_deref(),
        Some("sips:mira@phone.example")
    );
    assert_eq!(user(request.to().unwrap().uri).as_deref(), Some("tomas"));
    let from = request.from().unwrap();
    assert_eq!(user(from.uri).as_deref(), Some("A note left behind"));
    let same = "sip:mira@192.0.2.20;name=value%25%34%31";
    let contact = contacts(&request)[0].address.parse_uri().unwrap();
    assert!(contact.is_equivalent(&Uri::parse(same).unwrap()));
    let decoded_twice = "sip:mira@192.0.2.20;name=valueA";
    assert!(!contact.is_equivalent(&Uri::parse(decoded_twice).unwrap()));
}

#[test]
fn escnull_a_nul_ends_no_user() {
    let request = case("escnull");
    let aor = user(request.to().unwrap().uri);
    assert_eq!(aor.as_deref(), Some("nul%00tail"));
    assert_ne!(aor, user("sip:nul@sip.example"));
    let contacts = contacts(&request);
    let [one, two] = [0, 1].map(|at| contacts[at].address.parse_uri().unwrap());
    assert!(!one.is_equivalent(&two));
}

#[test]
fn esc02_an_escape_in_a_method_is_no_escape() {
    let request = case("esc02");
    assert_ne!(*request.method(), Method::Register);
    assert_eq!(request.method().as_str(), "RE%47IST%45R");
    assert_eq!(request.top_via().unwrap().branch(), "z9hG4bK209%fzsnel234");
    let users = contacts(&request).into_iter().map(|c| user(c.address.uri));
    assert_eq!(users.flatten().collect::<Vec<_>>(), ["one", "two", "three"]);
}

#[test]
fn lwsdisp_a_display_name_may_touch_its_bracket() {
    let request = case("lwsdisp");
    let from = request.from().unwrap();
    assert_eq!(
        (from.display, from.uri),
        (&b"Mira"[..], "sip:mira@phone.example")
    );
}

#[test]
fn longreq_length_is_no_fault() {
    let request = case("longreq");
    assert_eq!(request.vias().filter(Result::is_ok).count(), 33);
    assert_eq!(request.from().unwrap().params.iter().count(), 3);
    assert!(request.call_id().unwrap().len() > 180);
}

#[test]
fn dblreq_of_a_datagram_only_the_first_counts() {
    let request = case("dblreq");
    assert_eq!(*request.method(), Method::Register);
    assert_eq!(request.body(), b"");
}

#[test]
fn semiuri_a_user_may_hold_semicolons() {
    let request = case("semiuri");
    let uri = request.uri().unwrap();
    assert_eq!(
        uri.sip().unwrap().user,
        Some("tomas;desk=third%40left.example")
    );
    assert_eq!(uri.sip().unwrap().params.iter().count(), 0);
}

#[test]
fn transports_that_nobody_knows_stay_in_their_via() {
    let request = case("transports");
    let vias: Vec<_> = request.vias().map(Result::unwrap).collect();
    let tokens: Vec<_> = vias.iter().map(|via| via.transport).collect();
    assert_eq!(tokens, ["UDP", "SCTP", "TLS", "PIGEON", "TCP"]);
    assert_eq!(vias[3].transport(), None);
    assert_eq!(vias[4].transport(), Some(Transport::Tcp));
}

#[test]
fn mpart01_a_body_is_bytes() {
    let request = case("mpart01");
    let every_byte: Vec<u8> = (0..=255).collect();
    assert!(
        request
            .body()
            .windows(256)
            .any(|window| window == every_byte)
    );
    assert_eq!(request.raw(HeaderName::Via).count(), 1);
}

#[test]
fn unreason_a_reason_may_be_in_any_language() {
    let response = response(message("unreason"));
    assert_eq!(response.status(), 200);
    let reason = "= два в степени восемь, минус пятьдесят шесть";
    assert_eq!(response.reason(), reason.as_bytes());
}

#[test]
fn noreason_a_reason_may_be_empty() {
    let response = response(message("noreason"));
    assert_eq!(
        (response.status().code(), response.reason()),
        (100, &b""[..])
    );
}
