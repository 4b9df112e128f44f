//! RFC 3261 §10.3, in memory: what a REGISTER does and how it is answered.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{at, invite, location, register, rings};

const PHONE: &str = "Contact: <sip:11@192.168.1.11:5060>";

#[tokio::test]
async fn a_phone_that_registered_is_found_until_its_time_is_over() {
    let location = location();
    let answer = register(&[PHONE, "Expires: 150"]).answer(&location).await;
    assert_eq!(
        answer,
        [
            "SIP/2.0 200 OK",
            "Contact: <sip:11@192.168.1.11:5060>;expires=150"
        ]
    );
    assert_eq!(rings(&location, 149), ["sip:11@192.168.1.11:5060"]);
    assert_eq!(rings(&location, 150), [] as [&str; 0]);
    assert!(location.lookup(&invite("sip:12@192.168.1.15", 0)).is_none());
}

#[tokio::test]
async fn the_whole_200_is_what_it_was() {
    let request = register(&[PHONE]).request();
    let reply = location().save(&request).await.unwrap();
    let expected = "SIP/2.0 200 OK\r\n\
        Via: SIP/2.0/UDP 192.168.1.11:5060;branch=z9hG4bK1\r\n\
        From: <sip:11@192.168.1.15>;tag=f\r\n\
        To: <sip:11@192.168.1.15>;tag=t\r\n\
        Call-ID: one@192.168.1.11\r\n\
        CSeq: 1 REGISTER\r\n\
        Contact: <sip:11@192.168.1.11:5060>;expires=3600\r\n\
        Date: Sat, 21 Nov 2026 09:00:00 GMT\r\n\
        Content-Length: 0\r\n\r\n";
    let bytes = reply.to_bytes(&request, "t");
    assert_eq!(String::from_utf8(bytes).unwrap(), expected);
}

#[tokio::test]
async fn a_query_lists_the_bindings_and_changes_none() {
    let location = location();
    assert_eq!(register(&[]).answer(&location).await, ["SIP/2.0 200 OK"]);
    register(&[PHONE]).save(&location).await.unwrap();
    let query = register(&[]).cseq(2).at(100).answer(&location).await;
    assert_eq!(query[1], "Contact: <sip:11@192.168.1.11:5060>;expires=3500");
    let binding = &location.bindings("11", at(100))[0];
    assert_eq!(
        (binding.cseq, binding.expires - binding.modified),
        (1, 3600)
    );
}

#[tokio::test]
async fn a_refresh_restarts_the_time() {
    let location = location();
    register(&[PHONE, "Expires: 100"])
        .save(&location)
        .await
        .unwrap();
    let refresh = register(&[PHONE, "Expires: 100"]).cseq(2).at(90);
    assert_eq!(refresh.answer(&location).await.len(), 2);
    assert_eq!(rings(&location, 189), ["sip:11@192.168.1.11:5060"]);
    assert_eq!(location.counts().bindings, 1);
}

#[tokio::test]
async fn expires_0_removes_that_contact_alone() {
    let location = location();
    let other = "Contact: <sip:11@192.168.1.12>";
    register(&[PHONE, other]).save(&location).await.unwrap();
    let gone = register(&["m: <sip:11@192.168.1.11:5060>;expires=0"]).cseq(2);
    assert_eq!(
        gone.answer(&location).await,
        [
            "SIP/2.0 200 OK",
            "Contact: <sip:11@192.168.1.12>;expires=3600"
        ]
    );
    assert_eq!(rings(&location, 0), ["sip:11@192.168.1.12"]);
}

#[tokio::test]
async fn a_star_with_expires_0_removes_all() {
    let location = location();
    let other = "Contact: <sip:11@192.168.1.12>";
    register(&[PHONE, other]).save(&location).await.unwrap();
    let star = register(&["Contact: *", "Expires: 0"]).cseq(2);
    assert_eq!(star.answer(&location).await, ["SIP/2.0 200 OK"]);
    assert_eq!(location.counts(), Default::default());
}

#[tokio::test]
async fn a_400_tells_its_fault_in_the_reason_phrase_alone() {
    let location = location();
    for contact in ["Contact: *", "Contact: <sips:11@h>", "Contact: <sip:11@h"] {
        let refusal = register(&[contact]).save(&location).await.unwrap_err();
        assert_eq!(
            (refusal.status.code(), refusal.why),
            (400, None),
            "{contact}"
        );
        assert!(refusal.reason.starts_with("Contact: "), "{contact}");
    }
}

