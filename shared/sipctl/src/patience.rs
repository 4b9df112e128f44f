//! How long `sipctl` waits for the server.

use std::time::Duration;

/// How long the server may take to answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);
