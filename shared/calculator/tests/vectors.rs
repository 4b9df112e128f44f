//! Every response that the texts, RFCs and drafts print, on the command line.

mod support;
use support::{Run, calculator};

fn response(flags: &str, password: &str) -> Run {
    let mut arguments = vec!["response", "--password", password];
    arguments.extend(flags.split(' '));
    calculator(&arguments, "")
}

fn comes_to(flags: &str, password: &str, response_wanted: &str) {
    let run = response(flags, password);
    assert_eq!(run.code, 0, "{}", run.err);
    let last = run.out.lines().last().unwrap_or_default();
    assert!(
        last.ends_with(&format!(" = {response_wanted}")),
        "{}",
        run.out
    );
}

#[test]
fn the_papers_three_answers() {
    for (method, uri, nonce, wanted) in [
        (
            "REGISTER",
            "sip:192.168.1.15",
            "462791f06aa9b37a34fd11b1adc58c5a9df7c95b",
            "be9e8d46b8dcd522f22301e1f2b3287c",
        ),
        (
            "INVITE",
            "sip:11@192.168.1.15",
            "462b927d2ab8368b1771ed4268c47ca585413f95",
            "90761772224a8a43df0f31b7437181f3",
        ),
        (
            "INVITE",
            "sip:11@192.168.1.15",
            "462c9cc7efab60dc0884aa5506b1ab7598e67b48",
            "61ddee4ae8bca6ff75a056e083e6b7dd",
        ),
    ] {
        let flags = format!(
            "--username 10 --realm 192.168.1.15 --method {method} --uri {uri} --nonce {nonce}"
        );
        comes_to(&flags, "abc10", wanted);
    }
}

#[test]
fn every_text_and_every_hash_is_shown_in_order() {
    let flags = "--username 10 --realm 192.168.1.15 --uri sip:192.168.1.15 --nonce 462791f06aa9b37a34fd11b1adc58c5a9df7c95b";
    let run = response(flags, "abc10");
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(
        lines,
        [
            "HA1 = MD5(username:realm:password)",
            "HA1 = MD5(10:192.168.1.15:abc10) = aea7bead2788462674c13e35c4268182",
            "HA2 = MD5(method:uri)",
            "HA2 = MD5(REGISTER:sip:192.168.1.15) = 0cf453a336b9d4efbc3ba5514ff2a17f",
            "response = MD5(HA1:nonce:HA2)",
            "response = MD5(aea7bead2788462674c13e35c4268182:462791f06aa9b37a34fd11b1adc58c5a9df7c95b:0cf453a336b9d4efbc3ba5514ff2a17f) = be9e8d46b8dcd522f22301e1f2b3287c",
        ]
    );
}

#[test]
fn bobs_three_hashes() {
    let flags = "--username bob --realm atlanta.example.com --uri sips:biloxi.example.com --nonce ea9c8e88df84f1cec4341ae6cbe5a359";
    let run = response(flags, "bobspassword");
    for line in [
        "HA1 = MD5(bob:atlanta.example.com:bobspassword) = 2da91700e1ef4f38df91500c8729d35f",
        "HA2 = MD5(REGISTER:sips:biloxi.example.com) = 8f2d44a2696b3b3ed781d2f44375b3df",
        "response = MD5(2da91700e1ef4f38df91500c8729d35f:ea9c8e88df84f1cec4341ae6cbe5a359:8f2d44a2696b3b3ed781d2f44375b3df) = bc2f51f99c2add3e9dfce04d43df0c6a",
    ] {
        assert!(run.out.contains(line), "{}", run.out);
    }
}

#[test]
fn bobs_right_answer() {
    let flags = "--username bob --realm atlanta.example.com --uri sips:ss2.biloxi.example.com --nonce ea9c8e88df84f1cec4341ae6cbe5a359";
    comes_to(flags, "bobspassword", "e8bbc57b2a5c409bb03048d014d1384e");
}

#[test]
fn rfc_2617_section_3_5() {
    let flags = "--username Mufasa --realm testrealm@host.com --method GET --uri /dir/index.html --nonce dcd98b7102dd2f0e8b11d0f600bfb0c093 --qop auth --nc 1 --cnonce 0a4f113b";
    comes_to(flags, "Circle Of Life", "6629fae49393a05397450978507c4ef1");
}

#[test]
fn rfc_2069_section_2_4_as_its_erratum_corrects_it() {
    let flags = "--username Mufasa --realm testrealm@host.com --method GET --uri /dir/index.html --nonce dcd98b7102dd2f0e8b11d0f600bfb0c093";
    comes_to(flags, "CircleOfLife", "1949323746fe6a43ef61f9606e7febea");
}

#[test]
fn rfc_7616_section_3_9_1_with_both_hashes() {
    for (algorithm, wanted) in [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        (
            "SHA-256",
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
        ),
    ] {
        let flags = format!(
            "--username Mufasa --realm http-auth@example.org --method GET --uri /dir/index.html --nonce 7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v --qop auth --nc 00000001 --cnonce f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ --algorithm {algorithm}"
        );
        comes_to(&flags, "Circle of Life", wanted);
    }
}

const BOB: &str = "--username bob --realm biloxi.com --method INVITE --uri sip:bob@biloxi.com --nonce dcd98b7102dd2f0e8b11d0f600bfb0c093";

