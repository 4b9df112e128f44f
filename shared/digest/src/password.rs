//! The password or hash that is kept for a user, and when it is unusable.

use std::fmt;

use crate::algorithm::{Algorithm, Hash};
use crate::calculation::Secret;
use crate::unusable::Unusable;

/// The password or the hashes that are kept for a subscriber. Neither variant can be empty: an
/// empty one would let in anyone.
#[derive(Clone, PartialEq, Eq)]
pub enum Password {
    /// The password itself, for a subscriber without a domain (`calculate_ha1 = 1` of the
    /// texts).
    Plain(Plain),
    /// Its hashes, which do not reveal it (`calculate_ha1 = 0`).
    Hashed {
        /// Those of the texts' columns `ha1` and `ha1b`.
        md5: Hashes,
        /// Those of chapter 8, if they are kept.
        sha256: Option<Hashes>,
    },
}

/// The hashes of a password with one algorithm.
#[derive(Clone, PartialEq, Eq)]
pub struct Hashes {
    /// The hash of `user:domain:password`.
    pub ha1: Ha1,
    /// The hash of `user@domain:domain:password`, for phones that send their name with the domain.
    /// Not every program keeps it.
    pub ha1b: Option<Ha1>,
}

/// A password that is not empty.
#[derive(Clone, PartialEq, Eq)]
pub struct Plain(Box<str>);

/// HA1 as a server keeps it: the 32 hex digits of an MD5 or the 64 of a SHA-256, in lower case as
/// they are hashed.
#[derive(Clone, PartialEq, Eq)]
pub struct Ha1(Box<str>);

/// The columns of the texts' `subscriber` table that are about the password. They may hold
/// anything, because other programs write them too; NULL counts as empty.
#[derive(Clone, Copy)]
pub struct Columns<'a> {
    /// `password`
    pub password: &'a [u8],
    /// `ha1`
    pub ha1: &'a [u8],
    /// `ha1b`
    pub ha1b: &'a [u8],
    /// `sha256` and `sha256b` of our own table; empty where it is not read.
    pub sha256: [&'a [u8]; 2],
}

impl Password {
    /// Decides which columns of a row count:
    ///
    /// - `ha1` if it is not empty, otherwise `password`;
    /// - a malformed `ha1` makes the row unusable, even beside a password: using the other column
    ///   would mean guessing the writer's intention;
    /// - a malformed `ha1b` counts as missing, which does not affect phones that send their name
    ///   without the domain; so does a malformed `sha256` or `sha256b`.
    ///
    /// # Errors
    /// Why nobody can log in with it.
    pub fn read(columns: Columns<'_>) -> Result<Self, Unusable> {
        let Columns {
            password,
            ha1,
            ha1b,
            sha256: [sha256, sha256b],
        } = columns;
        match (ha1, password) {
            (b"", b"") => Err(Unusable::Nothing),
            (b"", password) => Self::plain(str::from_utf8(password).map_err(|_| Unusable::NoText)?),
            (ha1, _) => Ok(Self::Hashed {
                md5: Hashes::read(ha1, ha1b, MD5).ok_or(Unusable::NoHash)?,
                sha256: Hashes::read(sha256, sha256b, SHA256),
            }),
        }
    }

    /// The password itself.
    ///
    /// # Errors
    /// It is empty or blank.
    pub fn plain(password: &str) -> Result<Self, Unusable> {
        match password.trim() {
            "" if password.is_empty() => Err(Unusable::Nothing),
            "" => Err(Unusable::NoText),
            _ => Ok(Self::Plain(Plain(password.into()))),
        }
    }

    /// The hashes of a user's password in a domain.
    pub fn hashed(user: &str, domain: &str, password: &str) -> Self {
        let hashes = |algorithm| Hashes::new(algorithm, user, domain, password);
        Self::Hashed {
            md5: hashes(Algorithm::Md5),
            sha256: Some(hashes(Algorithm::Sha256)),
        }
    }

