//! `calculator nonce`: the time inside a nonce.
//!
//! | whose | what it is |
//! |---|---|
//! | this course's server | hex: 4 bytes of the time it was made, 4 of a serial number, 4 that stand for who was asked and for what, 12 of proof |
//! | SER, OpenSER | hex: 4 bytes of the time it expires, then the MD5 of that and a secret |
//! | Kamailio | base64: 4 bytes of the time it expires, 4 of the time it was made, the MD5 of both and a secret; with its extra checks a second MD5, and where it counts uses 5 bytes more |

use std::fmt::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::json;

use crate::failure::Failure;
use crate::flags::NonceFlags;
use crate::show::{NAME, QUIET};
use crate::{Outcome, Report};

/// What the times of a Kamailio nonce may lie apart: a lifetime of a week is generous.
const LONGEST_LIFE: u32 = 7 * 24 * 3600;

/// What SER and OpenSER add to the time of the challenge, unless `nonce_expire` says otherwise.
const OPENSER_LIFE: u32 = 300;

/// A nonce as one kind of server would have made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Reading {
    /// Whose.
    server: &'static str,
    /// When it was made, in seconds since 1970, where it tells.
    made: Option<u32>,
    /// When it expires, in seconds since 1970, where it tells.
    expires: Option<u32>,
    /// What else it holds.
    rest: String,
}

/// Tells the times of the nonce, and how long ago they were.
pub(crate) fn run(flags: &NonceFlags, now: SystemTime) -> Result<Report, Failure> {
    let nonce = flags.nonce.trim().trim_matches('"');
    let readings = read(nonce).map_err(|fault| Failure::Flag("NONCE", fault))?;
    let now = flags.at.unwrap_or_else(|| {
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        since.as_secs()
    });
    let mut text = String::new();
    // Writing to a String cannot fail.
    for Reading {
        server,
        made,
        expires,
        rest,
    } in &readings
    {
        let _ = writeln!(text, "{NAME}{server}{NAME:#}");
        for (what, time) in [("made", made), ("expires", expires)] {
            if let Some(time) = *time {
                let _ = writeln!(text, "  {what:8} {}, {}", utc(time), age(now, time));
            }
        }
        let _ = writeln!(text, "  {QUIET}{rest}{QUIET:#}");
    }
    let each = |reading: &Reading| {
        json!({
            "server": reading.server, "rest": reading.rest,
            "made": reading.made.map(|t| json!({ "time": t, "utc": utc(t), "age": now as i64 - i64::from(t) })),
            "expires": reading.expires.map(|t| json!({ "time": t, "utc": utc(t), "age": now as i64 - i64::from(t) })),
        })
    };
    let readings: Vec<_> = readings.iter().map(each).collect();
    Ok(Report {
        text,
        json: json!({ "nonce": nonce, "readings": readings }),
        outcome: Outcome::Good,
    })
}

fn read(nonce: &str) -> Result<Vec<Reading>, String> {
    if let Ok(bytes) = hex::decode(nonce) {
        return match (bytes.len(), numbers(&bytes)) {
            (24, Some([time, serial])) => Ok(vec![Reading {
                server: "this course's server",
                made: Some(time),
                expires: None,
                rest: format!(
                    "serial number {serial:08x}, {} for who was asked and for what, proof {}",
                    &nonce[16..24],
                    &nonce[24..]
                ),
            }]),
            (20, Some([time, _])) => Ok(vec![Reading {
                server: "SER, OpenSER",
                made: None,
                expires: Some(time),
                rest: format!(
                    "with the usual nonce_expire of {OPENSER_LIFE} s it was made at {}; MD5 {}",
                    utc(time.saturating_sub(OPENSER_LIFE)),
                    &nonce[8..]
                ),
            }]),
            (length, _) => Err(format!(
                "{} hex digits, and this course's server makes 48, SER and OpenSER 40: it is another server's, and shows no time",
                2 * length
            )),
        };
    }
    let unknown = || {
        "neither 40 or 48 hex digits nor the base64 of Kamailio: it is another server's, and shows no time".to_owned()
    };
    let bytes = STANDARD.decode(nonce).map_err(|_| unknown())?;
    let rest = match bytes.len() {
        24 => "MD5 of both and the server's secret",
        29 => {
            "MD5 of both and the server's secret, and the number under which its uses are counted"
        }
        40 => "MD5 of both and the server's secret, and the MD5 of the extra checks",
        45 => "two MD5, and the number under which its uses are counted",
        _ => return Err(unknown()),
    };
    match numbers(&bytes) {
        Some([expires, made]) if made < expires && expires - made <= LONGEST_LIFE => {
            Ok(vec![Reading {
                server: "Kamailio",
                made: Some(made),
                expires: Some(expires),
                rest: format!("a life of {} s; {rest}", expires - made),
            }])
        }
        _ => Err(unknown()),
    }
}

