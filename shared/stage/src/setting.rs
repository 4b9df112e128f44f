//! How an exchange is played.

use crate::answering::Logins;
use crate::values::Values;

/// How an exchange is played: with which values, and what phones do that it does not say.
#[derive(Debug, Clone, Default)]
pub struct Setting {
    /// Users, addresses, nonces and the like: as written, or new ones.
    pub values: Values,
    /// Challenges that phones answer by themselves.
    pub logins: Logins,
}
