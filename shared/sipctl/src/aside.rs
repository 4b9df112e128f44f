//! What is printed to standard error.

use std::fmt::Display;

use anstyle::AnsiColor;
use serde_json::json;

/// Prints why the command failed.
pub(crate) fn error(json: bool, text: impl Display) {
    beside(json, "error", AnsiColor::Red, &text);
}

/// Prints to standard error: in words, or as a line of JSON with one member. Standard output has
/// only outcomes, so `jq` never takes an error for one.
pub(crate) fn beside(json: bool, what: &str, colour: AnsiColor, text: &dyn Display) {
    if json {
        return anstream::eprintln!("{}", json!({ what: text.to_string() }));
    }
    let style = colour.on_default().bold();
    anstream::eprintln!("{style}{what}{style:#}: {text}");
}
