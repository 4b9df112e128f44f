//! The values of the command line, read and checked.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use sip_database::{Offer, User, check_domain, check_name};
use sip_message::Uri;

/// A user as it was typed: `10`, `10@example.com` or `sip:10@example.com`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UserName {
    pub(crate) name: String,
    domain: Option<String>,
}

impl UserName {
    /// Its domain: its own, or that of `--domain`.
    pub(crate) fn domain<'a>(&'a self, flag: &'a Option<String>) -> Option<&'a str> {
        self.domain.as_deref().or(flag.as_deref())
    }

    /// The user of that name and domain.
    pub(crate) fn user(&self, flag: &Option<String>) -> User {
        User::new(&self.name, self.domain(flag).unwrap_or_default())
    }
}

impl FromStr for UserName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bare = text.strip_prefix("sip:").unwrap_or(text);
        let (name, domain) = match bare.split_once('@') {
            Some((name, domain)) => (name, Some(domain.to_owned())),
            None => (bare, None),
        };
        check_name(name).map_err(|unfit| unfit.to_string())?;
        let domain = domain.map(|d| self::domain(&d)).transpose()?;
        let name = name.to_owned();
        Ok(Self { name, domain })
    }
}

/// What a user is offered, if it is not what all are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OwnOffer(pub(crate) Option<Offer>);

impl FromStr for OwnOffer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "default" {
            return Ok(Self(None));
        }
        let offer = text
            .parse()
            .map_err(|error| format!("{error}, or default"))?;
        Ok(Self(Some(offer)))
    }
}

/// A password as it was typed, which nothing prints.
#[derive(Clone)]
pub(crate) struct Typed(pub(crate) String);

impl FromStr for Typed {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Typed(..)")
    }
}

/// A domain as it was typed, because other programs write rows that differ only in case; an IPv6
/// reference as it is kept.
pub(crate) fn domain(text: &str) -> Result<String, String> {
    check_domain(text).map_err(|unfit| unfit.to_string())?;
    if text.starts_with('[') {
        return Ok(User::new("", text).domain);
    }
    Ok(text.to_owned())
}

/// A password of several words that lost its quotes would end up here.
pub(crate) fn email(text: &str) -> Result<String, String> {
    if !text.contains('@') {
        return Err("an e-mail address has an @; a password with spaces needs quotes".to_owned());
    }
    Ok(text.to_owned())
}

/// `10`, `10@example.com` or `sip:10@example.com`: all domains of a server are one to it.
pub(crate) fn address_of_record(text: &str) -> Result<String, String> {
    let bare = text.strip_prefix("sip:").unwrap_or(text);
    let user = bare.split_once('@').map_or(bare, |(user, _)| user);
    match user {
        "" => Err("expected a user, such as 10 or sip:10@example.com".to_owned()),
        _ => Ok(unescaped(user).unwrap_or_else(|| user.to_owned())),
    }
}

/// The user as the server keeps it: `20%231` is `20#1`. `None` if it is not written as in a URI.
fn unescaped(user: &str) -> Option<String> {
    let is_hex = |escape: &str| {
        let digits = escape.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if !user.split('%').skip(1).all(is_hex) {
        return None;
    }
    let uri = format!("sip:{user}@localhost");
    let uri = Uri::parse(&uri).ok()?;
    uri.sip()?.unescaped_user().map(Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_record_may_be_written_in_full() {
        for text in ["10", "10@example.com", "sip:10@example.com"] {
            assert_eq!(address_of_record(text), Ok("10".to_owned()));
        }
        for text in ["20%231", "sip:20%231@example.com", "20#1"] {
            assert_eq!(address_of_record(text), Ok("20#1".to_owned()));
        }
        assert_eq!(address_of_record("50%"), Ok("50%".to_owned()));
        assert!(address_of_record("sip:@example.com").is_err());
    }

    #[test]
    fn a_users_own_domain_goes_before_the_flag() {
        let flag = Some("b".to_owned());
        let user = |text: &str| UserName::from_str(text).unwrap().user(&flag).to_string();
        assert_eq!(user("10"), "10@b");
        assert_eq!(user("sip:10@a"), "10@a");
        assert!(UserName::from_str("10@a:5060").is_err());
        assert!(UserName::from_str("@a").is_err());
    }
}
