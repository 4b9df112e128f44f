//! The command line: the verbs and their flags.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use crate::typed::{seconds, user};

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Register where the phone is.
    Register {
        /// How long the registration lasts, in seconds; 0 removes the binding.
        #[arg(long, value_name = "SECONDS", default_value_t = 150)]
        expires: u32,

        /// Stay registered until Ctrl-C, then unregister. If the server goes away or asks for a
        /// pause (Retry-After), the phone tries again later.
        #[arg(long)]
        stay: bool,
    },

    /// Call a user, or any SIP URI.
    Call {
        /// A user of the domain, such as 11, or any SIP URI.
        #[arg(value_name = "USER|URI")]
        callee: String,

        /// Hang up after this time [default: when the other end does, or at Ctrl-C].
        #[arg(long, value_name = "SECONDS", value_parser = seconds)]
        seconds: Option<Duration>,

        /// Give up when the callee has not answered after this time.
        #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
        ring_seconds: Duration,
    },

    /// Register, wait for a call, and answer it.
    Answer(Answer),

    /// Be two phones: register both, let the first call the second, talk, and hang up. For a first
    /// call without any other phone.
    Pair(Pair),

    /// Send a text message.
    Message {
        /// A user of the domain, such as 11, or any SIP URI.
        #[arg(value_name = "USER|URI")]
        callee: String,
        /// The message.
        text: String,
    },

    /// Ask the server or a user's phone whether it is running and what it can do.
    Options {
        /// A user of the domain, or any SIP URI [default: the server].
        #[arg(value_name = "USER|URI")]
        callee: Option<String>,
    },

    /// Send a captured request again, and show the response.
    Replay(Replay),
}

/// The flags of `answer`.
#[derive(Debug, Args)]
pub(crate) struct Answer {
    /// Refuse with 486 Busy Here.
    #[arg(long, conflicts_with = "decline")]
    pub(crate) busy: bool,

    /// Refuse with 603 Decline.
    #[arg(long)]
    pub(crate) decline: bool,

    /// The number of calls to wait for.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) count: u32,

    /// Ring for this time before answering.
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds)]
    pub(crate) ring_seconds: Duration,

    /// Hang up after this time [default: when the caller does, or at Ctrl-C].
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) seconds: Option<Duration>,

    /// Give up when no call comes in this time [default: wait until Ctrl-C].
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) within: Option<Duration>,

    /// How long each registration lasts, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 150, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) expires: u32,
}

/// The flags of `pair`.
#[derive(Debug, Args)]
pub(crate) struct Pair {
    /// The user of the second phone.
    #[arg(long, value_name = "NAME", default_value = "11", value_parser = user)]
    pub(crate) callee: String,

    /// The password of the second phone [default: that of the first].
    #[arg(long, value_name = "PASSWORD")]
    pub(crate) callee_password: Option<String>,

    /// Hang up after this time.
    #[arg(long, value_name = "SECONDS", default_value = "2", value_parser = seconds)]
    pub(crate) seconds: Duration,
}

/// The flags of `replay`.
#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// The request; `-` is standard input. A file with CRLF line ends is sent as it is. From any
    /// other text, such as a log or a mail, the first request in it is sent.
    #[arg(value_name = "FILE|-")]
    pub(crate) file: PathBuf,

    /// Give it a Via of this phone with a new branch, so that it is not a retransmission.
    #[arg(long)]
    pub(crate) new_branch: bool,

    /// Give it a new Call-ID, which no digest covers.
    #[arg(long)]
    pub(crate) new_call_id: bool,
}
