//! What a response protects.

/// The quality of protection (RFC 2617 §3.2.1): what a response covers besides the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Qop {
    /// `auth`: the request's method and URI, and a count of the nonce's uses.
    Auth,
    /// `auth-int`: also the body.
    AuthInt,
}

impl Qop {
    /// The token of the `qop` parameter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::AuthInt => "auth-int",
        }
    }

    /// Reads a token in any case.
    pub fn from_token(token: &str) -> Option<Self> {
        [Self::Auth, Self::AuthInt]
            .into_iter()
            .find(|qop| qop.as_str().eq_ignore_ascii_case(token))
    }
}
