//! Which characters were added by a program or only look like those of a message.

use unicode_normalization::UnicodeNormalization;

/// A line without colours, invisible characters and ligatures, and with plain spaces.
pub(crate) fn characters(line: &str) -> String {
    if line.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return line.to_owned();
    }
    let mut out = String::with_capacity(line.len());
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' if rest.next_if_eq(&'[').is_some() => {
                while rest.next().is_some_and(|c| !('@'..='~').contains(&c)) {}
            }
            '\u{feff}' | '\u{200b}' | '\u{2060}' | '\u{ad}' => {}
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' | '\t' => out.push(' '),
            // The ligatures of a PDF: ff, fi, fl, ffi, ffl and st.
            '\u{fb00}'..='\u{fb06}' => out.extend(c.nfkc()),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_go_and_spaces_and_ligatures_become_plain() {
        let text = "\x1b[1;32mTo:\x1b[0m\u{a0}o\u{fb03}ce\u{2009}x\u{200b}";
        assert_eq!(characters(text), "To: office x");
    }
}
