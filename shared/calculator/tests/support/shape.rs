//! One exchange in any shape, alone and with text around it.

use super::{calculator, md5};

/// A registration of phone 10 in a realm with a ligature's letters, and its nonce.
fn exchange(nonce: &str) -> String {
    let (realm, uri) = ("office.example", "sip:office.example");
    let response = md5(&format!(
        "{}:{nonce}:00000001:c0ffee01:auth:{}",
        md5(&format!("10:{realm}:abc10")),
        md5(&format!("REGISTER:{uri}"))
    ));
    format!(
        "SIP/2.0 401 Unauthorized
Via: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bK1
From: \"Ten\" <sip:10@office.example>;tag=1
To: <sip:10@office.example>;tag=2
Call-ID: {nonce}@192.168.1.10
CSeq: 1 REGISTER
WWW-Authenticate: Digest realm=\"{realm}\", nonce=\"{nonce}\", opaque=\"\", qop=\"auth\"
Content-Length: 0

REGISTER {uri} SIP/2.0
Via: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bK2
From: \"Ten\" <sip:10@office.example>;tag=1
To: <sip:10@office.example>
Call-ID: {nonce}@192.168.1.10
CSeq: 2 REGISTER
Contact: <sip:10@192.168.1.10>
X-Serial: 7
Authorization: Digest username=\"10\", realm=\"{realm}\", nonce=\"{nonce}\",
 uri=\"{uri}\", response=\"{response}\", opaque=\"\",
 qop=auth, nc=00000001, cnonce=\"c0ffee01\"
Content-Length: 0

"
    )
}

/// Prose with everything that has led readers astray: configuration with line ends in letters,
/// numbers that count up, a line of a list with a colon, a user with a backslash.
const PROSE: &str = "Note: my script is as follows.\n\n\
    \x20   if (!search(\"P-hint: Self-Looped\")) {\n\
    \x20       append_hf(\"P-hint: Self-Looped\\r\\n\");\n\
    \x20       xlog(\"L_NOTICE\", \"$rm from $si\\n\");\n\
    \x20   }\n\n\
    1. Register.\n2. Wait.\n3. Call DOMAIN\\name: it fails.\n4. See <a href=\"x\">here</a> &amp; there.\n\n";

/// Explains a text, and expects so many answers that all match and that nothing is odd about.
fn match_all(shape: &str, text: &str, answers: usize) {
    let run = calculator(&["explain", "-", "--password", "abc10", "--json"], text);
    assert!(!run.out.is_empty(), "{shape}: {}\n{text}", run.err);
    let json: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let list = json["answers"].as_array().unwrap();
    for answer in list {
        assert_eq!(
            answer["verdict"]["matches"], true,
            "{shape}: {answer:#}\n{text}"
        );
        assert_eq!(
            answer["notes"],
            serde_json::json!([]),
            "{shape}: {answer:#}\n{text}"
        );
    }
    assert_eq!(list.len(), answers, "{shape}\n{text}");
    assert_eq!(run.code, 0, "{shape}");
}

/// The shape alone; two of it; with prose around it; beside the same exchange as it was sent.
pub fn matches(shape: &str, change: impl Fn(&str) -> String) {
    let [first, second] =
        ["462791f06aa9b37a", "5b0c9a77e1f20d34"].map(|nonce| change(&exchange(nonce)));
    match_all(shape, &first, 1);
    match_all(shape, &format!("{first}\n{second}"), 2);
    match_all(shape, &format!("{PROSE}{first}\n\n{PROSE}"), 1);
    let plain = exchange("00aa11bb22cc33dd");
    match_all(shape, &format!("{plain}{PROSE}{first}\n\n{second}\n"), 3);
    match_all(
        shape,
        &format!("{first}\n\n{PROSE}{}", plain.replace('\n', "\r\n")),
        2,
    );
}

/// A change of each line, which is given with its number from 1.
pub fn each(text: &str, change: impl Fn(usize, &str) -> String) -> String {
    let lines = text.lines().enumerate();
    lines
        .map(|(index, line)| change(index + 1, line) + "\n")
        .collect()
}