#[tokio::test]
async fn a_star_is_refused_unless_alone_and_with_expires_0() {
    let location = location();
    register(&[PHONE]).save(&location).await.unwrap();
    for headers in [&["Contact: *"][..], &["Contact: *", "Expires: 60"]] {
        let answer = register(headers).cseq(2).answer(&location).await;
        assert_eq!(answer, ["SIP/2.0 400 Contact: * without Expires: 0"]);
    }
    let beside = register(&["Contact: *", PHONE, "Expires: 0"]).cseq(2);
    let answer = beside.answer(&location).await;
    assert!(answer[0].starts_with("SIP/2.0 400 Contact: * beside another Contact"));
    assert_eq!(rings(&location, 0), ["sip:11@192.168.1.11:5060"]);
}

#[tokio::test]
async fn the_contacts_own_expires_overrides_the_header_field() {
    let location = location();
    let contact = "Contact: <sip:11@192.168.1.11>;expires=120, <sip:11@192.168.1.12>";
    let answer = register(&[contact, "Expires: 90"]).answer(&location).await;
    assert_eq!(answer[1], "Contact: <sip:11@192.168.1.11>;expires=120");
    assert_eq!(answer[2], "Contact: <sip:11@192.168.1.12>;expires=90");
}

#[tokio::test]
async fn an_extension_that_is_required_is_420_and_nothing_is_kept() {
    let location = location();
    let path = ["Path: <sip:edge.example;lr>", "Require: path, gruu", PHONE];
    let answer = register(&path).answer(&location).await;
    assert_eq!(
        answer,
        ["SIP/2.0 420 Bad Extension", "Unsupported: path, gruu"]
    );
    assert_eq!(location.counts().bindings, 0);
}

#[tokio::test]
async fn an_optional_path_is_not_kept_and_the_log_says_so() {
    let location = location();
    let path = "Path: <sip:edge.example;lr>";
    let via_edge = register(&[path, "Supported: path", PHONE]);
    let reply = via_edge.save(&location).await.unwrap();
    let why = "the Path is not kept, calls go straight to the Contact";
    assert_eq!(
        (reply.status.code(), reply.why.as_deref()),
        (200, Some(why))
    );
    assert_eq!(rings(&location, 0), ["sip:11@192.168.1.11:5060"]);
    for headers in [&[path][..], &[path, "Contact: *", "Expires: 0"], &[PHONE]] {
        let reply = register(headers).cseq(2).save(&location).await.unwrap();
        assert_eq!(reply.why, None, "{headers:?}");
    }
}

#[tokio::test]
async fn too_brief_is_423_and_too_long_is_shortened() {
    let location = location();
    let brief = register(&[PHONE, "Expires: 59"]).answer(&location).await;
    assert_eq!(brief, ["SIP/2.0 423 Interval Too Brief", "Min-Expires: 60"]);
    for long in ["Expires: 7201", "Expires: 4294967296"] {
        let answer = register(&[PHONE, long]).answer(&location).await;
        assert_eq!(
            answer[1],
            "Contact: <sip:11@192.168.1.11:5060>;expires=7200"
        );
    }
}

#[tokio::test]
async fn an_expires_that_is_not_a_number_is_ignored() {
    let contact = "Contact: <sip:11@192.168.1.11>;expires=soon";
    let answer = register(&[contact, "Expires: 90"])
        .answer(&location())
        .await;
    assert_eq!(answer[1], "Contact: <sip:11@192.168.1.11>;expires=3600");
}

#[tokio::test]
async fn uri_and_parameters_are_echoed_as_they_came() {
    let contact = concat!(
        r#"<sip:11@192.168.1.11:5060;line=x;ob>;q=0.70;+sip.instance="<urn:uuid:1>";reg-id=1"#,
        ";+sip.ice"
    );
    let sent = format!("Contact: \"Bob\" {contact}");
    let answer = register(&[&sent]).answer(&location()).await;
    assert_eq!(answer[1], format!("Contact: {contact};expires=3600"));
}

#[tokio::test]
async fn a_folded_contact_is_echoed_on_one_line() {
    let folded = "Contact: <sip:11@192.168.1.11>;x=\"a\r\n b\";expires=60\r\n ;y";
    let answer = register(&[folded]).answer(&location()).await;
    assert_eq!(
        answer[1],
        "Contact: <sip:11@192.168.1.11>;x=\"a  b\";y;expires=60"
    );
}

