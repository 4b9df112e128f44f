//! The limits of time and number, and their defaults.

/// How long a binding can last, in seconds (RFC 3261 §10.2.1.1, §10.3 step 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expiry {
    /// A shorter time is refused with 423 and Min-Expires. 60: a phone that refreshes more often to
    /// keep its NAT open should send keepalives, which cost less (RFC 5626 §4.4).
    pub min: u32,
    /// For a phone that gives no time: 3600, as §10.2 proposes.
    pub default: u32,
    /// A longer time is shortened: 7200. This is how long a phone that disappeared is still called,
    /// and phones accept the time in the 200.
    pub max: u32,
}

impl Default for Expiry {
    fn default() -> Self {
        Self {
            min: 60,
            default: 3600,
            max: 7200,
        }
    }
}

/// How much is kept at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Contacts of one address-of-record: 10. A further one replaces the one that was refreshed
    /// longest ago, see [`crate::Location::save`].
    pub contacts: usize,
    /// Bindings in total: 250,000, at 1.8 KB each in the worst case and usually 300 bytes. Further
    /// ones are refused with 503.
    pub bindings: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            contacts: 10,
            bindings: 250_000,
        }
    }
}

/// The settings of a location service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settings {
    /// How long bindings last.
    pub expiry: Expiry,
    /// How much is kept at most.
    pub limits: Limits,
    /// A number that no earlier run had: the bindings are numbered from it ([`Binding::ruid`]), and
    /// it keys the table against chosen collisions. Random in a server, fixed on a stage.
    ///
    /// [`Binding::ruid`]: crate::Binding::ruid
    pub seed: u64,
}
