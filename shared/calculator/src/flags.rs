//! The command line.

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use sip_digest::{Algorithm, Qop};

/// Work out SIP digests step by step, and find out why an answer is wrong.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES)]
pub(crate) struct Flags {
    /// Print one line of JSON for programs. Errors are printed as {"error": ...} on standard error.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Mask the password and HA1, so that the output can be shown to others.
    #[arg(long, global = true)]
    pub(crate) hide: bool,

    #[command(subcommand)]
    pub(crate) verb: Verb,
}

const EXAMPLES: &str = "\
Examples:
  calculator response --username 10 --realm 192.168.1.15 --password abc10 \\
      --method REGISTER --uri sip:192.168.1.15 --nonce 462791f06aa9b37a34fd11b1adc58c5a9df7c95b
  calculator explain trace.txt --password abc10
  calculator answer 401.txt --username 10 --uri sip:192.168.1.15
  calculator nonce 462791f06aa9b37a34fd11b1adc58c5a9df7c95b
  calculator check 2da91700e1ef4f38df91500c8729d35f --username bob --realm atlanta.example.com

Without --password and --ha1, the command asks for the password; `--password -` reads it from
standard input.
Exit code: 0 it matches, or all is well; 1 it does not match, or no server takes it; 2 it could
not be tried. With several answers, 1 wins over 2, and 2 over 0.";

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Work out a response, and show every text that is hashed and every hash.
    Response(ResponseFlags),

    /// Read a pasted challenge and request, and find out whether the response is right; if not,
    /// find the mistake that explains it.
    Explain(ExplainFlags),

    /// Print the header field that answers a challenge.
    Answer(AnswerFlags),

    /// Read the time inside a nonce of this course's server, SER, OpenSER or Kamailio.
    Nonce(NonceFlags),

    /// Find out whose HA1 it is, by trying users, realms and passwords.
    Check(CheckFlags),
}

/// The user's secret.
#[derive(Debug, Default, Args)]
pub(crate) struct SecretFlags {
    /// The password; `-` reads it from standard input.
    #[arg(long, conflicts_with = "ha1", allow_hyphen_values = true)]
    pub(crate) password: Option<String>,

    /// In place of the password, the hash of username:realm:password in hex.
    #[arg(long, value_name = "HEX")]
    pub(crate) ha1: Option<String>,
}

/// The flags of `response`.
#[derive(Debug, Args)]
pub(crate) struct ResponseFlags {
    /// The user as in the header field: `10`, or `10@192.168.1.15`.
    #[arg(long)]
    pub(crate) username: String,

    /// The realm of the challenge.
    #[arg(long)]
    pub(crate) realm: String,

    #[command(flatten)]
    pub(crate) secret: SecretFlags,

    /// The method of the request.
    #[arg(long, default_value = "REGISTER")]
    pub(crate) method: String,

    /// The uri as in the header field.
    #[arg(long)]
    pub(crate) uri: String,

    /// The nonce of the challenge.
    #[arg(long)]
    pub(crate) nonce: String,

    #[command(flatten)]
    pub(crate) protection: ProtectionFlags,

    /// MD5, SHA-256 or SHA-512-256, each also with -sess.
    #[arg(long, default_value = "MD5", value_parser = algorithm)]
    pub(crate) algorithm: Algorithm,
}

/// The qop, and what belongs to it.
#[derive(Debug, Args)]
pub(crate) struct ProtectionFlags {
    /// none, auth or auth-int.
    #[arg(long, value_parser = qop)]
    pub(crate) qop: Option<WantedQop>,

    /// The nonce count, 8 hex digits.
    #[arg(long, default_value = "00000001")]
    pub(crate) nc: String,

    /// The phone's own nonce.
    #[arg(long)]
    pub(crate) cnonce: Option<String>,

    /// The body that auth-int covers: a file of that name, or else the body itself.
    #[arg(long, value_name = "FILE|TEXT")]
    pub(crate) body: Option<String>,
}

/// The flags of `explain`.
#[derive(Debug, Default, Args)]
pub(crate) struct ExplainFlags {
    /// The pasted text; `-` is standard input.
    #[arg(value_name = "FILE", default_value = "-")]
    pub(crate) file: String,

    /// Explain only the answers of this user.
    #[arg(long)]
    pub(crate) username: Option<String>,

    #[command(flatten)]
    pub(crate) secret: SecretFlags,

