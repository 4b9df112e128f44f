//! The flags of a server that keeps its bindings.

use std::path::PathBuf;

use clap::Args;

/// The flags of a server that keeps its bindings.
#[derive(Debug, Clone, Args)]
#[group(skip)]
pub struct Flags {
    /// The SQLite file that keeps bindings and users; it is made if it is missing.
    #[arg(long, value_name = "FILE", default_value = "sip.db")]
    pub database: PathBuf,
}
