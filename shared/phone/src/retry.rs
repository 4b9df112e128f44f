//! When a server wants to be asked again (RFC 3261 §20.33).

use std::time::Duration;

use sip_message::{HeaderName, Message};

/// The longest wait. A server that names a longer one is asked earlier.
const LONGEST: Duration = Duration::from_secs(3600);

/// The seconds of a Retry-After, without its comment and parameters; an hour at most.
pub(crate) fn retry_after(response: &Message) -> Option<Duration> {
    let value = str::from_utf8(response.value(HeaderName::RetryAfter)?).ok()?;
    let digits = value.trim().split([';', '(', ' ', '\t']).next()?;
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    // A number with too many digits is still a long time.
    let seconds = || digits.parse().map_or(LONGEST, Duration::from_secs);
    is_number.then(|| seconds().min(LONGEST))
}

#[cfg(test)]
mod tests {
    use sip_message::fixture;

    use super::*;

    fn read(value: &str) -> Option<u64> {
        let text = format!(
            "SIP/2.0 503 Service Unavailable\r\nVia: SIP/2.0/UDP h\r\nFrom: <sip:a@h>;tag=1\r\n\
             To: <sip:a@h>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nRetry-After: {value}\r\n\r\n"
        );
        let arrival = fixture::arrival("192.0.2.10:5060", "192.0.2.15:5060", 0);
        retry_after(&fixture::response(text, arrival)).map(|it| it.as_secs())
    }

    #[test]
    fn the_seconds_are_read_without_what_follows_them() {
        assert_eq!(read("7"), Some(7));
        assert_eq!(read("120 (I'm in a meeting)"), Some(120));
        assert_eq!(read("18;duration=3600"), Some(18));
        assert_eq!(read("0"), Some(0));
    }

    #[test]
    fn no_wait_is_longer_than_an_hour() {
        assert_eq!(read("86400"), Some(3600));
        assert_eq!(read("99999999999999999999999"), Some(3600));
    }

    #[test]
    fn what_is_not_a_number_of_seconds_is_not_a_wait() {
        for value in ["soon", "-1", "Mon, 30 Nov 2026 21:00:00 GMT", "1.5"] {
            assert_eq!(read(value), None, "{value}");
        }
    }
}
