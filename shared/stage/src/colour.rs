//! The colours of requests and responses.

use anstyle::{AnsiColor, Style};

use crate::rows::Kind;

/// Green and cyan, as in the OpenSER paper's printouts.
const REQUEST: Style = AnsiColor::Green.on_default();
const RESPONSE: Style = AnsiColor::Cyan.on_default();

/// The colour of a message, which shows at a glance whether it is a request or a response.
pub fn colour_of(message: &[u8]) -> Style {
    match Kind::of(message) {
        Kind::Request => REQUEST,
        Kind::Response => RESPONSE,
    }
}
