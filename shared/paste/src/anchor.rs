//! What may begin at a place of a line.

use crate::names::known_name;

/// What begins at a place of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Anchor<'a> {
    /// A request line.
    Request { method: &'a str, uri: &'a str },
    /// A status line.
    Response(u16),
    /// A header field of this name.
    Header(&'a str),
}

/// An anchor, where it begins and where its content begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found<'a> {
    pub(crate) at: usize,
    pub(crate) end: usize,
    pub(crate) anchor: Anchor<'a>,
}

impl Found<'_> {
    /// Whether it is a header field that only its place at the start of the line gives away.
    pub(crate) fn is_unknown_header(&self) -> bool {
        matches!(self.anchor, Anchor::Header(name) if known_name(name).is_none())
    }
}
