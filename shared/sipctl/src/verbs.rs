//! The verbs of each subject, and the words they take.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::values::{Typed, UserName, address_of_record, email};

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
