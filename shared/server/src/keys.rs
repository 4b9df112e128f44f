//! The keys by which things are found again, a type each: two of them cannot be swapped.

/// A server transaction: a keyed hash of what RFC 3261 §17.2.3 matches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ServerKey(pub(crate) u64);

/// A client transaction: a random number, which its branch carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ClientKey(pub(crate) u64);

/// A call: a keyed hash of its Call-ID and the caller's tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct CallKey(pub(crate) u64);

/// A dialog of a call: a keyed hash of the call and the callee's tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DialogKey(pub(crate) u64);

/// Where a URI leads: a keyed hash of its user, host, port and `maddr`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PlaceKey(pub(crate) u64);

/// What marks the branches of a request: a keyed hash of all that decides its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LoopMark(pub(crate) u64);
