//! The phones' answers to challenges (RFC 2617 §3.2.2), made cheaply: HA1 is computed once for each
//! user.

use std::io::Write;

use crate::message;
use crate::subscribers::{Hash, REALM, USERS, ha1, md5};

/// The phones' own nonce. It may be the same in every answer, because the server's nonce changes.
const CNONCE: &str = "c0ffee00";

/// What the users know.
pub(crate) struct Digests {
    ha1: Vec<Hash>,
}

impl Digests {
    /// Of all users.
    pub(crate) fn new() -> Self {
        Self {
            ha1: (0..USERS).map(ha1).collect(),
        }
    }

    /// Writes the value of `Authorization` for the `count`th use of a nonce.
    pub(crate) fn write(
        &self,
        user: u64,
        [method, uri]: [&str; 2],
        nonce: &[u8],
        count: u32,
        out: &mut Vec<u8>,
    ) {
        let (ha1, count) = (&self.ha1[user as usize], format!("{count:08x}"));
        let ha2 = md5(&[method.as_bytes(), b":", uri.as_bytes()]);
        let counted = [b":", count.as_bytes(), b":", CNONCE.as_bytes(), b":auth:"].concat();
        let response = md5(&[ha1, b":", nonce, &counted, &ha2]);
        write!(
            out,
            "Digest username=\"user{user}\", realm=\"{REALM}\", nonce=\""
        )
        .expect("memory takes it");
        out.extend_from_slice(nonce);
        write!(out, "\", uri=\"{uri}\", response=\"").expect("memory takes it");
        out.extend_from_slice(&response);
        write!(
            out,
            "\", algorithm=MD5, cnonce=\"{CNONCE}\", qop=auth, nc={count}"
        )
        .expect("memory takes it");
    }
}

/// The nonce of the challenge in a 401 or 407.
///
/// # Panics
/// When the challenge is not the one that both servers should send.
pub(crate) fn nonce<'m>(refusal: &'m [u8], header: &str) -> &'m [u8] {
    let challenge = message::header(refusal, header).unwrap_or_default();
    let parameter = |name| message::parameter(challenge, name);
    let asked = (parameter("realm="), parameter("qop="));
    assert!(
        asked == (Some(REALM.as_bytes()), Some(b"auth")),
        "another challenge was expected:\n{}",
        String::from_utf8_lossy(refusal)
    );
    parameter("nonce=").expect("every challenge has a nonce")
}
