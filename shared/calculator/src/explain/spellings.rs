//! What phones do to any text before they hash it.

use sip_paste::unescaped;

/// The text in other spellings, with words for each.
pub(crate) fn spellings(text: &str) -> [(String, &'static str); 6] {
    [
        (format!("\"{text}\""), "with its quotes"),
        (text.to_ascii_lowercase(), "in lower case"),
        (text.to_ascii_uppercase(), "in upper case"),
        (text.trim().to_owned(), "without the spaces around it"),
        (format!("{text} "), "with a space after it"),
        (unescaped(text), "with its backslash escapes read"),
    ]
}
