//! How long the server waits for a client of its control socket.

use std::time::Duration;

/// How long a client may be silent, and how long it may leave a piece of an answer unread.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
