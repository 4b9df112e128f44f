//! The same exchange, pasted from everywhere: it is always found to match.

mod support;
use support::{calculator, explain};

/// The paper's REGISTER, folded as it prints it.
const MESSAGE: &str = "REGISTER sip:192.168.1.15 SIP/2.0
Via: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bKa468c8b72fe7a3a7
From: <sip:10@192.168.1.15>;tag=20321951e0685e4d
To: <sip:10@192.168.1.15>
Contact: <sip:10@192.168.1.10>
Authorization: Digest username=\"10\", realm=\"192.168.1.15\", algorithm=MD5,
 uri=\"sip:192.168.1.15\", nonce=\"462791f06aa9b37a34fd11b1adc58c5a9df7c95b\",
 response=\"be9e8d46b8dcd522f22301e1f2b3287c\"
Call-ID: 33706713ea3b83fd@192.168.1.10
CSeq: 101 REGISTER
Content-Length: 0
";

fn matches(text: &str) {
    let run = explain(text, "abc10");
    assert_eq!(run.code, 0, "{text}\n{}{}", run.out, run.err);
    assert!(
        run.out
            .starts_with("REGISTER sip:192.168.1.15, its Authorization"),
        "{}",
        run.out
    );
}

fn each_line(change: impl Fn(usize, &str) -> String) -> String {
    MESSAGE
        .lines()
        .enumerate()
        .map(|(index, line)| change(index, line))
        .collect()
}

#[test]
fn as_it_was_sent() {
    matches(&MESSAGE.replace('\n', "\r\n"));
}

#[test]
fn from_a_pdf_that_wraps_without_a_blank() {
    matches(&MESSAGE.replace("\n ", "\n"));
}

#[test]
fn with_a_value_cut_in_two() {
    matches(&MESSAGE.replace("37a34fd", "37a\n34fd"));
    matches(&MESSAGE.replace("response=\"be9e", "response=\n   \"be9e"));
}

#[test]
fn from_a_mail_or_a_table() {
    matches(&each_line(|_, line| format!("> {line}\n")));
    matches(&each_line(|_, line| format!("  | {line:100} |\n")));
}

#[test]
fn with_line_numbers() {
    matches(&each_line(|index, line| {
        format!("{:4}  {line}\n", index + 1)
    }));
    matches(&each_line(|index, line| {
        format!("{}: {line}\n", index + 98)
    }));
    let cut = MESSAGE.replacen("462791f0", "4627\n91f0", 1);
    assert_ne!(cut, MESSAGE);
    let numbered = cut.lines().enumerate();
    let numbered = numbered.map(|(index, line)| format!("{:4}  {line}\n", index + 1));
    matches(&numbered.collect::<String>());
}

#[test]
fn indented_and_with_every_other_line_empty() {
    matches(&each_line(|_, line| format!("        {line}\n\n")));
}

#[test]
fn from_a_log_with_a_time_on_each_line() {
    matches(&each_line(|_, line| {
        format!("Apr 19 17:54:44 sip kamailio[26142]: INFO: {line}\n")
    }));
}

#[test]
fn on_one_line() {
    matches(&MESSAGE.replace('\n', " "));
}

#[test]
fn from_a_string_of_a_program() {
    matches(&format!(
        "\"{}\"",
        MESSAGE.replace('"', "\\\"").replace('\n', "\\r\\n")
    ));
}

#[test]
fn from_a_log_in_json() {
    for end in ["\n", "\r\n"] {
        let message = format!("{MESSAGE}\n").replace('\n', end);
        let log = serde_json::json!({ "time": "To: x", "level": "info", "msg": message, "z": [1] });
        matches(&log.to_string());
        matches(&format!("Nov 22 00:26:01 sip app[7]: {log}\n{log}\n"));
        matches(&serde_json::to_string_pretty(&log).unwrap());
        let text = log.to_string();
        let brackets = text.replace('<', "\\u003c").replace('>', "\\u003e");
        matches(&format!("sip app[7]: {brackets}"));
        // Copied without its ends, as a line cut off is.
        matches(&text[1..text.len() - 1]);
        // A container's log, one line of the message a line.
        matches(&each_line(|_, line| {
            format!(
                "{}\n",
                serde_json::json!({ "log": format!("{line}{end}"), "stream": "stdout" })
            )
        }));
    }
}

#[test]
fn from_a_log_that_writes_names_and_values() {
    let message = MESSAGE.replace('"', "\\\"").replace('\n', "\\n");
    matches(&format!(
        "time=\"12:00\" level=info msg=\"{message}\\n\" x=1"
    ));
}

