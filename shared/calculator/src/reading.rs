//! What the nonce of each kind of server contains.
//!
//! | server | its nonce |
//! |---|---|
//! | this course's server | hex: 4 bytes of the time it was made, 4 of a serial number, 4 of the hash of who was asked and for what, 12 of proof |
//! | SER, OpenSER | hex: 4 bytes of the time it expires, then the MD5 of that and a secret |
//! | Kamailio | base64: 4 bytes of the time it expires, 4 of the time it was made, the MD5 of both and a secret; with its extra checks a second MD5, and where it counts uses 5 bytes more |

use std::time::{Duration, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// How far apart the times of a Kamailio nonce may be: a lifetime of a week is generous.
const LONGEST_LIFE: u32 = 7 * 24 * 3600;

/// What SER and OpenSER add to the time of the challenge unless `nonce_expire` says otherwise.
const OPENSER_LIFE: u32 = 300;

/// A nonce as one kind of server would have made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    /// The kind of server.
    pub(crate) server: &'static str,
    /// When it was made, in seconds since 1970, if it contains that.
    pub(crate) made: Option<u32>,
    /// When it expires, in seconds since 1970, if it contains that.
    pub(crate) expires: Option<u32>,
    /// What else it contains.
    pub(crate) rest: String,
}

/// Reads a nonce.
///
/// # Errors
/// In words, that no known kind of server makes such a nonce.
pub(crate) fn read(nonce: &str) -> Result<Reading, String> {
    match hex::decode(nonce) {
        Ok(bytes) => of_hex(nonce, &bytes),
        Err(_) => of_kamailio(nonce),
    }
}

fn of_hex(nonce: &str, bytes: &[u8]) -> Result<Reading, String> {
    match (bytes.len(), numbers(bytes)) {
        (24, Some([time, serial])) => Ok(Reading {
            server: "this course's server",
            made: Some(time),
            expires: None,
            rest: format!(
                "serial number {serial:08x}, {} for who was asked and for what, proof {}",
                &nonce[16..24],
                &nonce[24..]
            ),
        }),
        (20, Some([time, _])) => Ok(Reading {
            server: "SER, OpenSER",
            made: None,
            expires: Some(time),
            rest: format!(
                "with the usual nonce_expire of {OPENSER_LIFE} s it was made at {}; MD5 {}",
                utc(time.saturating_sub(OPENSER_LIFE)),
                &nonce[8..]
            ),
        }),
        (length, _) => Err(format!(
            "{} hex digits, but this course's server makes 48, SER and OpenSER 40: it comes from another server and shows no time",
            2 * length
        )),
    }
}

fn of_kamailio(nonce: &str) -> Result<Reading, String> {
    let unknown = || {
        "neither 40 or 48 hex digits nor the base64 of Kamailio: it comes from another server and shows no time".to_owned()
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
        Some([expires, made]) if made < expires && expires - made <= LONGEST_LIFE => Ok(Reading {
            server: "Kamailio",
            made: Some(made),
            expires: Some(expires),
            rest: format!("a life of {} s; {rest}", expires - made),
        }),
        _ => Err(unknown()),
    }
}

/// The first two numbers, most significant byte first.
fn numbers(bytes: &[u8]) -> Option<[u32; 2]> {
    let (first, rest) = bytes.split_first_chunk::<4>()?;
    let (second, _) = rest.split_first_chunk::<4>()?;
    Some([u32::from_be_bytes(*first), u32::from_be_bytes(*second)])
}

/// A time in words.
pub(crate) fn utc(time: u32) -> String {
    let time = UNIX_EPOCH + Duration::from_secs(u64::from(time));
    httpdate::fmt_http_date(time).replace("GMT", "UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_papers_first_nonce_is_of_april_2007() {
        let reading = read("462791f06aa9b37a34fd11b1adc58c5a9df7c95b").unwrap();
        assert_eq!(
            utc(reading.expires.unwrap()),
            "Thu, 19 Apr 2007 15:59:44 UTC"
        );
    }

    #[test]
    fn a_nonce_of_this_course_shows_when_it_was_made() {
        // From the book's chapter 3.
        let reading = read("462791f000000001f7566a7237d3f95a44a23ed6d436b779").unwrap();
        let made = reading.made.map(utc);
        assert_eq!(made.as_deref(), Some("Thu, 19 Apr 2007 15:59:44 UTC"));
        let rest = "serial number 00000001, f7566a72 for who was asked and for what, \
                    proof 37d3f95a44a23ed6d436b779";
        assert_eq!(reading.rest, rest);
    }

    #[test]
    fn the_papers_second_nonce_expires_300_seconds_after_the_time_its_log_prints() {
        // Sun Apr 22 18:46:09 2007, in a country two hours ahead of UTC.
        let reading = read("462b927d2ab8368b1771ed4268c47ca585413f95").unwrap();
        let rest = reading.rest;
        assert!(
            rest.contains("made at Sun, 22 Apr 2007 16:46:09 UTC"),
            "{rest}"
        );
    }

    #[test]
    fn a_kamailio_nonce_shows_both_times() {
        let reading = read("awE0A2sBMtc2PRVnkkWEewKZJNCNeF40").unwrap();
        let Reading { made, expires, .. } = reading;
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
            let reading = read(nonce).unwrap();
            assert_eq!(reading.made, Some(made), "{nonce}");
            assert_eq!(reading.expires, Some(made + 120), "{nonce}");
        }
    }

    #[test]
    fn a_nonce_without_a_time_is_refused() {
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
}