#[test]
fn the_sip_examples_of_smith_and_clarkson_sections_3_1_to_3_4() {
    for (more, wanted) in [
        ("--qop none", "bf57e4e0d0bffc0fbaedce64d59add5e"),
        (
            "--qop auth --cnonce 0a4f113b",
            "89eb0059246c02b2f6ee02c7961d5ea3",
        ),
        (
            "--qop auth --cnonce 0a4f113b --algorithm MD5",
            "89eb0059246c02b2f6ee02c7961d5ea3",
        ),
        (
            "--qop auth --cnonce 0a4f113b --algorithm MD5-sess",
            "e4e4ea61d186d07a92c9e1f6919902e9",
        ),
    ] {
        comes_to(&format!("{BOB} {more}"), "zanzibar", wanted);
    }
}

/// The body of sections 3.5 and 3.6; the session name is `-` in draft 01 and empty in draft 00.
fn body(session: &str) -> String {
    [
        "v=0",
        "o=bob 2890844526 2890844526 IN IP4 media.biloxi.com",
        &format!("s={session}"),
        "c=IN IP4 media.biloxi.com",
        "t=0 0",
        "m=audio 49170 RTP/AVP 0",
        "a=rtpmap:0 PCMU/8000",
        "m=video 51372 RTP/AVP 31",
        "a=rtpmap:31 H261/90000",
        "m=video 53000 RTP/AVP 32",
        "a=rtpmap:32 MPV/90000",
        "",
    ]
    .join("\r\n")
}

#[test]
fn the_sip_examples_of_smith_and_clarkson_sections_3_5_and_3_6_in_both_drafts() {
    for (session, algorithm, wanted) in [
        ("-", "MD5", "bdbeebb2da6adb6bca02599c2239e192"),
        ("-", "MD5-sess", "91984da2d8663716e91554859c22ca70"),
        ("", "MD5", "41f1bde42dcddbee8ae7d65fd3474dc0"),
        ("", "MD5-sess", "10e4c79b16d21d51995ab98083d134d8"),
    ] {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), body(session)).unwrap();
        let path = file.path().display();
        let flags =
            format!("{BOB} --qop auth-int --cnonce 0a4f113b --algorithm {algorithm} --body {path}");
        comes_to(&flags, "zanzibar", wanted);
    }
}

#[test]
fn the_hash_of_a_body_is_shown() {
    let body = body("-");
    let mut arguments = vec!["response", "--password", "zanzibar", "--body", &body];
    arguments.extend(BOB.split(' '));
    arguments.extend(["--qop", "auth-int", "--cnonce", "0a4f113b"]);
    let run = calculator(&arguments, "");
    let line = "hash of the body = MD5(243 bytes) = c1ed018b8ec4a3b170c0921f5b564e48";
    assert!(run.out.contains(line), "{}", run.out);
    let line = "HA2 = MD5(INVITE:sip:bob@biloxi.com:c1ed018b8ec4a3b170c0921f5b564e48) = ";
    assert!(run.out.contains(line), "{}", run.out);
}

#[test]
fn rfc_5090_of_the_address_of_record_12345678_at_example_com() {
    for (method, uri, nonce, wanted) in [
        (
            "INVITE",
            "sip:97226491335@example.com",
            "3bada1a0",
            "756933f735fcd93f90a4bbdd5467f263",
        ),
        (
            "GET",
            "/index.html",
            "a3086ac8",
            "a4fac45c27a30f4f244c54a2e99fa117",
        ),
    ] {
        let flags = format!(
            "--username 12345678 --realm example.com --method {method} --uri {uri} --nonce {nonce} --qop auth --cnonce 56593a80"
        );
        comes_to(&flags, "secret", wanted);
    }
}

#[test]
fn an_address_of_record_as_the_username_is_hashed_with_its_domain() {
    let flags = BOB.replace("--username bob", "--username bob@biloxi.com");
    let run = response(&flags, "zanzibar");
    let ha1 = support::md5("bob@biloxi.com:biloxi.com:zanzibar");
    let ha2 = support::md5("INVITE:sip:bob@biloxi.com");
    let wanted = support::md5(&format!("{ha1}:dcd98b7102dd2f0e8b11d0f600bfb0c093:{ha2}"));
    assert!(run.out.contains(&format!(
        "HA1 = MD5(bob@biloxi.com:biloxi.com:zanzibar) = {ha1}"
    )));
    comes_to(&flags, "zanzibar", &wanted);
}

#[test]
fn sha_256_sess_binds_ha1_to_both_nonces() {
    let sha = |text: String| sip_digest::Algorithm::Sha256.hash(text.as_bytes());
    let first = sha("10:r:p".to_owned());
    let session = sha(format!("{first}:n:c"));
    let ha2 = sha("REGISTER:sip:r".to_owned());
    let wanted = sha(format!("{session}:n:00000002:c:auth:{ha2}"));
    let flags = "--username 10 --realm r --uri sip:r --nonce n --qop auth --nc 2 --cnonce c --algorithm sha-256-sess";
    comes_to(flags, "p", &wanted);
    let run = response(flags, "p");
    let line = format!("HA1 of the session = SHA-256({first}:n:c) = {session}");
    assert!(run.out.contains(&line), "{}", run.out);
}
