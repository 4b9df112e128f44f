use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use sip_message::Transport;

use crate::typed::{Realm, domain, patience, quotable, realm, seconds, user};

/// A small SIP phone for the command line. It registers, calls, answers and sends messages,
/// shows what goes over the wire, and can be told to lie.
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
Two phones, each in a terminal of its own, and a server on this machine:
  phone answer --user 11 --password abc11        waits for a call and takes it
  phone call 11 --user 10 --password abc10       calls it; Ctrl-C hangs up

More:
  phone register --user 10 --password abc10      registers once
  phone register --password abc10 --stay         stays registered until Ctrl-C
  phone register --password - < FILE             the password from a file
  phone register --password abc10 --realm pbx    for a server whose realm is not its name
  phone call 11 --password abc10 --realm p.example=secret
                                                 a proxy on the way has its own password
  phone register --password abc10 --explain      works the digest out step by step
  phone register --password abc10 --trace        shows every message whole
  phone message 11 'hello'                       a text message
  phone options                                  asks the server whether it is there

As an attacker:
  phone register --wrong-password
  phone register --password abc10 --to 11        registers for 11 with the password of 10
  phone call 11 --from 12 --password abc10       calls as somebody else
  phone register --password abc10 --save x.sip   keeps its request in a file
  phone replay x.sip --new-branch --contact 10@192.0.2.66
                                                 and sends it with another Contact

In this workspace `phone` is `cargo run -p phone --`.
Exit codes: 0 done, which for `register` means registered; 1 refused, or no answer; 2 the
command line is wrong.";

/// Who the phone is and where its server is.
#[derive(Debug, Args)]
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

    /// The password; `-` asks for it without an echo, or reads a line of a pipe: no list of
    /// processes shows it there.
    #[arg(long, value_name = "PASSWORD|-", global = true)]
    pub(crate) password: Option<String>,

    /// A realm the password is for [default: the server's names]; with =PASSWORD, or =- to be
    /// asked, a further realm and its own password. May be given again. A challenge of any other
    /// realm is not answered.
    #[arg(long, value_name = "NAME[=PASSWORD]", value_parser = realm, global = true)]
    pub(crate) realm: Vec<Realm>,

    /// The domain behind the @ [default: the server].
    #[arg(long, value_name = "NAME", value_parser = domain, global = true)]
    pub(crate) domain: Option<String>,

    /// How messages travel.
    #[arg(long, value_enum, default_value_t = Over::Udp, global = true)]
    pub(crate) transport: Over,

    /// The phone's own address [default: any free port on the way to the server].
    #[arg(long, value_name = "ADDR:PORT", global = true)]
    pub(crate) listen: Option<SocketAddr>,

    /// How long to wait for an answer, in seconds; RFC 3261 gives up after 32.
    #[arg(long, value_name = "SECONDS", default_value = "32", value_parser = patience, global = true)]
    pub(crate) timeout: Duration,
}

/// What is shown.
#[derive(Debug, Args)]
#[command(next_help_heading = "What is shown")]
pub(crate) struct Show {
    /// Show every message whole, not in one line.
    #[arg(long, global = true, conflicts_with = "quiet")]
    pub(crate) trace: bool,

    /// Work the digest out step by step: HA1, HA2, response. HA1 opens what the password opens.
    #[arg(long, global = true, conflicts_with = "quiet")]
    pub(crate) explain: bool,

    /// Show the password where the digest is worked out.
    #[arg(long, global = true)]
    pub(crate) show_password: bool,

    /// Show nothing but errors.
    #[arg(long, global = true)]
    pub(crate) quiet: bool,

    /// Keep the last request sent with credentials in this file, for `phone replay`.
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) save: Option<PathBuf>,
}

/// What an honest phone would not do.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Attacks")]
pub(crate) struct Lies {
    /// Answer challenges with a wrong password.
    #[arg(long, global = true)]
    pub(crate) wrong_password: bool,

    /// Another To: a URI, or a user of the domain.
    #[arg(long, value_name = "URI", global = true)]
    pub(crate) to: Option<String>,

