//! What a web page puts into a message: entities for quotes and brackets, tags for line ends.

use std::borrow::Cow;

/// Tags that begin a line of their own.
const BREAKS: [&str; 11] = [
    "br",
    "p",
    "div",
    "li",
    "tr",
    "pre",
    "blockquote",
    "h1",
    "h2",
    "h3",
    "hr",
];

/// Tags inside a line.
const INLINE: [&str; 15] = [
    "a", "b", "i", "u", "em", "strong", "code", "span", "tt", "font", "td", "th", "ul", "ol",
    "table",
];

/// The lines in one line of a page's source. A line without tags and entities stays as it is:
/// `<sip:10@192.168.1.15>` is not a tag.
pub(crate) fn lines(line: &str) -> Vec<String> {
    if !line.contains(['<', '&']) {
        return vec![line.to_owned()];
    }
    let mut lines = vec![String::new()];
    let mut rest = line;
    let mut has_tags = false;
    while let Some((before, tag, after)) = next_tag(rest) {
        has_tags = true;
        push(&mut lines, before);
        if BREAKS.contains(&tag.to_ascii_lowercase().as_str()) {
            lines.push(String::new());
        }
        rest = after;
    }
    push(&mut lines, rest);
    for line in &mut lines {
        if let Cow::Owned(decoded) = entities(line) {
            *line = decoded;
        }
    }
    // Between two tags there is an empty line only where both of them break the line.
    if has_tags && lines.first().is_some_and(String::is_empty) && lines.len() > 1 {
        lines.remove(0);
    }
    lines
}

fn push(lines: &mut [String], text: &str) {
    if let Some(line) = lines.last_mut() {
        line.push_str(text);
    }
}

/// A tag with more attributes is left as it is.
const LONGEST_TAG: usize = 300;

/// The first tag: the text before it, its name, and the text after it.
fn next_tag(text: &str) -> Option<(&str, &str, &str)> {
    text.match_indices('<').find_map(|(at, _)| {
        let inside = &text[at + 1..];
        let inside = inside.strip_prefix('/').unwrap_or(inside);
        let end = inside.find(|c: char| !c.is_ascii_alphanumeric())?;
        let name = &inside[..end];
        let known = |tags: &[&str]| tags.iter().any(|tag| name.eq_ignore_ascii_case(tag));
        if !known(&BREAKS) && !known(&INLINE) || !inside[end..].starts_with(['>', ' ', '/']) {
            return None;
        }
        let close = inside.bytes().take(LONGEST_TAG).position(|b| b == b'>')?;
        Some((&text[..at], name, &inside[close + 1..]))
    })
}

/// The text with its entities read, if one of them replaces a quote or a bracket. A lone `&amp;`
/// may be part of a URI.
fn entities(text: &str) -> Cow<'_, str> {
    let is_escaped = ["&quot;", "&lt;", "&gt;", "&#", "&nbsp;"]
        .iter()
        .any(|entity| text.contains(entity));
    if is_escaped {
        html_escape::decode_html_entities(text)
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_read_where_a_page_escaped_the_text() {
        let escaped = "To: &#34;Ten&quot; &lt;sip:10@h?a=1&amp;b=2&gt;&nbsp;x";
        assert_eq!(lines(escaped), ["To: \"Ten\" <sip:10@h?a=1&b=2>\u{a0}x"]);
        let plain = "To: <sip:10@h?a=1&amp;b=2>";
        assert_eq!(lines(plain), [plain]);
    }

    #[test]
    fn tags_end_lines_and_addresses_stay() {
        let page = "<pre class=\"x\">To: <sip:10@h><br/>CSeq: <b>1</b> REGISTER<BR></pre>";
        assert_eq!(lines(page), ["To: <sip:10@h>", "CSeq: 1 REGISTER", "", ""]);
    }
}
