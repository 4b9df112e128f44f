/// For how long a binding may be asked for, in seconds (RFC 3261 §10.2.1.1, §10.3 step 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expiry {
    /// A shorter wish is refused with 423 and Min-Expires. 60: a phone that refreshes more
    /// often to keep its NAT open should send keepalives, which cost less (RFC 5626 §4.4).
    pub min: u32,
    /// What a phone gets that names no time: 3600, as §10.2 proposes.
    pub default: u32,
    /// A longer wish is shortened: 7200. It is how long a phone that left without a word is
    /// still called, and phones take what the 200 grants.
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

/// What is held at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Contacts of one address-of-record: 10. One more takes the place of the one that was
    /// refreshed longest ago, see [`crate::Location::save`].
    pub contacts: usize,
    /// Bindings of all together: 250,000, at 1.8 KB each in the worst case and 300 bytes in
    /// the common one. Beyond it a new one is refused with 503.
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

/// What a location service is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settings {
    /// For how long bindings are granted.
    pub expiry: Expiry,
    /// What is held at most.
    pub limits: Limits,
    /// A number no earlier run had: it begins the numbers of the bindings ([`Binding::ruid`])
    /// and keys the table against chosen collisions. From the system's randomness in
    /// production, given on a stage.
    ///
    /// [`Binding::ruid`]: crate::Binding::ruid
    pub seed: u64,
}