    /// Another From.
    #[arg(long, value_name = "URI", global = true)]
    pub(crate) from: Option<String>,

    /// Another Contact; `*` with --expires 0 takes all bindings away.
    #[arg(long, value_name = "URI", global = true)]
    pub(crate) contact: Option<String>,

    /// Another user name in the credentials.
    #[arg(long, value_name = "NAME", value_parser = quotable, global = true)]
    pub(crate) username: Option<String>,

    /// Another realm in the credentials than the challenge's.
    #[arg(long, value_name = "NAME", value_parser = quotable, global = true)]
    pub(crate) wrong_realm: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Say where the phone is.
    Register {
        /// For how long, in seconds; 0 takes the binding away.
        #[arg(long, value_name = "SECONDS", default_value_t = 150)]
        expires: u32,

        /// Stay registered until Ctrl-C, then unregister. A server that goes away is asked again,
        /// and one that asks for a pause (Retry-After) after it.
        #[arg(long)]
        stay: bool,
    },

    /// Call a user, or any SIP URI.
    Call {
        /// A user of the domain, such as 11, or any SIP URI.
        #[arg(value_name = "USER|URI")]
        whom: String,

        /// Hang up after so long [default: when the other does, or at Ctrl-C].
        #[arg(long, value_name = "SECONDS", value_parser = seconds)]
        seconds: Option<Duration>,

        /// Give up when nobody picks up for so long.
        #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
        ring_seconds: Duration,
    },

    /// Register, wait for a call, and take it.
    Answer(Answer),

    /// Send a text message.
    Message {
        /// A user of the domain, such as 11, or any SIP URI.
        #[arg(value_name = "USER|URI")]
        whom: String,
        /// What to say.
        text: String,
    },

    /// Ask the server, or a user's phone, whether it is there and what it can do.
    Options {
        /// A user of the domain, or any SIP URI; without it the server.
        #[arg(value_name = "USER|URI")]
        whom: Option<String>,
    },

    /// Send a captured request as it stands, and show what comes back.
    Replay(Replay),
}

/// The flags of `answer`.
#[derive(Debug, Args)]
pub(crate) struct Answer {
    /// Say 486 Busy Here.
    #[arg(long, conflicts_with = "decline")]
    pub(crate) busy: bool,

    /// Say 603 Decline.
    #[arg(long)]
    pub(crate) decline: bool,

    /// How many calls to wait for.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) count: u32,

    /// Ring for so long before picking up.
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds)]
    pub(crate) ring_seconds: Duration,

    /// Hang up after so long [default: when the caller does, or at Ctrl-C].
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) seconds: Option<Duration>,

    /// Give up when no call comes for so long [default: wait until Ctrl-C].
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) within: Option<Duration>,

    /// For how long to register at a time, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 150, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) expires: u32,
}

/// The flags of `replay`.
#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// The request; `-` is the standard input. One pasted from a terminal will do.
    #[arg(value_name = "FILE|-")]
    pub(crate) file: PathBuf,

    /// Give it a Via of this phone with a new branch, so that it is no retransmission.
    #[arg(long)]
    pub(crate) new_branch: bool,

    /// Give it a new Call-ID, which no digest covers.
    #[arg(long)]
    pub(crate) new_call_id: bool,
}

/// A transport, as it is typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
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
        assert_eq!(count, 16);
    }

    #[test]
    fn what_cannot_be_sent_is_refused_with_what_is_wanted() {
        let refusal = |line: &str| read(line).expect_err("a line that is refused");
        assert!(refusal("register --user 10@h").contains("the domain goes to --domain"));
        assert!(refusal("register --domain sip:h").contains("no sip:, no user"));
        assert!(refusal("call 11 --seconds=-1").contains("a number of seconds"));
        assert!(refusal("call 11 --seconds NaN").contains("a number of seconds"));
        assert!(refusal("register --username a\"b").contains("quotes"));
        assert!(refusal("answer --busy --decline").contains("cannot be used with"));
        assert!(refusal("register --realm =secret").contains("a realm is wanted here"));
        assert!(refusal("register --realm r=").contains("a realm is wanted here"));
    }
}
