//! Exchanges in captures and logs: each answer is found, and each is found to match.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;
use support::shape::{each, matches};

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
