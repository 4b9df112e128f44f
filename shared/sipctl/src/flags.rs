//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::aside;
use crate::values::{OwnOffer, UserName, domain};
use crate::verbs::{Addresses, Aliases, Bindings, Db, Import, NewUser, Password};

/// Users, aliases and addresses of the database, and who is registered at a running server.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES)]
pub(crate) struct Flags {
    /// The SQLite file that keeps users, aliases, addresses and bindings.
    #[arg(long, value_name = "FILE", default_value = "sip.db", global = true)]
    pub(crate) database: PathBuf,

    /// The domain of users and aliases that you name without one: the domain or server that the
    /// phones are set to, or the server's --realm.
    #[arg(long, value_name = "D", global = true, value_parser = domain)]
    pub(crate) domain: Option<String>,

    /// The control socket of the running server.
    #[arg(long, value_name = "PATH", default_value = "sip.sock", global = true)]
    pub(crate) control: PathBuf,

    /// Print the outcome as JSON, on one line. Errors are printed as {"error": ...} to standard
    /// error.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(subcommand)]
    pub(crate) verb: Verb,
}

const EXAMPLES: &str = "\
Examples:
  sipctl db create                             create sip.db
  sipctl add 1000 secret --domain 127.0.0.1    a user; only hashes of the password are kept
  sipctl passwd 1000 -                         a new password, typed without an echo
  sipctl import users.csv --domain 127.0.0.1   many users at once
  sipctl alias add alice 1000                  alice is another name of 1000
  sipctl address add 200 10.0.1.102 32         a carrier of group 200
  sipctl address reload                        make the running server read them
  sipctl ul show                               who is registered, where, and for how long

Run it in the directory where the server was started, or give --database and --control.
Other users of the machine can see a password on the command line, and the shell keeps it in its
history; `-` asks for it instead.";

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// The database file.
    #[command(subcommand)]
    Db(Db),

    /// Add a user. If the domain is known, only hashes of the password are kept.
    Add(NewUser),

    /// Change a user's password.
    Passwd(Password),

    /// Set which digest algorithms a user is offered (chapter 8).
    Offer {
        /// The user: 1000, 1000@D or sip:1000@D.
        user: UserName,
        /// md5; sha-256,md5; md5,sha-256; sha-256; or `default`, the server's --algorithms.
        offer: OwnOffer,
    },

    /// Remove a user and its aliases.
    Rm {
        /// The user: 1000, 1000@D or sip:1000@D.
        user: UserName,
    },

    /// Show the users and what is kept of their passwords, but never the passwords.
    Show {
        /// One user [default: all].
        user: Option<UserName>,
    },

    /// Other names of users.
    #[command(subcommand)]
    Alias(Aliases),

    /// Addresses that the server trusts without a password, in groups.
    #[command(subcommand)]
    Address(Addresses),

    /// Add many users from a file: all of them, or none.
    Import(Import),

    /// Bindings: who is registered where ("ul" is Kamailio's user location).
    #[command(subcommand)]
    Ul(Bindings),

    /// Show what the server has counted since it started.
    Stats {
        /// A counter, or a group of counters such as `core:`.
        #[arg(value_name = "NAME", default_value = "all")]
        names: String,
    },

    /// Show how long the server has been running.
    Uptime,
}

/// Prints what is wrong with the command line, or the help.
pub(crate) fn explain(error: clap::Error, words: Vec<String>) -> ExitCode {
    let json = words.iter().any(|word| word == "--json");
    let error = without_secrets(error, words.into_iter());
    if !json || !error.use_stderr() {
        error.exit();
    }
    // Its first paragraph; what follows it is advice on several lines.
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    aside::error(json, text.split("\n\n").next().unwrap_or_default());
    ExitCode::from(2)
}

/// An error of the command line, without the words that may be a password: after `add` and
/// `passwd`, a word too many may be part of one.
fn without_secrets(mut error: clap::Error, words: impl Iterator<Item = String>) -> clap::Error {
    use clap::error::{ContextKind, ContextValue, ErrorKind};

    let words: Vec<String> = words.collect();
    let is_subject = |word: &String| word == "alias" || word == "address";
    let takes_password = words.iter().enumerate().any(|(at, word)| {
        let before = at.checked_sub(1).and_then(|at| words.get(at));
        word == "passwd" || word == "add" && !before.is_some_and(is_subject)
    });
    if !takes_password {
        return error;
    }
    let hidden = || ContextValue::String("(not shown)".to_owned());
    if error.get(ContextKind::InvalidValue).is_some() {
        error.insert(ContextKind::InvalidValue, hidden());
    }
    if error.kind() == ErrorKind::UnknownArgument {
        error.insert(ContextKind::InvalidArg, hidden());
        for tip in [ContextKind::Suggested, ContextKind::SuggestedArg] {
            error.remove(tip);
        }
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory;
        Flags::command().debug_assert();
    }

    #[test]
    fn global_flags_go_before_or_after_the_verb() {
        let before = [
            "sipctl",
            "--control",
            "x",
            "--database",
            "y",
            "--domain",
            "d",
            "--json",
            "ul",
            "show",
        ];
        let after = [
            "sipctl",
            "ul",
            "show",
            "--json",
            "--domain",
            "d",
            "--database",
            "y",
            "--control",
            "x",
        ];
        for line in [before, after] {
            let flags = Flags::try_parse_from(line).unwrap();
            assert!(flags.json);
            assert_eq!(flags.control, PathBuf::from("x"));
            assert_eq!(flags.database, PathBuf::from("y"));
            assert_eq!(flags.domain.as_deref(), Some("d"));
        }
    }

    #[test]
    fn what_may_be_a_part_of_a_password_is_in_no_error() {
        for line in [
            "sipctl add 1000 my ecret",
            "sipctl add 1000 my e@cret more-ecret",
            "sipctl add 1000 -ecret",
            "sipctl add 1000 --ecret",
            "sipctl add my:ecret 1000",
            "sipctl passwd 1000 my ecret",
            "sipctl --json passwd 1000 --ecret=ecret",
        ] {
            let words = || line.split(' ').map(str::to_owned);
            let error = Flags::try_parse_from(words()).unwrap_err();
            let printed = without_secrets(error, words()).to_string();
            assert!(!printed.contains("ecret"), "{line}: {printed}");
        }
    }
}
