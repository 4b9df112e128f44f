//! The command line: the account, what is shown, and the lies.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, ValueEnum};
use sip_message::Transport;

use crate::typed::{Realm, domain, patience, quotable, realm, user};
use crate::verb::Verb;

/// A small SIP phone for the command line. It registers, calls, answers and sends messages,
/// shows what goes over the wire, and can lie.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES)]
pub(crate) struct Flags {
    #[command(flatten)]
    pub(crate) account: Account,
    #[command(flatten)]
    pub(crate) show: Show,
    #[command(flatten)]
    pub(crate) lies: Lies,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

const EXAMPLES: &str = "\
Two phones at once, and a server on this machine:
  phone pair                                     10 calls 11, they talk and hang up
  phone pair --password abc10 --callee-password abc11

Two phones, each in its own terminal, and a server on this machine:
  phone answer --user 11 --password abc11        waits for a call and takes it
  phone call 11 --user 10 --password abc10       calls it; Ctrl-C hangs up

More:
  phone register --user 10 --password abc10      registers once
  phone register --password abc10 --stay         stays registered until Ctrl-C
  phone register --password - < FILE             reads the password from a file
  phone register --password abc10 --realm pbx    if the server's realm is not its name
  phone call 11 --password abc10 --realm p.example=secret
                                                 if a proxy on the way has its own password
  phone register --password abc10 --explain      shows the digest step by step
  phone register --password abc10 --trace        shows every message whole
  phone message 11 'hello'                       a text message
  phone options                                  asks the server whether it is there

As an attacker:
  phone register --wrong-password
  phone register --password abc10 --to 11        registers for 11 with the password of 10
  phone call 11 --from 12 --password abc10       calls in the name of 12
  phone register --password abc10 --save x.sip   keeps its request in a file
  phone replay x.sip --new-branch --contact 10@192.0.2.66
                                                 and sends it with another Contact

In this workspace `phone` is `cargo run -p phone --`.
Exit codes: 0 success; 1 refused, or no answer; 2 the command line is wrong.";

/// The phone's user and its server.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Account")]
pub(crate) struct Account {
    /// The server, with or without its port.
    #[arg(
        long,
        value_name = "HOST:PORT",
        default_value = "127.0.0.1:5060",
        global = true
    )]
    pub(crate) server: String,

    /// The user's name or number.
    #[arg(long, value_name = "NAME", default_value = "10", value_parser = user, global = true)]
    pub(crate) user: String,

    /// The password; `-` asks for it without an echo or reads a line from a pipe, so that no list
    /// of processes shows it.
    #[arg(long, value_name = "PASSWORD|-", global = true)]
    pub(crate) password: Option<String>,

    /// A realm that the password is for [default: the server's names]. With =PASSWORD, or =- to be
    /// asked, a further realm and its own password. May be given several times. The phone answers
    /// no challenge of any other realm.
    #[arg(long, value_name = "NAME[=PASSWORD]", value_parser = realm, global = true)]
    pub(crate) realm: Vec<Realm>,

    /// The domain after the @ [default: the server].
    #[arg(long, value_name = "NAME", value_parser = domain, global = true)]
    pub(crate) domain: Option<String>,

    /// The transport of messages.
    #[arg(long, value_enum, default_value_t = Over::Udp, global = true)]
    pub(crate) transport: Over,

    /// The phone's own address [default: any free port of the interface towards the server].
    #[arg(long, value_name = "ADDR:PORT", global = true)]
    pub(crate) listen: Option<SocketAddr>,

    /// How long to wait for an answer, in seconds; RFC 3261 gives up after 32.
    #[arg(long, value_name = "SECONDS", default_value = "32", value_parser = patience, global = true)]
    pub(crate) timeout: Duration,
}

/// What is shown.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "What is shown")]
pub(crate) struct Show {
    /// Show whole messages instead of one line for each.
    #[arg(long, global = true, conflicts_with = "quiet")]
    pub(crate) trace: bool,

    /// Show the digest step by step: HA1, HA2, response. HA1 is as good as the password.
    #[arg(long, global = true, conflicts_with = "quiet")]
    pub(crate) explain: bool,

    /// Show the password in the steps of the digest.
    #[arg(long, global = true)]
    pub(crate) show_password: bool,

    /// Show only errors.
    #[arg(long, global = true)]
    pub(crate) quiet: bool,

    /// Write the last request with credentials to this file, for `phone replay`.
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) save: Option<PathBuf>,

    /// Whose messages these are, if the command is several phones.
    #[arg(skip)]
    pub(crate) name: Option<String>,
}

/// Things that an honest phone would not do.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Attacks")]
pub(crate) struct Lies {
    /// Answer challenges with a wrong password.
    #[arg(long, global = true)]
    pub(crate) wrong_password: bool,

    /// Use another To: a URI, or a user of the domain.
    #[arg(long, value_name = "URI", global = true)]
    pub(crate) to: Option<String>,

    /// Use another From.
    #[arg(long, value_name = "URI", global = true)]
    pub(crate) from: Option<String>,

    /// Use another Contact; `*` with --expires 0 removes all bindings.
    #[arg(long, value_name = "URI", global = true)]
    pub(crate) contact: Option<String>,

    /// Use another user name in the credentials.
    #[arg(long, value_name = "NAME", value_parser = quotable, global = true)]
    pub(crate) username: Option<String>,

    /// Use another realm in the credentials than the challenge's.
    #[arg(long, value_name = "NAME", value_parser = quotable, global = true)]
    pub(crate) wrong_realm: Option<String>,
}

/// A transport, as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Over {
    Udp,
    Tcp,
}

impl From<Over> for Transport {
    fn from(over: Over) -> Self {
        match over {
            Over::Udp => Self::Udp,
            Over::Tcp => Self::Tcp,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Flags, String> {
        let words = std::iter::once("phone").chain(line.split_whitespace());
        Flags::try_parse_from(words).map_err(|error| error.to_string())
    }

    #[test]
    fn flags_stand_before_the_verb_or_after_it() {
        let before = read("--user 11 --trace call 10").unwrap();
        let after = read("call 10 --user 11 --trace").unwrap();
        for flags in [before, after] {
            assert_eq!(
                (flags.account.user.as_str(), flags.show.trace),
                ("11", true)
            );
        }
    }

    #[test]
    fn every_example_of_the_help_is_a_command_line() {
        let examples = EXAMPLES
            .lines()
            .filter_map(|line| line.trim().strip_prefix("phone "));
        let mut count = 0;
        for example in examples {
            let typed = example.split("   ").next().unwrap();
            let typed = typed.split(" < ").next().unwrap();
            assert!(read(typed).is_ok(), "{typed}: {:?}", read(typed).err());
            count += 1;
        }
        assert_eq!(count, 18);
    }

    #[test]
    fn values_that_cannot_be_sent_are_refused_with_advice() {
        let refusal = |line: &str| read(line).expect_err("a line that is refused");
        assert!(refusal("register --user 10@h").contains("put the domain in --domain"));
        assert!(refusal("register --domain sip:h").contains("without sip: and user"));
        assert!(refusal("call 11 --seconds=-1").contains("number of seconds"));
        assert!(refusal("call 11 --seconds NaN").contains("number of seconds"));
        assert!(refusal("register --username a\"b").contains("quotes"));
        assert!(refusal("answer --busy --decline").contains("cannot be used with"));
        assert!(refusal("register --realm =secret").contains("use a realm"));
        assert!(refusal("register --realm r=").contains("use a realm"));
    }
}
