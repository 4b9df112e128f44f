//! The command line of every chapter.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use sip_location::{Expiry, Limits};
use sip_message::MAX_MESSAGE;
use sip_server::PrivateTargets;

use crate::failure::Failure;
use crate::values::{domain, listen_address, message_length, private_targets, seconds, shortest};

/// The command line of every chapter. A step flattens it into its own and adds what is new.
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
#[group(skip)]
pub struct Flags {
    /// Where to listen, over UDP and TCP; may be given again. 0.0.0.0 is every IPv4 address
    /// of this machine, `[::]` every IPv6 address; a missing port is 5060.
    #[arg(long, value_name = "ADDR:PORT", value_parser = listen_address, default_value = "127.0.0.1:5060")]
    pub listen: Vec<SocketAddr>,

    /// A domain to answer for, besides the addresses listened on; may be given again.
    #[arg(long, value_name = "NAME", value_parser = domain)]
    pub domain: Vec<String>,

    /// The private addresses that requests may be sent to: `all`, `none`, or networks such as
    /// 192.168.1.0/24,10.0.0.5. Private are 10/8, 172.16/12, 192.168/16, 100.64/10 and fc00::/7.
    #[arg(long, value_name = "NETS", default_value = "all", value_parser = private_targets)]
    pub private_targets: PrivateTargets,

    /// The longest request taken, in bytes; a longer one gets 513.
    #[arg(long, value_name = "BYTES", default_value_t = MAX_MESSAGE, value_parser = message_length)]
    pub max_length: usize,

    /// The shortest time a phone may register for, in seconds; a shorter one gets 423. An hour
    /// at most.
    #[arg(long, value_name = "S", default_value_t = Expiry::default().min, value_parser = shortest())]
    pub min_expires: u32,

    /// How long a phone that names no time stays registered, in seconds.
    #[arg(long, value_name = "S", default_value_t = Expiry::default().default, value_parser = seconds())]
    pub default_expires: u32,

    /// The longest time a phone stays registered, in seconds; one that asks for more gets this.
    #[arg(long, value_name = "S", default_value_t = Expiry::default().max, value_parser = seconds())]
    pub max_expires: u32,

    /// How many bindings there may be of all users together. Most take 300 bytes of memory; what
    /// strangers make up can take 1.8 KB each. Beyond it new ones get 503.
    #[arg(long, value_name = "N", default_value_t = Limits::default().bindings)]
    pub max_bindings: usize,

    /// The socket `sipctl` talks to [default: ./sip.sock, or the database's name with .sock].
    #[arg(long, value_name = "PATH")]
    pub control: Option<PathBuf>,

    /// Show every message whole, not in one line.
    #[arg(long, conflicts_with = "quiet")]
    pub trace: bool,

    /// Show no messages, only refusals and trouble.
    #[arg(long)]
    pub quiet: bool,

    /// Draw each call and each registration as an arrow diagram when it is over. With --quiet the
    /// server shows nothing else.
    #[arg(long)]
    pub ladder: bool,

    /// How many messages of one address are shown each second; a burst may be 20 times as long,
    /// and all addresses together get 10 times as much. The rest is counted. 0 shows all.
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub log_rate: u32,

    /// Write every message to this file too, for Wireshark.
    #[arg(long, value_name = "FILE")]
    pub pcap: Option<PathBuf>,

    /// What to do other than serve.
    #[command(subcommand)]
    pub task: Option<Task>,
}

/// What a chapter's command can do other than serve.
#[derive(Debug, Clone, Subcommand)]
pub enum Task {
    /// List this chapter's exchanges, or play one of them.
    ///
    /// An exchange is a scene between phones and this chapter's server, acted on a stage inside
    /// the command: no network, no waiting, the same bytes every time.
    Demo(Demo),
}

/// The flags of `demo`.
#[derive(Debug, Clone, Args)]
pub struct Demo {
    /// The exchange to play, by its number (1.7 or 7) or its name; without it they are listed.
    pub name: Option<String>,

    /// Show one message at a time, and ask before each what comes next.
    #[arg(long, requires = "name", conflicts_with = "ladder")]
    pub step: bool,

    /// Say what each header field is for, who wrote it, and how a response to a challenge comes
    /// about.
    #[arg(long, requires = "name", conflicts_with = "ladder")]
    pub explain: bool,

    /// Draw it as an arrow diagram.
    #[arg(long, requires = "name")]
    pub ladder: bool,

    /// Draw it as a picture in this file.
    #[arg(long, value_name = "FILE", requires = "name")]
    pub svg: Option<PathBuf>,

    /// Write its messages to this file, for Wireshark.
    #[arg(long, value_name = "FILE", requires = "name")]
    pub pcap: Option<PathBuf>,

    /// Write its messages to this file byte for byte, as the tests keep them.
    #[arg(long, value_name = "FILE", requires = "name")]
    pub text: Option<PathBuf>,

    /// Print one line of JSON for programs, such as `watch`.
    #[arg(long, conflicts_with_all = ["ladder", "svg", "pcap", "text"])]
    pub json: bool,
    /// Play with new users, addresses, nonces and so on, made from this number.
    #[arg(long, hide = true, value_name = "SEED")]
    pub values: Option<u64>,

    /// Play every exchange until this chapter, and write what happened to this file, for
    /// `cargo x check`.
    #[arg(long, hide = true, value_name = "FILE", conflicts_with = "name")]
    pub judge: Option<PathBuf>,
}

