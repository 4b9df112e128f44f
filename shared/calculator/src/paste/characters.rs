//! Characters that a program added, or that only look like those of a message.

/// Colours, characters that only look like a blank or a quote, entities of HTML.
pub(super) fn characters(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' if rest.next_if_eq(&'[').is_some() => {
                while rest.next().is_some_and(|c| !('@'..='~').contains(&c)) {}
            }
            '\u{feff}' | '\u{200b}' | '\u{2060}' | '\u{ad}' => {}
            '\u{a0}' | '\u{2007}' | '\u{202f}' | '\t' => out.push(' '),
            _ => out.push(c),
        }
    }
    if out.contains("&quot;") || out.contains("&lt;sip") {
        for (entity, character) in [
            ("&quot;", "\""),
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&amp;", "&"),
        ] {
            out = out.replace(entity, character);
        }
    }
    out
}
