//! Exchanges as people paste them, with text around them and others beside them: each answer is
//! found, and each is found to match.
#![allow(clippy::unwrap_used)] // a report that is not JSON has failed

mod support;
use support::{calculator, explain, md5};

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
fn matches(shape: &str, change: impl Fn(&str) -> String) {
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
fn each(text: &str, change: impl Fn(usize, &str) -> String) -> String {
    let lines = text.lines().enumerate();
    lines
        .map(|(index, line)| change(index + 1, line) + "\n")
        .collect()
}

#[test]
fn as_it_was_sent_and_with_line_ends_of_unix() {
    matches("plain", |text| text.to_owned());
    matches("sent", |text| text.replace('\n', "\r\n"));
}

#[test]
fn a_mail_with_quotes() {
    matches("quoted", |text| each(text, |_, line| format!("> {line}")));
    matches("twice", |text| each(text, |_, line| format!(">> > {line}")));
    matches("stripped", |text| {
        each(text, |_, line| format!("> {line}").trim_end().to_owned())
    });
    matches("source", |text| {
        let encoded = text.replace('=', "=3D");
        encoded.replace("realm=3D\"off", "realm=3D\"of=\nf")
    });
    // A mail program has broken the long line once more, and quoted only what it knew.
    matches("broken", |text| {
        let text = text
            .replace(", nonce=", ",\nnonce=")
            .replace(", opaque=\"\", qop", ",\nopaque=\"\",\nqop");
        each(&text, |_, line| format!("> {line}"))
    });
}

#[test]
fn a_forum_in_html() {
    let escape = |text: &str| {
        let text = text.replace('&', "&amp;").replace('"', "&quot;");
        text.replace('<', "&lt;").replace('>', "&gt;")
    };
    matches("pre", |text| {
        format!("<pre class=\"code\"><code>{}</code></pre>\n", escape(text))
    });
    matches("br", |text| escape(text).replace('\n', "<br />\n"));
    matches("one line", |text| {
        format!("<p>{}</p>\n", escape(text).replace('\n', "<br>"))
    });
    matches("numbers", |text| {
        escape(text)
            .replace("&quot;", "&#34;")
            .replace("&lt;", "&#x3C;")
            .replace("&gt;", "&#62;")
    });
    matches("blanks", |text| escape(text).replace(' ', "&nbsp;"));
    matches("spans", |text| {
        each(&escape(text), |_, line| {
            format!("<span class=\"l\">{line}</span><br>")
        })
    });
}

#[test]
fn ngrep() {
    let head = "U 2026/11/30 10:00:00.1 192.168.1.10:5060 -> 192.168.1.15:5060 #3\n";
    let byline = |text: &str| {
        let messages = text
            .split_inclusive("\n\n")
            .filter(|m| !m.trim().is_empty());
        let message = |m: &str| format!("#\n{head}{}\n", each(m, |_, line| format!("{line}.")));
        messages.map(message).collect::<String>()
    };
    matches("byline", byline);
    matches("single", |text| {
        let messages = text
            .split_inclusive("\n\n")
            .filter(|m| !m.trim().is_empty());
        let message = |m: &str| format!("#\n{head}  {}\n", m.replace('\n', ".."));
        messages.map(message).collect()
    });
}

#[test]
fn tcpdump() {
    let head = "10:00:00.000001 IP 192.168.1.10.5060 > 192.168.1.15.5060: SIP: REGISTER";
    matches("-A", |text| {
        let messages = text
            .split_inclusive("\n\n")
            .filter(|m| !m.trim().is_empty());
        messages
            .map(|m| format!("{head}\nE..x..@.@.......h..{m}"))
            .collect()
    });
}

#[test]
fn sngrep() {
    matches("saved", |text| {
        let messages = text
            .split_inclusive("\n\n")
            .filter(|m| !m.trim().is_empty());
        let head =
            "proto:UDP 2026-11-30T10:00:00.000001Z  192.168.1.10:5060 ---> 192.168.1.15:5060";
        messages.map(|m| format!("{head}\n\n{m}\n")).collect()
    });
    matches("screen", |text| {
        each(text, |number, line| {
            format!("  10:00:{number:02} │ ──────> │        │{line}")
        })
    });
}

#[test]
fn logs_of_kamailio_and_asterisk() {
    matches("syslog", |text| {
        each(text, |number, line| {
            format!(
                "Nov 30 10:00:{number:02} sip /usr/sbin/kamailio[{}]: INFO: <script>: {line}",
                90 + number
            )
        })
    });
    matches("journal", |text| {
        each(text, |number, line| {
            format!("2026-11-30T10:00:{number:02}.5+0100 sip kamailio[7]: {line}")
        })
    });
    matches("xlog", |text| {
        format!(
            " 0(8132) INFO: <script>: REGISTER (Sun Nov 30 18:46:09 2026)\n{text}\n 0(8132) done\n"
        )
    });
    matches("octal", |text| {
        format!(
            "Nov 30 10:00:00 sip kamailio[9]: {}\n",
            text.replace('\n', "#015#012")
        )
    });
    matches("carriage returns", |text| {
        each(text, |_, line| {
            format!("Nov 30 10:00:00 sip kamailio[9]: {line}#015")
        })
    });
    matches("pjsip", |text| {
        let messages = text
            .split_inclusive("\n\n")
            .filter(|m| !m.trim().is_empty());
        let head = "<--- Received SIP request (541 bytes) from UDP:192.168.1.10:5060 --->";
        messages
            .map(|m| format!("[Nov 30 10:00:00] VERBOSE[12] res_pjsip_logger.c: {head}\n{m}\n"))
            .collect()
    });
    matches("chan_sip", |text| {
        each(text, |number, line| {
            format!("[Nov 30 10:00:00] DEBUG[7] chan_sip.c: Header {number:2} [ 41]: {line}")
        })
    });
}

#[test]
fn logs_in_json() {
    matches("message", |text| {
        let sent = text.replace('\n', "\r\n");
        format!(
            "{}\n",
            serde_json::json!({ "level": "info", "msg": sent, "x": 1 })
        )
    });
    matches("behind syslog", |text| {
        let log = serde_json::json!({ "msg": text });
        format!("<134>1 2026-11-30T10:00:00Z sip app 7 - - {log}\n")
    });
    matches("lines", |text| {
        each(text, |_, line| {
            serde_json::json!({ "log": format!("{line}\r\n") }).to_string()
        })
    });
    matches("pretty", |text| {
        let log = serde_json::json!({ "msg": text.replace('\n', "\r\n") });
        serde_json::to_string_pretty(&log).unwrap() + "\n"
    });
    matches("logfmt", |text| {
        let text = text.replace('"', "\\\"").replace('\n', "\\r\\n");
        format!("time=\"10:00\" level=info msg=\"{text}\" x=1\n")
    });
}

#[test]
fn a_programs_strings() {
    matches("c", |text| {
        each(text, |_, line| {
            format!("    \"{}\\r\\n\"", line.replace('"', "\\\""))
        })
    });
    matches("python", |text| {
        format!("b'{}'\n", text.replace('\n', "\\r\\n"))
    });
    matches("hex", |text| text.replace('\n', "\\x0d\\x0a") + "\n");
}

#[test]
fn a_page_of_a_pdf() {
    let ligatures = |text: &str| text.replace("ffi", "\u{fb03}").replace("fi", "\u{fb01}");
    matches("ligatures and blanks", |text| {
        ligatures(text).replace(' ', "\u{a0}")
    });
    matches("broken", |text| {
        let text = text.replace("\n ", "\n").replace("respon", "respon\n");
        text.replace("c0ffee01", "c0ff\nee01")
            .replace("Content-Length: 0\n\n", "Content-Length: 0\n")
    });
    matches("hyphen", |text| text.replace("WWW-Auth", "WWW-\nAuth"));
    matches("soft hyphens", |text| {
        text.replace("Digest", "Di\u{ad}gest")
    });
}

#[test]
fn cat_with_its_marks() {
    matches("-A", |text| each(text, |_, line| format!("{line}^M$")));
    matches("-v", |text| each(text, |_, line| format!("{line}^M")));
    matches("-A of Unix", |text| {
        each(text, |_, line| {
            format!("{}$", line.replace(' ', "^I").replace("^I", " "))
        })
    });
}

#[test]
fn a_table_of_comma_separated_values() {
    matches("csv", |text| {
        let cell = text.replace('"', "\"\"");
        format!("time,message\n2026-11-30,\"{cell}\"\n")
    });
    matches("csv with letters", |text| {
        let cell = text.replace('"', "\"\"").replace('\n', "\\r\\n");
        format!("2026-11-30,192.168.1.10,\"{cell}\"\n")
    });
}

#[test]
fn tables_and_lists() {
    matches("psql", |text| each(text, |_, line| format!(" {line:150}+")));
    matches("psql with carriage returns", |text| {
        each(text, |_, line| format!(" {:150}+", format!("{line}\\r")))
    });
    matches("mysql", |text| {
        each(text, |_, line| format!("| {line:150} |"))
    });
    matches("bullets", |text| {
        let text = text.replace(",\n ", ", ");
        each(&text, |_, line| match line {
            "" => String::new(),
            line => format!("* `{line}`"),
        })
    });
}

#[test]
fn numbered_lines_and_indentation() {
    matches("cat -n", |text| {
        each(text, |number, line| format!("{number:6}\t{line}"))
    });
    matches("indented", |text| {
        each(text, |_, line| format!("        {line}"))
    });
    matches("irc", |text| {
        each(text, |_, line| format!("[10:00] <bob> {line}"))
    });
}

#[test]
fn a_user_with_a_backslash_beside_a_line_of_configuration() {
    let ha1 = md5(r"DOMAIN\\n10:r:abc10");
    let response = md5(&format!("{ha1}:n1:{}", md5("REGISTER:sip:r")));
    let text = format!(
        "append_hf(\"P-hint: x\\r\\n\");\nREGISTER sip:r SIP/2.0\nAuthorization: Digest username=\"DOMAIN\\\\n10\", \
         realm=\"r\", nonce=\"n1\", uri=\"sip:r\", response=\"{response}\"\n"
    );
    let run = explain(&text, "abc10");
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(run.out.contains(r"MD5(DOMAIN\\n10:r:abc10)"), "{}", run.out);
}
