//! Status codes of responses (RFC 3261 §7.2), and what follows from a code alone.

use std::fmt;

/// The status code of a response, from 100 to 699.
///
/// It can be compared with a number: `response.status() == 200`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Status(u16);

impl Status {
    /// The status with this code; `None` unless it is from 100 to 699.
    pub const fn new(code: u16) -> Option<Self> {
        match code {
            100..700 => Some(Self(code)),
            _ => None,
        }
    }

    /// The status with a code that the program chose. A code outside 100 to 699 is a mistake of
    /// the program, so it becomes 500.
    pub const fn of(code: u16) -> Self {
        match Self::new(code) {
            Some(status) => status,
            None => Self(500),
        }
    }

    /// The code as a number.
    pub const fn code(self) -> u16 {
        self.0
    }

    /// The first digit of the code, 1 to 6.
    pub const fn class(self) -> u16 {
        self.0 / 100
    }

    /// 100 to 199: another response will follow.
    pub const fn is_provisional(self) -> bool {
        self.class() == 1
    }

    /// 200 to 699: the last response to its request.
    pub const fn is_final(self) -> bool {
        !self.is_provisional()
    }

    /// 200 to 299.
    pub const fn is_success(self) -> bool {
        self.class() == 2
    }

    /// 300 to 699: every final response except a success.
    pub const fn is_refusal(self) -> bool {
        self.class() > 2
    }

    /// 401 or 407: the server or proxy asks for credentials (§22).
    pub const fn is_challenge(self) -> bool {
        matches!(self.0, 401 | 407)
    }

    /// The reason phrase of RFC 3261 (§21) or of a later registration; `Unknown` for others.
    pub const fn reason_phrase(self) -> &'static str {
        match self.0 {
            100 => "Trying",
            180 => "Ringing",
            183 => "Session Progress",
            200 => "OK",
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Not Found",
            405 => "Method Not Allowed",
            407 => "Proxy Authentication Required",
            408 => "Request Timeout",
            413 => "Request Entity Too Large",
            416 => "Unsupported URI Scheme",
            420 => "Bad Extension",
            423 => "Interval Too Brief",
            440 => "Max-Breadth Exceeded",
            480 => "Temporarily Unavailable",
            481 => "Call/Transaction Does Not Exist",
            482 => "Loop Detected",
            483 => "Too Many Hops",
            486 => "Busy Here",
            487 => "Request Terminated",
            489 => "Bad Event",
            500 => "Server Internal Error",
            501 => "Not Implemented",
            503 => "Service Unavailable",
            505 => "Version Not Supported",
            513 => "Message Too Large",
            600 => "Busy Everywhere",
            603 => "Decline",
            _ => "Unknown",
        }
    }

    /// The code in decimal digits.
    pub(crate) fn digits(self) -> [u8; 3] {
        [self.0 / 100, self.0 / 10 % 10, self.0 % 10].map(|digit| b'0' + digit as u8)
    }
}

/// For the codes that a script writes; see [`Status::of`].
impl From<u16> for Status {
    fn from(code: u16) -> Self {
        Self::of(code)
    }
}

impl PartialEq<u16> for Status {
    fn eq(&self, code: &u16) -> bool {
        self.0 == *code
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_has_a_code_from_100_to_699() {
        assert_eq!([99, 700, u16::MAX].map(Status::new), [None; 3]);
        for code in [100, 404, 699] {
            assert_eq!(Status::new(code).map(Status::code), Some(code));
        }
    }

    #[test]
    fn a_code_that_does_not_exist_is_an_error_of_the_server() {
        assert_eq!([0, 99, 700].map(Status::of), [Status::of(500); 3]);
    }

    #[test]
    fn each_status_is_of_one_kind() {
        let kinds = |code| {
            let status = Status::of(code);
            [
                status.is_provisional(),
                status.is_success(),
                status.is_refusal(),
            ]
        };
        assert_eq!([100, 199].map(kinds), [[true, false, false]; 2]);
        assert_eq!([200, 299].map(kinds), [[false, true, false]; 2]);
        assert_eq!([300, 699].map(kinds), [[false, false, true]; 2]);
    }
}
