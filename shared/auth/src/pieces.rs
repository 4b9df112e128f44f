//! The challenges in one header field, or the credentials: a scheme, then parameters (RFC 7235 §2.1).
//! RFC 3261 §20.44 has one challenge in a field, but some servers write several.
//!
//! This reads only scheme and realm, even if the rest is damaged: a stranger wrote the text, and
//! another phone will read it in its own way.

/// One challenge, or the credentials for one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece<'v> {
    /// All of it, without the commas around it.
    pub(crate) text: &'v str,
    /// The scheme: `Digest`.
    pub(crate) scheme: &'v str,
    /// Every `realm` in it, without quotes, escapes kept.
    pub(crate) realms: Vec<&'v str>,
}

/// Cuts a value into its pieces. `None` if it is ambiguous: a quoted string never ends, or a realm may
/// follow a value without a comma between them.
pub(crate) fn pieces(value: &str) -> Option<Vec<Piece<'_>>> {
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < value.len() {
        let end = at + item_end(&value[at..])?;
        let item = value[at..end].trim();
        at = end + 1; // behind the comma
        if item.is_empty() {
            continue;
        }
        let (head, param) = item.split_once('=').unwrap_or((item, ""));
        let (scheme, name) = match head.trim().rsplit_once(char::is_whitespace) {
            Some((scheme, name)) => (scheme.split_whitespace().next(), name),
            None if item.contains('=') => (None, head.trim()),
            None => (Some(head.trim()), ""), // a scheme alone
        };
        if scheme.is_some() || pieces.is_empty() {
            start = item_start(value, item);
            pieces.push(Piece {
                text: item,
                scheme: scheme.unwrap_or_default(),
                realms: Vec::new(),
            });
        }
        let piece = pieces.last_mut()?;
        piece.text = value[start..end].trim_end();
        let value = param.trim();
        if name.eq_ignore_ascii_case("realm") {
            piece.realms.push(unquoted(value)?);
        } else if !is_one(value) && value.to_ascii_lowercase().contains("realm") {
            return None; // a challenge may begin inside it, with a missing comma
        }
    }
    Some(pieces)
}

/// Where `item` begins in `value`, of which it is a slice.
fn item_start(value: &str, item: &str) -> usize {
    item.as_ptr() as usize - value.as_ptr() as usize
}

/// Where the next comma outside quotes is, or the end.
fn item_end(text: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b',' if !quoted => return Some(at),
            _ => {}
        }
    }
    (!quoted).then_some(text.len())
}

/// Whether it is exactly one token or one quoted string.
fn is_one(value: &str) -> bool {
    let is_quoted = value.starts_with('"');
    unquoted(value).is_some() && (is_quoted || !value.contains(char::is_whitespace))
}

/// A value without its quotes. `None` if text follows them.
fn unquoted(value: &str) -> Option<&str> {
    match value.strip_prefix('"') {
        Some(inside) => {
            let inside = inside.strip_suffix('"')?;
            let mut escaped = false;
            let ends_early = inside.bytes().any(|byte| {
                let is_quote = byte == b'"' && !escaped;
                escaped = byte == b'\\' && !escaped;
                is_quote
            });
            (!ends_early && !escaped).then_some(inside)
        }
        None => (!value.contains('"')).then_some(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Vec<(&str, Vec<&str>)> {
        let pieces = pieces(value).unwrap();
        pieces
            .into_iter()
            .map(|it| (it.scheme, it.realms))
            .collect()
    }

    #[test]
    fn one_field_may_hold_several_challenges() {
        let value = "Digest realm=\"a, Digest realm=b\", nonce=x,, dIgEsT\r\n realm = c,qop=\"auth,auth-int\", \
                     Negotiate, Basic nonce=\"y\", REALM=\"d\\\"\"";
        let expected = [
            ("Digest", vec!["a, Digest realm=b"]),
            ("dIgEsT", vec!["c"]),
            ("Negotiate", vec![]),
            ("Basic", vec!["d\\\""]),
        ];
        assert_eq!(read(value), expected);
        let texts: Vec<&str> = pieces(value).unwrap().iter().map(|it| it.text).collect();
        assert_eq!(texts[1], "dIgEsT\r\n realm = c,qop=\"auth,auth-int\"");
        assert_eq!(
            texts[2..],
            ["Negotiate", "Basic nonce=\"y\", REALM=\"d\\\"\""]
        );
    }

    #[test]
    fn a_realm_is_read_even_if_the_rest_is_damaged() {
        let expected = [("Digest", vec!["a", "b"]), ("x", vec![])];
        assert_eq!(read("Digest nonce, realm=a, realm = b, =, x"), expected);
    }

    #[test]
    fn a_missing_comma_elsewhere_hides_no_realm() {
        for value in [
            "Digest realm=\"a\", qop=auth nc=00000001",
            "Digest opaque=\"a realm of two words\", realm=a",
            "Digest realm=a, uri=\"sip:b\" response=\"c\"",
        ] {
            assert_eq!(read(value), [("Digest", vec!["a"])], "{value}");
        }
    }

    #[test]
    fn an_ambiguous_value_is_not_read() {
        for value in [
            "Digest realm=\"a",
            "Digest realm=\"a\"b",
            "Digest realm=a\"b\"",
            "Digest realm=\"a\\\"",
            "Digest realm=\"a\", nonce=\"n\"\r\n Digest realm=\"b\"",
            "Digest realm=a, nonce=n Digest REALM=b",
            "Digest nonce=\"n\"realm=b",
        ] {
            assert_eq!(pieces(value), None, "{value}");
        }
    }
}
