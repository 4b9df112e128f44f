use std::path::PathBuf;

use clap::Args;

/// The flag of a server that keeps what it knows.
#[derive(Debug, Clone, Args)]
#[group(skip)]
pub struct Flags {
    /// The SQLite file that keeps bindings and users; made when it is not there.
    #[arg(long, value_name = "FILE", default_value = "sip.db")]
    pub database: PathBuf,
}