    /// The secret behind an answer under this name (`10`, or `10@192.168.1.15`) with this algorithm.
    ///
    /// # Errors
    /// The name has a domain and no hash is kept for such names, or none is for the algorithm.
    pub fn secret(&self, username: &str, algorithm: Algorithm) -> Result<Secret<'_>, Unusable> {
        let hashes = match self {
            Self::Plain(plain) => return Ok(Secret::Password(plain.as_str())),
            Self::Hashed { md5, sha256 } => match algorithm {
                Algorithm::Md5 | Algorithm::Md5Sess => Some(md5),
                Algorithm::Sha256 | Algorithm::Sha256Sess => sha256.as_ref(),
                Algorithm::Sha512Of256 | Algorithm::Sha512Of256Sess => None,
            },
        };
        let hashes = hashes.ok_or(Unusable::NoHashOfAlgorithm)?;
        let ha1 = match username.contains('@') {
            true => hashes.ha1b.as_ref().ok_or(Unusable::NoHa1b)?,
            false => &hashes.ha1,
        };
        Ok(Secret::Ha1(ha1.as_str()))
    }

    /// Whether an answer with this algorithm can be checked.
    pub fn knows(&self, algorithm: Algorithm) -> bool {
        self.secret("", algorithm).is_ok()
    }
}

/// How many hex digits a hash has.
const MD5: usize = 32;
const SHA256: usize = 64;

impl Hashes {
    /// The hashes of a user's password in a domain.
    pub fn new(algorithm: Algorithm, user: &str, domain: &str, password: &str) -> Self {
        let with_domain = format!("{user}@{domain}");
        Self {
            ha1: Ha1::new(algorithm, user, domain, password),
            ha1b: Some(Ha1::new(algorithm, &with_domain, domain, password)),
        }
    }

    fn read(ha1: &[u8], ha1b: &[u8], digits: usize) -> Option<Self> {
        Some(Self {
            ha1: Ha1::read(ha1, digits)?,
            ha1b: Ha1::read(ha1b, digits),
        })
    }
}

impl Plain {
    /// The password as the user types it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Ha1 {
    /// The HA1 of a user, a realm and a password (RFC 2617 §3.2.2.2).
    pub fn new(algorithm: Algorithm, user: &str, realm: &str, password: &str) -> Self {
        let hash: Hash = algorithm.hash_parts(&[user, realm, password]);
        Self(hash.as_str().into())
    }

    /// Reads one; `None` for anything but so many hex digits. Some programs write them in upper
    /// case.
    fn read(text: &[u8], digits: usize) -> Option<Self> {
        let is_hash = text.len() == digits && text.iter().all(u8::is_ascii_hexdigit);
        let text = str::from_utf8(text).ok().filter(|_| is_hash)?;
        Some(Self(text.to_ascii_lowercase().into()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

impl fmt::Debug for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Plain(..)")
    }
}

impl fmt::Debug for Hashes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hashes(..)")
    }
}

impl fmt::Debug for Ha1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ha1(..)")
    }
}