/// The first two numbers, most significant byte first.
fn numbers(bytes: &[u8]) -> Option<[u32; 2]> {
    let (first, rest) = bytes.split_first_chunk::<4>()?;
    let (second, _) = rest.split_first_chunk::<4>()?;
    Some([u32::from_be_bytes(*first), u32::from_be_bytes(*second)])
}

fn utc(time: u32) -> String {
    let time = UNIX_EPOCH + Duration::from_secs(u64::from(time));
    httpdate::fmt_http_date(time).replace("GMT", "UTC")
}

fn age(now: u64, time: u32) -> String {
    let time = u64::from(time);
    match now.checked_sub(time) {
        Some(0) => "this second".to_owned(),
        Some(seconds) => format!("{} ago", span(seconds)),
        None => format!("in {}", span(time - now)),
    }
}

/// The two largest units: `2 days 3 h`.
fn span(seconds: u64) -> String {
    let units = [
        (seconds / 86_400, " days"),
        (seconds / 3600 % 24, " h"),
        (seconds / 60 % 60, " min"),
        (seconds % 60, " s"),
    ];
    let told: Vec<String> = units
        .iter()
        .skip_while(|(count, _)| *count == 0)
        .take(2)
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect();
    told.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_papers_first_nonce_is_of_april_2007() {
        let readings = read("462791f06aa9b37a34fd11b1adc58c5a9df7c95b").unwrap();
        assert_eq!(
            utc(readings[0].expires.unwrap()),
            "Thu, 19 Apr 2007 15:59:44 UTC"
        );
    }

    #[test]
    fn a_nonce_of_this_course_tells_when_it_was_made() {
        // From the book's chapter 3.
        let readings = read("462791f000000001f7566a7237d3f95a44a23ed6d436b779").unwrap();
        let [reading] = &readings[..] else {
            panic!("one reading");
        };
        let made = reading.made.map(utc);
        assert_eq!(made.as_deref(), Some("Thu, 19 Apr 2007 15:59:44 UTC"));
        let rest = "serial number 00000001, f7566a72 for who was asked and for what, \
                    proof 37d3f95a44a23ed6d436b779";
        assert_eq!(reading.rest, rest);
    }

    #[test]
    fn the_papers_second_nonce_expires_300_seconds_after_the_time_its_log_prints() {
        // Sun Apr 22 18:46:09 2007, in a country two hours ahead of UTC.
        let readings = read("462b927d2ab8368b1771ed4268c47ca585413f95").unwrap();
        let rest = &readings[0].rest;
        assert!(
            rest.contains("made at Sun, 22 Apr 2007 16:46:09 UTC"),
            "{rest}"
        );
    }

    #[test]
    fn a_kamailio_nonce_tells_both_times() {
        let readings = read("awE0A2sBMtc2PRVnkkWEewKZJNCNeF40").unwrap();
        let [Reading { made, expires, .. }] = readings[..] else {
            panic!("one reading");
        };
        assert_eq!((made, expires), (Some(0x6b01_32d7), Some(0x6b01_3403)));
        assert_eq!(expires.unwrap() - made.unwrap(), 300);
    }

    #[test]
    fn each_form_that_kamailio_5_6_3_makes_is_read() {
        // nonce_expire 120; without more, with nonce_count, with one_time_nonce, with
        // auth_checks_register, and with that and nonce_count.
        for (nonce, made) in [
            ("awF1KGsBdLB3bzCQjf8nc63S1VHXvYG5", 0x6b01_74b0),
            ("awF1K2sBdLORZ5sFLSQ8J6wr+8hlw6LZER0ZBIA=", 0x6b01_74b3),
            ("awF1LWsBdLXJYcu8PTfWR1LHPBuzjST2LlKIoUA=", 0x6b01_74b5),
            (
                "awF1MGsBdLgqEL+FwRcREQKvG0/UsTnXAqk9HOuZNedS9Ra0qSJJ8Q==",
                0x6b01_74b8,
            ),
            (
                "awF1MmsBdLpmqnQasSi8nVm6iOK4mgKpHhDr08eBGRjrSz14hTFTQj8Tc3eA",
                0x6b01_74ba,
            ),
        ] {
            let readings = read(nonce).unwrap();
            assert_eq!(readings[0].made, Some(made), "{nonce}");
            assert_eq!(readings[0].expires, Some(made + 120), "{nonce}");
        }
    }

    #[test]
    fn what_is_no_nonce_with_a_time_is_told_so() {
        let fault = read("dcd98b7102dd2f0e8b11d0f600bfb0c093").unwrap_err();
        assert!(fault.starts_with("34 hex digits"), "{fault}");
        for nonce in [
            "",
            "é",
            "c60f",
            "AAAAAAAAAAAAAAAA",
            "////////////////////////////////",
        ] {
            assert!(read(nonce).is_err(), "{nonce}");
        }
    }

    #[test]
    fn an_age_has_two_units() {
        assert_eq!(age(100, 100), "this second");
        assert_eq!(age(90_061, 1), "1 days 1 h ago");
        assert_eq!(age(0, 61), "in 1 min 1 s");
    }
}
