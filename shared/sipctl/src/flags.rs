use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Ask a running server of this course who is registered, and tell it what to change.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES)]
pub(crate) struct Flags {
    /// The server's control socket.
    #[arg(long, value_name = "PATH", default_value = "sip.sock", global = true)]
    pub(crate) control: PathBuf,

    /// Print the server's answer as JSON, on one line.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(subcommand)]
    pub(crate) verb: Verb,
}

const EXAMPLES: &str = "\
Examples:
  sipctl ul show           who is registered, where, for how long
  sipctl ul show 10        the phones of user 10
  sipctl ul rm 10          forget them
  sipctl --json ul show    the same for a program, with Kamailio's field names

Run it in the directory the server was started in, or say --control PATH.";

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Bindings: who is registered where ("ul" is Kamailio's user location).
    #[command(subcommand)]
    Ul(Bindings),

    /// What the server has counted since its start.
    Stats {
        /// A counter, or a group of them such as `core:`; without it all.
        #[arg(value_name = "NAME", default_value = "all")]
        names: String,
    },

    /// Since when the server runs.
    Uptime,
}

/// The verbs about bindings.
#[derive(Debug, Subcommand)]
pub(crate) enum Bindings {
    /// Show the live bindings.
    Show {
        /// An address-of-record, by its user part; without it all.
        #[arg(value_name = "AOR", value_parser = address_of_record)]
        aor: Option<String>,
    },

    /// Forget the bindings of an address-of-record: its phones are not called until they
    /// register again.
    Rm {
        /// The address-of-record, by its user part.
        #[arg(value_name = "AOR", value_parser = address_of_record)]
        aor: String,
    },
}

/// `10`, `10@example.com` or `sip:10@example.com`: all domains of a server are one to it.
fn address_of_record(text: &str) -> Result<String, String> {
    let bare = text.strip_prefix("sip:").unwrap_or(text);
    let user = bare.split_once('@').map_or(bare, |(user, _)| user);
    match user {
        "" => Err("a user is wanted here, such as 10 or sip:10@example.com".to_owned()),
        _ => Ok(user.to_owned()),
    }
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
    fn global_flags_stand_before_or_after_the_verb() {
        let before = ["sipctl", "--control", "x", "--json", "ul", "show"];
        let after = ["sipctl", "ul", "show", "--json", "--control", "x"];
        for line in [before, after] {
            let flags = Flags::try_parse_from(line).unwrap();
            assert!(flags.json);
            assert_eq!(flags.control, PathBuf::from("x"));
        }
    }

    #[test]
    fn an_address_of_record_may_be_written_in_full() {
        for text in ["10", "10@example.com", "sip:10@example.com"] {
            assert_eq!(address_of_record(text), Ok("10".to_owned()));
        }
        assert!(address_of_record("sip:@example.com").is_err());
    }
}