impl fmt::Debug for Columns<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Columns(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HA1: &str = "aea7bead2788462674c13e35c4268182"; // 10:192.168.1.15:abc10
    const HA1B: &str = "fb2be23467bcd20a0ded05feb0913260"; // 10@192.168.1.15:...

    fn read(password: &str, ha1: &str, ha1b: &str) -> Result<Password, Unusable> {
        let [password, ha1, ha1b] = [password, ha1, ha1b].map(str::as_bytes);
        Password::read(Columns {
            password,
            ha1,
            ha1b,
            sha256: [b"", b""],
        })
    }

    fn secret<'a>(kept: &'a Result<Password, Unusable>, name: &str) -> Result<&'a str, Unusable> {
        match kept
            .as_ref()
            .map_err(|why| *why)?
            .secret(name, Algorithm::Md5)?
        {
            Secret::Password(text) | Secret::Ha1(text) => Ok(text),
        }
    }

    #[test]
    fn a_name_with_its_domain_needs_the_hash_of_it() {
        let both = read("", HA1, HA1B);
        assert_eq!(secret(&both, "10"), Ok(HA1));
        assert_eq!(secret(&both, "10@192.168.1.15"), Ok(HA1B));
        let Password::Hashed { md5, .. } = Password::hashed("10", "192.168.1.15", "abc10") else {
            panic!("not hashed");
        };
        let sha256 = None;
        assert_eq!(both, Ok(Password::Hashed { md5, sha256 }));
        for ha1b in ["", " ", "x", &HA1B[1..], &format!("{HA1B}0")] {
            let one = read("", HA1, ha1b);
            assert_eq!(secret(&one, "10"), Ok(HA1), "{ha1b:?}");
            let with_domain = secret(&one, "10@192.168.1.15");
            assert_eq!(with_domain, Err(Unusable::NoHa1b), "{ha1b:?}");
        }
    }

    #[test]
    fn each_algorithm_has_hashes_of_its_own() {
        // Python: hashlib.sha256(b"10:192.168.1.15:abc10").hexdigest()
        let sha256 = "60511ed7d89e76ead93e28686ee0f8802cae8924d52c1db7bed6b2eca42207fa";
        let own = Password::hashed("10", "192.168.1.15", "abc10");
        assert_eq!(own.secret("10", Algorithm::Md5), Ok(Secret::Ha1(HA1)));
        assert_eq!(own.secret("10", Algorithm::Sha256), Ok(Secret::Ha1(sha256)));
        let from_row = |sha256: &str, sha256b: &str| {
            Password::read(Columns {
                password: b"",
                ha1: HA1.as_bytes(),
                ha1b: b"",
                sha256: [sha256.as_bytes(), sha256b.as_bytes()],
            })
            .unwrap()
        };
        let one = from_row(&sha256.to_uppercase(), "");
        assert_eq!(one.secret("10", Algorithm::Sha256), Ok(Secret::Ha1(sha256)));
        assert_eq!(one.secret("10@d", Algorithm::Sha256), Err(Unusable::NoHa1b));
        for malformed in ["", HA1, &sha256[1..], &sha256.replace('a', "g")] {
            let none = from_row(malformed, sha256);
            let missing = Err(Unusable::NoHashOfAlgorithm);
            assert_eq!(none.secret("10", Algorithm::Sha256), missing, "{malformed}");
            assert!(!none.knows(Algorithm::Sha256) && none.knows(Algorithm::Md5));
        }
        assert!(!own.knows(Algorithm::Sha512Of256));
        let plain = Password::plain("abc10").unwrap();
        assert_eq!(
            plain.secret("10", Algorithm::Sha256),
            Ok(Secret::Password("abc10"))
        );
    }

    #[test]
    fn hashes_are_hashed_in_lower_case() {
        let upper = read("", &HA1.to_uppercase(), &HA1B.to_uppercase());
        assert_eq!(upper, read("", HA1, HA1B));
    }

    #[test]
    fn a_malformed_hash_is_unusable_even_beside_a_password() {
        let long = format!("{HA1}{HA1}");
        for ha1 in [" ", "x", &HA1[1..], &long, &HA1.replace('a', "g"), "NULL"] {
            for password in ["", "abc10"] {
                assert_eq!(read(password, ha1, HA1B), Err(Unusable::NoHash), "{ha1:?}");
            }
        }
    }

    #[test]
    fn an_empty_or_blank_password_is_unusable() {
        assert_eq!(read("", "", ""), Err(Unusable::Nothing));
        assert_eq!(read("", "", HA1B), Err(Unusable::Nothing));
        assert_eq!(read(" \t", "", ""), Err(Unusable::NoText));
        let bytes = Columns {
            password: b"\xff",
            ha1: b"",
            ha1b: b"",
            sha256: [b"", b""],
        };
        assert_eq!(Password::read(bytes), Err(Unusable::NoText));
        assert_eq!(secret(&read("abc10", "", ""), "10@d"), Ok("abc10"));
    }

    #[test]
    fn secrets_are_never_shown() {
        let plain = read("abc10", "", "").unwrap();
        let shown = format!("{plain:?} {:?}", read("", HA1, HA1B).unwrap());
        assert_eq!(shown, "Password(..) Password(..)");
    }
}
