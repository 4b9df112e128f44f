//! Which words are header names wherever they appear in a line.

use std::sync::LazyLock;

use sip_message::full_names;

/// Header fields that this project's server does not read, but that logs of calls contain. `Host`
/// is there for HTTP, whose digest is the same.
const FURTHER: [&str; 13] = [
    "Accept",
    "Authentication-Info",
    "Content-Disposition",
    "Host",
    "Min-SE",
    "Organization",
    "P-Asserted-Identity",
    "P-hint",
    "P-Preferred-Identity",
    "Privacy",
    "Reply-To",
    "Server",
    "Warning",
];

/// Header names that programs also write for themselves before a message, as in
/// `timestamp: 10:00:01 REGISTER …`. They count at the start of a line only.
const LOG_WORDS: [&str; 3] = ["Identity", "Timestamp", "Unsupported"];

static KNOWN: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let names = full_names().filter(|name| !LOG_WORDS.contains(name));
    names.chain(FURTHER).collect()
});

/// The names that are recognised anywhere in a line.
pub(crate) fn known() -> &'static [&'static str] {
    &KNOWN
}

/// The known name that equals this one in any case.
pub(crate) fn known_name(name: &str) -> Option<&'static str> {
    let mut known = KNOWN.iter();
    known
        .find(|known| known.eq_ignore_ascii_case(name))
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_listed_twice() {
        for name in FURTHER {
            assert!(!full_names().any(|known| known == name), "{name}");
        }
        for word in LOG_WORDS {
            assert!(full_names().any(|known| known == word), "{word}");
            assert_eq!(known_name(word), None);
        }
    }
}