#[tokio::test]
async fn one_bad_contact_refuses_all() {
    let location = location();
    for bad in [
        "Contact: <sip:11@192.168.1.12",
        "Contact: <sip:11@bad host>",
        "Contact: <sip:11@192.168.1.12>;q=2",
        "Contact: <sip:11@192.168.1.12>;expires=10",
        "Contact: <sips:11@192.168.1.12>",
        "Contact: <mailto:11@192.168.1.12>",
        "Contact: <sip:11@192.168.1.12>;x=\"\u{1}\"",
    ] {
        let answer = register(&[PHONE, bad]).answer(&location).await;
        assert!(answer[0].starts_with("SIP/2.0 4"), "{bad}: {answer:?}");
        assert_eq!(location.counts().bindings, 0, "{bad}");
    }
}

#[tokio::test]
async fn a_phone_with_a_new_port_keeps_one_binding_by_its_instance() {
    let location = location();
    let contact = |port| format!("Contact: <sip:11@h:{port}>;+sip.instance=\"<urn:uuid:1>\"");
    register(&[&contact(1)]).save(&location).await.unwrap();
    let ruid = location.bindings("11", at(0))[0].ruid.clone();
    let again = register(&[&contact(2)]).call_id("two");
    assert_eq!(again.answer(&location).await.len(), 2);
    assert_eq!(rings(&location, 0), ["sip:11@h:2"]);
    assert_eq!(location.bindings("11", at(0))[0].ruid, ruid);
}

#[tokio::test]
async fn a_contact_is_recognized_by_its_uri_in_any_spelling() {
    let location = location();
    let first = register(&["Contact: <sip:11@PHONE.example;Transport=udp>"]);
    first.save(&location).await.unwrap();
    let again = register(&["Contact: <sip:%311@phone.example;transport=UDP;ob>"]).cseq(2);
    assert_eq!(again.answer(&location).await.len(), 2);
    assert_eq!(
        rings(&location, 0),
        ["sip:%311@phone.example;transport=UDP;ob"]
    );
}

#[tokio::test]
async fn a_fault_in_a_contacts_uri_is_reported_with_its_place() {
    let answer = register(&["Contact: <sip:11@bad host>"])
        .answer(&location())
        .await;
    let request = register(&["Contact: <sip:11@bad host>"])
        .request()
        .to_bytes();
    let at = request.windows(4).position(|text| text == b" hos").unwrap();
    let reason = format!("Contact: character not allowed in a URI at byte {at}");
    assert_eq!(answer, [format!("SIP/2.0 400 {reason}")]);
}

#[tokio::test]
async fn a_contact_named_several_times_is_one_binding_and_the_last_one_registered_counts() {
    let location = location();
    let contact = |expires| format!("Contact: <sip:11@h>;expires={expires}");
    let [off, brief, long] = [0, 60, 600].map(contact);
    for (cseq, headers, left) in [
        (1, [&off, &long, &brief], &brief),
        (2, [&long, &off, &off], &long),
        (3, [&long, &off, &brief], &brief),
        (4, [&brief, &brief, &long], &long),
    ] {
        let headers = headers.map(String::as_str);
        let answer = register(&headers).cseq(cseq).answer(&location).await;
        assert_eq!(answer, ["SIP/2.0 200 OK", left], "{headers:?}");
    }
    register(&[&off, &off])
        .cseq(5)
        .save(&location)
        .await
        .unwrap();
    assert_eq!(rings(&location, 0), [] as [&str; 0]);
}

#[tokio::test]
async fn contacts_ring_in_order_of_q_then_the_latest_first() {
    let location = location();
    let contacts = "Contact: <sip:a@h>;q=0.5, <sip:b@h>;q=0.9, <sip:c@h>;q=0.5";
    register(&[contacts]).save(&location).await.unwrap();
    let later = register(&["Contact: <sip:d@h>;q=0.5"]).cseq(2).at(1);
    later.save(&location).await.unwrap();
    assert_eq!(
        rings(&location, 1),
        ["sip:b@h", "sip:d@h", "sip:a@h", "sip:c@h"]
    );
}

#[tokio::test]
async fn a_to_with_too_long_a_user_is_a_404() {
    let request = register(&[PHONE]).user(&"1".repeat(65));
    let answer = request.answer(&location()).await;
    assert_eq!(answer, ["SIP/2.0 404 Not Found"]);
}

#[tokio::test]
async fn header_fields_of_a_contact_do_not_become_part_of_a_request_uri() {
    let location = location();
    register(&["Contact: <sip:1?1@h;ob?Subject=x>"])
        .save(&location)
        .await
        .unwrap();
    assert_eq!(rings(&location, 0), ["sip:1?1@h;ob"]);
}
