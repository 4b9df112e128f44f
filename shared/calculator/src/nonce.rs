//! `calculator nonce`: the times inside a nonce, and how long ago they were.

use std::fmt::Write;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::flags::NonceFlags;
use crate::reading::{self, Reading, utc};
use crate::show::{NAME, QUIET};
use crate::{Outcome, Report};

/// Prints the times of the nonce and their age at `now`, or at the time of `--at`.
pub(crate) fn run(flags: &NonceFlags, now: SystemTime) -> Result<Report, Failure> {
    let nonce = flags.nonce.trim().trim_matches('"');
    let reading = reading::read(nonce).map_err(|fault| Failure::Flag("NONCE", fault))?;
    let now = flags.at.unwrap_or_else(|| {
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        since.as_secs()
    });
    Ok(Report {
        text: in_words(&reading, now),
        json: json!({ "nonce": nonce, "readings": [as_json(&reading, now)] }),
        outcome: Outcome::Good,
    })
}

fn in_words(reading: &Reading, now: u64) -> String {
    let Reading { server, rest, .. } = reading;
    let mut text = format!("{NAME}{server}{NAME:#}\n");
    for (what, time) in [("made", reading.made), ("expires", reading.expires)] {
        if let Some(time) = time {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "  {what:8} {}, {}", utc(time), age(now, time));
        }
    }
    text + &format!("  {QUIET}{rest}{QUIET:#}\n")
}

fn as_json(reading: &Reading, now: u64) -> Value {
    let time = |time: Option<u32>| {
        let age = |time: u32| now as i64 - i64::from(time);
        time.map(|t| json!({ "time": t, "utc": utc(t), "age": age(t) }))
    };
    json!({
        "server": reading.server,
        "rest": reading.rest,
        "made": time(reading.made),
        "expires": time(reading.expires),
    })
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
    let largest = units.iter().skip_while(|(count, _)| *count == 0).take(2);
    let largest = largest.filter(|(count, _)| *count > 0);
    let words: Vec<String> = largest
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_has_two_units() {
        assert_eq!(age(100, 100), "this second");
        assert_eq!(age(90_061, 1), "1 days 1 h ago");
        assert_eq!(age(0, 61), "in 1 min 1 s");
    }
}
