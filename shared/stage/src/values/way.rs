//! From the exchange to the wire, or back.

/// Which way a text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// From the exchange to the wire.
    Out,
    /// From the wire to the exchange.
    In,
}
