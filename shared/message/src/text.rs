//! The scanning that all typed readers share: tokens, quoted strings, lists.

use memchr::{memchr, memchr2};

/// Whether a byte may be part of a token (RFC 3261 §25.1).
pub(crate) fn is_token(byte: u8) -> bool {
    const TOKEN: [bool; 256] = {
        let mut table = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            table[byte] = (byte as u8).is_ascii_alphanumeric();
            byte += 1;
        }
        let others = b"-.!%*_+`'~";
        let mut at = 0;
        while at < others.len() {
            table[others[at] as usize] = true;
            at += 1;
        }
        table
    };
    TOKEN[usize::from(byte)]
}

/// Linear white space, folded line ends included (§25.1 LWS).
pub(crate) const LWS: [char; 4] = [' ', '\t', '\r', '\n'];

/// Whether a byte is linear white space.
pub(crate) fn is_lws(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// The text without the white space around it.
pub(crate) fn trim(text: &[u8]) -> &[u8] {
    let mut text = trim_start(text);
    while let [rest @ .., last] = text
        && is_lws(*last)
    {
        text = rest;
    }
    text
}

fn trim_start(mut text: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = text
        && is_lws(*first)
    {
        text = rest;
    }
    text
}

/// The number that fills the value: only digits, no sign, no fraction. Anything above 64 bits
/// counts as `u64::MAX`.
pub(crate) fn number<T: TryFrom<u64>>(value: &[u8]) -> Option<T> {
    let digits = trim(value);
    let mut sum = 0_u64;
    for byte in digits {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        sum = sum.saturating_mul(10).saturating_add(digit);
    }
    (!digits.is_empty()).then(|| T::try_from(sum).ok())?
}

/// The position of the first such byte. In a text of a few dozen bytes, a loop is faster than a
/// call of `memchr`.
pub(crate) fn find(text: &[u8], byte: u8) -> Option<usize> {
    text.iter().position(|b| *b == byte)
}

/// The text before and behind the first such byte, which is ASCII.
pub(crate) fn cut(text: &str, byte: u8) -> Option<(&str, &str)> {
    let at = find(text.as_bytes(), byte)?;
    Some((&text[..at], &text[at + 1..]))
}

/// The text before the first such byte, which is ASCII, and the rest beginning with it.
pub(crate) fn until(text: &str, byte: u8) -> (&str, &str) {
    text.split_at(find(text.as_bytes(), byte).unwrap_or(text.len()))
}

/// The position of the first `wanted` byte outside quoted strings and angle brackets.
/// A quote or bracket that is never closed hides the rest.
fn find_outside(text: &[u8], wanted: u8) -> Option<usize> {
    let first = memchr(wanted, text)?;
    if memchr2(b'"', b'<', &text[..first]).is_none() {
        return Some(first);
    }
    let mut quoted = false;
    let mut bracketed = false;
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\\' if quoted => at += 1,
            b'"' if !bracketed => quoted = !quoted,
            b'<' if !quoted => bracketed = true,
            b'>' if !quoted => bracketed = false,
            _ if byte == wanted && !quoted && !bracketed => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// The first element of a comma-separated list, trimmed, and the text behind its comma. Empty
/// elements are skipped (§7.3.1); `None` if no element is left.
pub(crate) fn split_first(list: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = skip_empty(list);
    if text.is_empty() {
        return None;
    }
    Some(match find_outside(text, b',') {
        Some(comma) => (trim(&text[..comma]), skip_empty(&text[comma + 1..])),
        None => (trim(text), &[]),
    })
}

fn skip_empty(list: &[u8]) -> &[u8] {
    let mut text = trim_start(list);
    while let [b',', rest @ ..] = text {
        text = trim_start(rest);
    }
    text
}

/// The elements of a comma-separated list, trimmed, without empty ones (§7.3.1).
pub(crate) fn list(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = value;
    std::iter::from_fn(move || {
        let (element, after) = split_first(rest)?;
        rest = after;
        Some(element)
    })
}

/// The first part of a semicolon-separated text, and the text behind its semicolon.
pub(crate) fn split_param(text: &str) -> (&str, Option<&str>) {
    // Parameters are short: a loop finds their end faster than a call of `memchr`.
    let first = text.bytes().position(|b| matches!(b, b';' | b'"' | b'<'));
    let end = first.and_then(|at| match text.as_bytes()[at] {
        b';' => Some(at),
        _ => find_outside(text.as_bytes(), b';'),
    });
    match end {
        Some(end) => (&text[..end], Some(&text[end + 1..])),
        None => (text, None),
    }
}

/// Where `part` begins inside `whole`, of which it is a slice.
pub(crate) fn offset_in(whole: &[u8], part: &[u8]) -> usize {
    (part.as_ptr() as usize)
        .saturating_sub(whole.as_ptr() as usize)
        .min(whole.len())
}

/// Text fit for one header line: line ends and other control bytes become spaces, so that no
/// value can end its header field and begin another.
pub(crate) fn push_one_line(out: &mut Vec<u8>, text: &str) {
    let start = out.len();
    out.extend_from_slice(text.as_bytes());
    for byte in &mut out[start..] {
        let is_text = !byte.is_ascii_control() || *byte == b'\t';
        *byte = if is_text { *byte } else { b' ' }; // without a branch, many bytes at a time
    }
}

/// Makes text safe for a terminal or a log. Control characters, invisible characters and bytes
/// outside UTF-8 are escaped, so that a stranger's text cannot move the cursor, reverse the text
/// around it, hide, or forge a line.
pub fn printable(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            if is_printable(c) {
                out.push(c);
            } else {
                out.extend(c.escape_default());
            }
        }
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out
}

/// Whether a character is shown as itself: it is not a control, does not break a line or change
/// its direction (Unicode's general categories Cc, Cf, Zl and Zp), and is not invisible.
pub fn is_printable(c: char) -> bool {
    use unicode_properties::{GeneralCategory as Category, UnicodeGeneralCategory};
    if c.is_ascii() {
        return !c.is_ascii_control();
    }
    let is_hidden = matches!(
        c.general_category(),
        Category::Control
            | Category::Format
            | Category::LineSeparator
            | Category::ParagraphSeparator
    );
    !is_hidden && !is_ignorable(c)
}

/// Further characters that Unicode lets a program leave out (Default_Ignorable_Code_Point) outside
/// category Cf: variation selectors, joiners, fillers, and the unused part of the tag block.
fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{2065}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fff8}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_in_quotes_and_brackets_separate_nothing() {
        let value = br#" ,, "a, \", b" <sip:x,y@h> ,	<sip:c>;q="1,2" , "#;
        let elements: Vec<_> = list(value).collect();
        let expected: [&[u8]; 2] = [br#""a, \", b" <sip:x,y@h>"#, br#"<sip:c>;q="1,2""#];
        assert_eq!(elements, expected);
    }

    #[test]
    fn a_list_of_only_commas_is_empty() {
        assert_eq!(list(b" , ,\r\n ,").count(), 0);
    }

    #[test]
    fn no_control_byte_reaches_a_terminal() {
        let text = printable(b"a\x1b[2J\r\n\0\xff \xc2\x9b\xe2\x80\xae");
        assert_eq!(text, r"a\u{1b}[2J\r\n\u{0}\xff \u{9b}\u{202e}");
    }

    #[test]
    fn no_direction_mark_or_invisible_character_reaches_a_terminal() {
        for c in "\u{61c}\u{ad}\u{200b}\u{200d}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202e}\
                  \u{2060}\u{2066}\u{2069}\u{206f}\u{feff}\u{fff9}\u{180e}\u{fe0f}\u{e0001}\
                  \u{e0041}\u{e007f}\u{e0100}\u{e01ef}\u{34f}\u{3164}\u{ffa0}\u{600}"
            .chars()
        {
            let shown = format!("a\\u{{{:x}}}b", u32::from(c));
            assert_eq!(printable(format!("a{c}b").as_bytes()), shown);
        }
        for shown in ["Jürgen Groß", "山田", "עברית", "e\u{301}", "😀"] {
            assert_eq!(printable(shown.as_bytes()), shown);
        }
    }
}