#[test]
fn from_what_python_prints() {
    for end in ["\\n", "\\r\\n"] {
        let message = MESSAGE.replace('\n', end);
        matches(&format!("'{message}{end}'"));
        matches(&format!("b'{message}{end}'"));
    }
}

#[test]
fn from_rsyslog_which_writes_line_ends_as_numbers() {
    for end in ["#015#012", "#012"] {
        let message = format!("{MESSAGE}\n").replace('\n', end);
        matches(&format!(
            "Nov 22 00:26:01 sip kamailio[7]: INFO: <script>: {message}\n"
        ));
    }
}

#[test]
fn from_a_file_in_utf_16() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("trace.txt");
    for mark in ["\u{feff}", ""] {
        let text = format!("{mark}{}", MESSAGE.replace('\n', "\r\n"));
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            std::fs::write(
                &file,
                text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>(),
            )
            .unwrap();
            let run = calculator(
                &["explain", file.to_str().unwrap(), "--password", "abc10"],
                "",
            );
            assert_eq!(run.code, 0, "{}{}", run.out, run.err);
        }
    }
}

#[test]
fn from_the_source_of_a_program() {
    matches(&each_line(|_, line| {
        format!("    \"{}\\r\\n\"\n", line.replace('"', "\\\""))
    }));
}

#[test]
fn from_ngrep_which_prints_a_dot_for_each_carriage_return() {
    let text = each_line(|_, line| format!("{line}.\n"));
    matches(&format!(
        "U 2007/04/19 15:54:44.1 192.168.1.10:5060 -> 192.168.1.15:5060\n{text}."
    ));
}

#[test]
fn from_tcpdump_with_the_headers_of_ip_before_it() {
    matches(&format!("E..x..@.@.......................h..{MESSAGE}"));
}

#[test]
fn from_the_tree_of_wireshark() {
    let text = each_line(|index, line| match index {
        0 => format!(
            "Session Initiation Protocol (REGISTER)\n    Request-Line: {line}\n        Method: REGISTER\n    Message Header\n"
        ),
        _ => format!("        {line}\n"),
    });
    matches(&text);
}

#[test]
fn from_a_web_page() {
    let entities = MESSAGE
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;");
    matches(&entities);
    matches(&MESSAGE.replace(" <sip:10@192.168.1.15>", " <sip:[email\u{a0}protected]>"));
    matches(&format!("```\n{MESSAGE}```\n"));
}

#[test]
fn from_a_coloured_terminal() {
    matches(&each_line(|_, line| format!("\u{1b}[32m{line}\u{1b}[0m\n")));
}

#[test]
fn from_a_word_processor() {
    let text = MESSAGE
        .replace("=\"", "=“")
        .replace("\",", "”,")
        .replace("\"\n", "”\n");
    matches(&text);
    assert!(explain(&text, "abc10").out.contains("typographic quotes"));
}

#[test]
fn with_names_in_any_case_and_a_blank_before_the_colon() {
    matches(
        &MESSAGE
            .replace("Authorization:", "AUTHORIZATION :")
            .replace("Digest", "digest"),
    );
}

#[test]
fn without_commas_and_without_quotes() {
    matches(&MESSAGE.replace("\",", "\""));
    matches(&MESSAGE.replace('"', ""));
}

#[test]
fn with_the_uri_that_a_web_page_took_out() {
    let text = "INVITE sip:11@192.168.1.15 SIP/2.0\nProxy-Authorization: Digest username=\"10\", realm=\"192.168.1.15\", uri=\"sip:[email protected]\", nonce=\"462b927d2ab8368b1771ed4268c47ca585413f95\", response=\"90761772224a8a43df0f31b7437181f3\"\n";
    let run = explain(text, "abc10");
    assert!(
        run.out
            .contains("the uri sip:11@192.168.1.15 (the Request-URI)"),
        "{}",
        run.out
    );
    assert!(
        run.out
            .contains("has replaced the uri by [email protected]"),
        "{}",
        run.out
    );
}

#[test]
fn as_a_header_field_alone_whose_method_has_to_be_found() {
    let value = "Digest username=\"10\", realm=\"192.168.1.15\", uri=\"sip:11@192.168.1.15\", nonce=\"462b927d2ab8368b1771ed4268c47ca585413f95\", response=\"90761772224a8a43df0f31b7437181f3\"";
    for text in [
        value.to_owned(),
        format!("Authorization: {value}"),
        format!("Proxy-Authorization: {value}"),
    ] {
        let run = explain(&text, "abc10");
        assert_eq!(run.code, 0, "{}{}", run.out, run.err);
        assert!(
            run.out.contains("MD5(INVITE:sip:11@192.168.1.15)"),
            "{}",
            run.out
        );
    }
}