impl Flags {
    /// Checks what concerns several flags at once.
    ///
    /// # Errors
    /// If an address is given twice, or expiry times are not in order.
    pub fn check(&self) -> Result<(), Failure> {
        for (at, address) in self.listen.iter().enumerate() {
            if self.listen[..at].contains(address) {
                return Err(Failure::usage(format!("--listen {address} is given twice")));
            }
        }
        let min = self.min_expires;
        let default = self.default_expires;
        let max = self.max_expires;
        let longer = |one: &str, a: u32, other: &str, b: u32| {
            let text = format!("--{one} {a} is longer than --{other} {b}: change one of them");
            Err(Failure::usage(text))
        };
        if min > default {
            return longer("min-expires", min, "default-expires", default);
        }
        if default > max {
            return longer("default-expires", default, "max-expires", max);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        flags: Flags,
    }

    fn read(line: &str) -> Result<Flags, String> {
        let words = std::iter::once("step-01").chain(line.split_whitespace());
        let line = Line::try_parse_from(words).map_err(|error| error.to_string())?;
        line.flags.check().map_err(|failure| failure.to_string())?;
        Ok(line.flags)
    }

    fn refusal(line: &str) -> String {
        read(line).expect_err("a command line that is refused")
    }

    #[test]
    fn without_flags_it_serves_this_machine_at_sips_own_port() {
        let flags = read("").unwrap();
        assert_eq!(flags.listen, ["127.0.0.1:5060".parse().unwrap()]);
        assert_eq!((flags.min_expires, flags.default_expires), (60, 3600));
        assert!(flags.task.is_none() && !flags.trace && !flags.quiet);
    }

    #[test]
    fn an_address_may_come_without_its_port_and_more_than_once() {
        let flags = read("--listen 192.0.2.1 --listen [::1]:5070 --listen [::1] --listen ::2");
        let shown: Vec<String> = flags
            .unwrap()
            .listen
            .iter()
            .map(|l| l.to_string())
            .collect();
        let expected = ["192.0.2.1:5060", "[::1]:5070", "[::1]:5060", "[::2]:5060"];
        assert_eq!(shown, expected);
    }

    #[test]
    fn the_same_address_twice_is_refused() {
        let words = refusal("--listen 127.0.0.1 --listen 127.0.0.1:5060");
        assert_eq!(words, "--listen 127.0.0.1:5060 is given twice");
    }

    #[test]
    fn a_name_cannot_be_listened_on_and_the_error_says_where_it_goes() {
        let words = refusal("--listen example.com");
        assert!(words.contains("a name goes to --domain"), "{words}");
    }

    #[test]
    fn a_domain_is_a_bare_name() {
        assert_eq!(
            read("--domain example.com").unwrap().domain,
            ["example.com"]
        );
        for wrong in ["sip:example.com", "example.com:5060", "10@example.com"] {
            let words = refusal(&format!("--domain {wrong}"));
            assert!(words.contains("expected a bare name"), "{words}");
        }
    }

    #[test]
    fn expiry_times_are_in_order() {
        assert!(read("--min-expires 10 --default-expires 10 --max-expires 10").is_ok());
        assert_eq!(
            refusal("--min-expires 90 --default-expires 80"),
            "--min-expires 90 is longer than --default-expires 80: change one of them"
        );
        assert!(refusal("--max-expires 3599").starts_with("--default-expires 3600 is longer"));
        assert!(refusal("--min-expires 0").contains("0 is not in 1..=3600"));
        assert!(refusal("--min-expires 3601").contains("3601 is not in 1..=3600"));
    }

    #[test]
    fn the_longest_request_is_at_most_what_sip_carries() {
        assert_eq!(read("--max-length 65535").unwrap().max_length, 65_535);
        for wrong in ["0", "65536", "many"] {
            let words = refusal(&format!("--max-length {wrong}"));
            assert!(words.contains("a number from 1 to 65535"), "{words}");
        }
    }

    #[test]
    fn private_targets_are_all_or_none_or_networks() {
        let targets = |words: &str| read(words).unwrap().private_targets;
        assert_eq!(targets(""), PrivateTargets::All);
        assert_eq!(targets("--private-targets all"), PrivateTargets::All);
        let only = |networks: &[&str]| {
            PrivateTargets::Only(networks.iter().map(|n| n.parse().unwrap()).collect())
        };
        assert_eq!(targets("--private-targets none"), only(&[]));
        let networks = "--private-targets 192.168.1.0/24,10.0.0.5,fd00::/8";
        let expected = only(&["192.168.1.0/24", "10.0.0.5/32", "fd00::/8"]);
        assert_eq!(targets(networks), expected);
        for wrong in ["office", "10.0.0.0/33", "10.0.0.0/8,", "10.0.0/8"] {
            let words = refusal(&format!("--private-targets {wrong}"));
            assert!(
                words.contains("is not a network: write all, none"),
                "{words}"
            );
        }
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        for line in [
            "--trace --quiet",
            "--quiet demo",
            "demo --ladder",
            "demo --svg x",
        ] {
            assert!(read(line).is_err(), "{line}");
        }
    }

    #[test]
    fn a_demonstration_is_chosen_by_name() {
        let flags = read("demo a-whole-call --ladder --pcap call.pcap").unwrap();
        let Some(Task::Demo(demo)) = flags.task else {
            panic!("no demonstration");
        };
        assert_eq!(demo.name.as_deref(), Some("a-whole-call"));
        assert!(demo.ladder);
        assert_eq!(demo.pcap, Some(PathBuf::from("call.pcap")));
    }
}
