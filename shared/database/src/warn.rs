//! Where lines for the administrator go.

use std::fmt;
use std::sync::OnceLock;

type Say = Box<dyn Fn(&str) + Send + Sync>;

/// Takes lines for the administrator. They are lost until a caller says where they go.
#[derive(Default)]
pub(crate) struct Warn(OnceLock<Say>);

impl Warn {
    /// Gives each line to `warn`. Only the first call counts.
    pub(crate) fn to(&self, warn: impl Fn(&str) + Send + Sync + 'static) {
        let _ = self.0.set(Box::new(warn));
    }

    pub(crate) fn line(&self, text: &str) {
        if let Some(warn) = self.0.get() {
            warn(text);
        }
    }
}

impl fmt::Debug for Warn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Warn")
    }
}
