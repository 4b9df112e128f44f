//! The user a row is about, and what may be in a row.

use std::fmt;

/// How long a name or a domain may be: the columns of Kamailio hold 64 characters.
const MAX_NAME: usize = 64;

/// How long a password may be, in bytes. Phones take less.
const MAX_PASSWORD: usize = 128;

/// A user, or an alias of one: the two columns that name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct User {
    /// The user part of the URI, unescaped.
    pub name: String,
    /// The domain, which is the realm of the user's challenges; empty for all domains. A host name
    /// is in lower case, unless another program wrote the row.
    pub domain: String,
}

impl User {
    /// The user `name` in `domain`, written as the realm will be ([`sip_digest::realm`]).
    pub fn new(name: impl Into<String>, domain: impl AsRef<str>) -> Self {
        let domain = sip_digest::realm(domain.as_ref()).into_owned();
        Self::of_row(name.into(), domain)
    }

    /// The user as a row has it.
    pub(crate) fn of_row(name: String, domain: String) -> Self {
        Self { name, domain }
    }

    /// Whether a row may be about this user.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self) -> Result<(), InputError> {
        check_name(&self.name)?;
        check_domain(&self.domain)
    }
}

impl fmt::Display for User {
    /// `10@example.com`, or `10` alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = sip_message::printable(self.name.as_bytes());
        match sip_message::printable(self.domain.as_bytes()) {
            domain if domain.is_empty() => f.write_str(&name),
            domain => write!(f, "{name}@{domain}"),
        }
    }
}

/// Why something may not be in a row. The words never repeat it, as it may be a password that was
/// typed in the wrong place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InputError(pub(crate) &'static str);

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for InputError {}

/// Whether `name` may be the name of a user. A colon separates name, realm and password in what is
/// hashed (RFC 2617 §3.2.2.2), an `@` ends the user part of a URI, and what needs a backslash in
/// `username="..."` phones hash in two ways.
///
/// # Errors
/// Why not.
pub fn check_name(name: &str) -> Result<(), InputError> {
    let unfit = |c: char| c.is_control() || c.is_whitespace() || "\"\\:@<>".contains(c);
    match name {
        "" => Err(InputError("a user needs a name, such as 1000")),
        _ if name.contains(unfit) => Err(InputError(
            "a user's name has no spaces, quotes, backslashes, colons, @, < or >",
        )),
        _ if name.chars().count() > MAX_NAME => {
            Err(InputError("a user's name has at most 64 characters"))
        }
        _ => Ok(()),
    }
}

/// Whether `domain` may be a realm, or empty.
///
/// # Errors
/// Why not.
pub fn check_domain(domain: &str) -> Result<(), InputError> {
    let is_ipv6 = domain.starts_with('[') && domain.ends_with(']');
    let unfit = |c: char| c.is_control() || "\"\\@".contains(c) || c == ':' && !is_ipv6;
    if domain.contains(unfit) {
        return Err(InputError(
            "a domain has no quotes, backslashes, colons or @ (it is the realm of a challenge, \
             without a port)",
        ));
    }
    if domain.trim() != domain {
        return Err(InputError("a domain neither begins nor ends with a space"));
    }
    match domain.chars().count() {
        ..=MAX_NAME => Ok(()),
        _ => Err(InputError("a domain has at most 64 characters")),
    }
}

/// Whether `password` may be a password.
///
/// # Errors
/// Why not.
pub fn check_password(password: &str) -> Result<(), InputError> {
    match password {
        "" => Err(InputError("the password is empty")),
        _ if password.contains(char::is_control) => {
            Err(InputError("a password has no control characters"))
        }
        _ if password.trim() != password => Err(InputError(
            "a password neither begins nor ends with a space",
        )),
        _ if password.len() > MAX_PASSWORD => Err(InputError("a password has at most 128 bytes")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_a_phone_can_send_unchanged() {
        for name in ["1000", "alice", "+4930123", "j.o'hara-2", "é", "50%"] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        let long = "x".repeat(65);
        for name in [
            "", "a b", "a:b", "a@b", "a\"b", "a\\b", "a\0b", "a\nb", &long,
        ] {
            assert!(check_name(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn a_domain_is_a_host_or_any_realm() {
        for domain in ["", "example.com", "127.0.0.1", "[::1]", "SIP Steps"] {
            assert_eq!(check_domain(domain), Ok(()), "{domain}");
        }
        for domain in ["a:5060", "[::1]:5060", "a\"b", " a", "a\r\nb", "10@a"] {
            assert!(check_domain(domain).is_err(), "{domain:?}");
        }
    }

    #[test]
    fn a_password_is_any_text_a_phone_takes() {
        for password in ["abc10", "a b:\"c\\", "ü"] {
            assert_eq!(check_password(password), Ok(()), "{password}");
        }
        for password in ["", " a", "a ", "a\n", "\0"] {
            assert!(check_password(password).is_err(), "{password:?}");
        }
    }
}
