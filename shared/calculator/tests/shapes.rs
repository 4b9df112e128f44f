//! Exchanges as people paste them from mails, web pages, programs and tables: each answer is found,
//! and each is found to match.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;
use support::shape::{each, matches};
use support::{explain, md5};

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
    matches("a value on two numbered lines", |text| {
        let text = text.replace("c0ffee01", "c0ff\nee01");
        each(&text, |number, line| format!("{number:6}\t{line}"))
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
