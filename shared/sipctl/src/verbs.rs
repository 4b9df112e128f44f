//! The verbs of each subject, and the words they take.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand};
use sip_database::{User, check_domain, check_name};
use sip_message::Uri;

/// The verbs about the file.
#[derive(Debug, Subcommand)]
pub(crate) enum Db {
    /// Create the file and its tables; what exists stays.
    Create,
    /// Show every row that a server would skip, or that probably does not mean what was intended.
    Check,
}

/// What `add` takes.
#[derive(Debug, Args)]
pub(crate) struct NewUser {
    /// The user: 1000, 1000@D or sip:1000@D.
    pub(crate) user: UserName,

    /// Its password. `-` asks for it, or reads a line if standard input is not a terminal.
    #[arg(value_name = "PASSWORD")]
    pub(crate) password: Typed,

    /// Accepted as serctl did, but not kept: the table has no column for it.
    #[arg(value_name = "EMAIL", value_parser = email)]
    pub(crate) email: Option<String>,
}

/// What `passwd` takes.
#[derive(Debug, Args)]
pub(crate) struct Password {
    /// The user: 1000, 1000@D or sip:1000@D.
    pub(crate) user: UserName,

    /// The new password. Without it, or with `-`, you are asked for it, or a line is read if
    /// standard input is not a terminal.
    #[arg(value_name = "PASSWORD")]
    pub(crate) password: Option<Typed>,
}

/// What `import` takes.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Lines of `username,password[,domain[,alias]]`, or these columns in any order with their
    /// names in the first line; `-` is standard input.
    #[arg(value_name = "FILE.csv")]
    pub(crate) file: PathBuf,

    /// Import the good rows even if others are bad.
    #[arg(long)]
    pub(crate) skip_bad: bool,
}

/// The verbs about aliases.
#[derive(Debug, Subcommand)]
pub(crate) enum Aliases {
    /// Make ALIAS another name of USER.
    Add {
        /// The other name.
        alias: UserName,
        /// The user.
        user: UserName,
    },
    /// Remove an alias.
    Rm {
        /// The alias.
        alias: UserName,
    },
    /// Show the aliases.
    Show {
        /// An alias, or a user with aliases [default: all].
        #[arg(value_name = "NAME")]
        name: Option<UserName>,
    },
}

/// The verbs about addresses.
#[derive(Debug, Subcommand)]
pub(crate) enum Addresses {
    /// Trust the addresses whose first MASK bits are those of IP.
    Add {
        /// The group, by the number a script uses: 200 is the carriers of the texts.
        group: i32,
        /// The address, or the first of the network: 10.0.1.102, 10.0.1.0, 2001:db8::.
        ip: IpAddr,
        /// How many leading bits count [default: all, which is one address: 32, or 128 for IPv6].
        mask: Option<u8>,
        /// The port they call from, which may differ from the port they are called at; 0 is any.
        #[arg(default_value_t = 0)]
        port: u16,
        /// A name for people.
        #[arg(default_value = "", hide_default_value = true)]
        tag: String,
    },
    /// Show the addresses.
    Show {
        /// One group [default: all].
        group: Option<i32>,
    },
    /// Remove a row by its ID, or addresses by GROUP, IP and MASK.
    #[command(
        override_usage = "sipctl address rm <ID>\n       sipctl address rm <GROUP> <IP> <MASK>"
    )]
    Rm {
        /// The ID that `address show` prints, or the group if IP and MASK follow.
        #[arg(value_name = "ID|GROUP")]
        first: i32,
        /// The address.
        #[arg(requires = "mask")]
        ip: Option<IpAddr>,
        /// Its mask.
        mask: Option<u8>,
    },
    /// Make the running server read the table again.
    Reload,
}

/// The verbs about bindings.
#[derive(Debug, Subcommand)]
pub(crate) enum Bindings {
    /// Show the live bindings.
    Show {
        /// An address-of-record, by its user part [default: all].
        #[arg(value_name = "AOR", value_parser = address_of_record)]
        aor: Option<String>,
    },

    /// Remove the bindings of an address-of-record, or one of them: its phones get no calls until
    /// they register again.
    Rm {
        /// The address-of-record, by its user part.
        #[arg(value_name = "AOR", value_parser = address_of_record)]
        aor: String,
        /// One contact, as `ul show` prints it [default: all].
        #[arg(value_name = "CONTACT")]
        contact: Option<String>,
    },
}

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
fn email(text: &str) -> Result<String, String> {
    if !text.contains('@') {
        return Err("an e-mail address has an @; a password with spaces needs quotes".to_owned());
    }
    Ok(text.to_owned())
}

/// `10`, `10@example.com` or `sip:10@example.com`: all domains of a server are one to it.
fn address_of_record(text: &str) -> Result<String, String> {
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
