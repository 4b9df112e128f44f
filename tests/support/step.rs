//! The chapters, as far as a peer notices the difference.

pub use crate::program::program;
pub use crate::server::{Server, database};

/// The password of every user, where one is asked for.
pub const PASSWORD: &str = "secret";

/// A chapter, as far as a peer notices the difference.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// Its package, and its program's name.
    pub name: &'static str,
    /// Whether bindings survive a restart.
    pub keeps_bindings: bool,
    /// Which users need a password.
    pub asks: Asks,
}

/// Which users need a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// Nobody.
    Nobody,
    /// Those that register.
    Registering,
    /// Those that register and those that call.
    Calling,
}

/// Chapter 1: bindings in memory.
pub const STEP_01: Step = Step::new("step-01", false, Asks::Nobody);

/// Chapter 2: bindings in a database.
pub const STEP_02: Step = Step::new("step-02", true, Asks::Nobody);

/// Chapter 3: passwords for phones that register.
pub const STEP_03: Step = Step::new("step-03", true, Asks::Registering);

/// Chapter 5: passwords for phones that call.
pub const STEP_05: Step = Step::new("step-05", true, Asks::Calling);

/// Chapter 7: passwords for phones, addresses for carriers.
pub const STEP_07: Step = Step::new("step-07", true, Asks::Calling);

/// Chapter 8: several algorithms.
pub const STEP_08: Step = Step::new("step-08", true, Asks::Calling);

/// Every chapter. A new one needs one more line.
pub const STEPS: &[Step] = &[
    STEP_01,
    STEP_02,
    STEP_03,
    Step::new("step-04", true, Asks::Registering),
    STEP_05,
    Step::new("step-06", true, Asks::Calling),
    STEP_07,
    STEP_08,
];

impl Step {
    const fn new(name: &'static str, keeps_bindings: bool, asks: Asks) -> Self {
        Self {
            name,
            keeps_bindings,
            asks,
        }
    }

    /// The password a phone needs, if it needs one.
    pub fn password(self) -> Option<&'static str> {
        (self.asks != Asks::Nobody).then_some(PASSWORD)
    }
}