    /// The method, if the text does not show it.
    #[arg(long)]
    pub(crate) method: Option<String>,

    /// The body that auth-int covers, if the text does not have it as it was sent: a file of that
    /// name, or else the body itself.
    #[arg(long, value_name = "FILE|TEXT")]
    pub(crate) body: Option<String>,
}

/// The flags of `answer`.
#[derive(Debug, Args)]
pub(crate) struct AnswerFlags {
    /// A pasted 401 or 407; `-` is standard input. Without it: --realm and --nonce.
    #[arg(value_name = "FILE", required_unless_present = "nonce", conflicts_with_all = ["nonce", "opaque", "algorithm", "proxy"])]
    pub(crate) file: Option<String>,

    /// The realm of the challenge; if several were pasted, the one to answer.
    #[arg(long, required_unless_present = "file")]
    pub(crate) realm: Option<String>,

    /// The nonce of the challenge.
    #[arg(long, requires = "realm")]
    pub(crate) nonce: Option<String>,

    /// The opaque of the challenge.
    #[arg(long)]
    pub(crate) opaque: Option<String>,

    /// The algorithm of the challenge: MD5, SHA-256 or SHA-512-256, each also with -sess.
    #[arg(long, value_parser = algorithm)]
    pub(crate) algorithm: Option<Algorithm>,

    /// The challenge was a Proxy-Authenticate, of a 407.
    #[arg(long)]
    pub(crate) proxy: bool,

    /// The user who answers.
    #[arg(long)]
    pub(crate) username: String,

    #[command(flatten)]
    pub(crate) secret: SecretFlags,

    /// The method of the request [default: the method of the text's request or CSeq].
    #[arg(long)]
    pub(crate) method: Option<String>,

    /// The Request-URI [default: that of the text's request].
    #[arg(long)]
    pub(crate) uri: Option<String>,

    #[command(flatten)]
    pub(crate) protection: ProtectionFlags,

    /// Also show the work.
    #[arg(long)]
    pub(crate) explain: bool,
}

/// The flags of `nonce`.
#[derive(Debug, Args)]
pub(crate) struct NonceFlags {
    /// The nonce, without its quotes.
    pub(crate) nonce: String,

    /// Give its age at this time, in seconds since 1970, instead of now.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) at: Option<u64>,
}

/// The flags of `check`.
#[derive(Debug, Args)]
pub(crate) struct CheckFlags {
    /// The hashes in hex: 32 digits for MD5, 64 for SHA-256 or SHA-512-256.
    #[arg(required_unless_present = "answers", value_name = "HA1")]
    pub(crate) ha1: Vec<String>,

    /// In place of hashes, a pasted text: each answer in it is tried with the passwords.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["ha1", "username", "realm"])]
    pub(crate) answers: Option<String>,

    /// A user it may belong to; may be given several times.
    #[arg(long, required_unless_present = "answers")]
    pub(crate) username: Vec<String>,

    /// A realm it may belong to; may be given several times.
    #[arg(long, required_unless_present = "answers")]
    pub(crate) realm: Vec<String>,

    /// A password it may be made of; may be given several times. `-` reads passwords from standard
    /// input, one per line.
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) password: Vec<String>,
}

/// Prints the help, or what is wrong with the command line.
pub(crate) fn explain(error: &clap::Error) -> ExitCode {
    let json = std::env::args_os().any(|word| word == "--json");
    if !json || !error.use_stderr() {
        error.exit();
    }
    // Only the first paragraph: the rest is advice on several lines.
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    crate::show::error(json, text.split("\n\n").next().unwrap_or_default());
    ExitCode::from(2)
}

/// The qop to use, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WantedQop {
    /// No qop, as in RFC 2069.
    None,
    /// This one.
    Qop(Qop),
}

fn qop(token: &str) -> Result<WantedQop, String> {
    match token {
        "none" => Ok(WantedQop::None),
        _ => Qop::from_token(token)
            .map(WantedQop::Qop)
            .ok_or("use none, auth or auth-int".to_owned()),
    }
}

fn algorithm(token: &str) -> Result<Algorithm, String> {
    let known: Vec<&str> = Algorithm::ALL.iter().map(|a| a.as_str()).collect();
    Algorithm::from_token(token).ok_or(format!("use {}", known.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Flags::command().debug_assert();
    }
}
