//! How the parameters of a challenge or of credentials are read.

use memchr::memchr2;

use crate::error::SyntaxError;

/// One parameter of a challenge or of credentials, its value as it came between the quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Param<'a> {
    /// The name as written.
    pub name: &'a str,
    /// The value without its quotes, with its escapes: this is what is hashed.
    pub value: &'a str,
    /// Whether there were quotes.
    pub quoted: bool,
    /// Where the name begins, in bytes.
    pub offset: usize,
}

/// Reads `Digest name=value, name="value", …` in any order, any case, any white space.
/// `None` for another scheme, whose parameters have other meanings.
///
/// # Errors
/// A parameter has no value, a quote is never closed, text follows a value, a name is given twice,
/// or there are more than 64.
pub fn params(value: &str) -> Option<Result<Vec<Param<'_>>, SyntaxError>> {
    let text = value.trim_start();
    let (scheme, rest) = text.split_at_checked("Digest".len())?;
    let ends = rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']);
    (scheme.eq_ignore_ascii_case("Digest") && ends).then(|| read(value, value.len() - rest.len()))
}

/// RFC 2617 has a dozen. Each is compared with all others, in a time that grows with their square
/// and is spent before the sender has proved its identity.
const MOST: usize = 64;

fn read(whole: &str, mut at: usize) -> Result<Vec<Param<'_>>, SyntaxError> {
    let mut found: Vec<Param<'_>> = Vec::with_capacity(12);
    loop {
        at += skip(&whole[at..], |byte| is_space(byte) || byte == b',');
        let rest = &whole[at..];
        if rest.is_empty() {
            return Ok(found);
        }
        let end = rest.bytes().position(|byte| byte == b'=');
        let end = end.ok_or_else(|| SyntaxError::new("", "parameter without a value", at))?;
        let name = rest[..end].trim_end();
        if name.is_empty() || !name.bytes().all(is_token) {
            return Err(SyntaxError::new("", "character not allowed in a name", at));
        }
        let name_at = at;
        let fault = |fault| SyntaxError::new(name, fault, name_at);
        let same = |param: &&Param<'_>| param.name.eq_ignore_ascii_case(name);
        if found.iter().find(same).is_some() {
            return Err(fault("given twice"));
        }
        if found.len() == MOST {
            return Err(fault("one parameter too many"));
        }
        let value_at = at + end + 1 + skip(&rest[end + 1..], is_space);
        let text = &whole[value_at..];
        let (value, quoted, after) = match text.strip_prefix('"') {
            Some(inside) => {
                let close = closing_quote(inside);
                let close = close.ok_or_else(|| fault("quoted string never closed"))?;
                (&inside[..close], true, value_at + close + 2)
            }
            None => {
                let end = skip(text, |byte| !is_space(byte) && byte != b',');
                (&text[..end], false, value_at + end)
            }
        };
        if value.is_empty() && !quoted {
            return Err(fault("no value"));
        }
        found.push(Param {
            name,
            value,
            quoted,
            offset: at,
        });
        at = after + skip(&whole[after..], is_space);
        if !whole[at..].is_empty() && !whole[at..].starts_with(',') {
            return Err(fault("text after the value"));
        }
    }
}

/// Where the quoted string that begins here ends; a backslash escapes the next character.
fn closing_quote(inside: &str) -> Option<usize> {
    let bytes = inside.as_bytes();
    let mut from = 0;
    loop {
        let at = from + memchr2(b'"', b'\\', bytes.get(from..)?)?;
        if bytes[at] == b'"' {
            return Some(at);
        }
        from = at + 2;
    }
}

/// How many bytes at the beginning of `text` to skip.
fn skip(text: &str, skipped: impl Fn(u8) -> bool) -> usize {
    let end = text.bytes().position(|byte| !skipped(byte));
    end.unwrap_or(text.len())
}

pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

pub(crate) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'-' | b'.' | b'!' | b'%' | b'*' | b'_' | b'+' | b'`' | b'\'' | b'~'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(value: &str) -> Vec<(&str, &str)> {
        params(value)
            .unwrap()
            .unwrap()
            .iter()
            .map(|p| (p.name, p.value))
            .collect()
    }

    #[test]
    fn order_case_white_space_and_quotes_do_not_matter() {
        let value = "  DIGEST realm = \"a, b\" ,\r\n nonce=x,,qop=\"auth\"";
        assert_eq!(
            pairs(value),
            [("realm", "a, b"), ("nonce", "x"), ("qop", "auth")]
        );
    }

    #[test]
    fn too_many_parameters_are_refused() {
        let value = |count| {
            let params = (0..count).map(|n| format!("p{n}=1"));
            format!("Digest {}", params.collect::<Vec<_>>().join(","))
        };
        assert_eq!(pairs(&value(64)).len(), 64);
        let error = params(&value(65)).unwrap().unwrap_err();
        assert!(error.to_string().starts_with("p64: one parameter too many"));
    }

    #[test]
    fn escapes_stay_as_they_came() {
        assert_eq!(
            pairs(r#"Digest username="a\"b\\""#),
            [("username", r#"a\"b\\"#)]
        );
    }

    #[test]
    fn another_scheme_is_not_read() {
        assert_eq!(params("Basic YTpi"), None);
        assert_eq!(params("Digestive a=b"), None);
    }

    #[test]
    fn a_fault_is_reported_with_its_place() {
        let fault = |value| params(value).unwrap().unwrap_err().to_string();
        assert_eq!(
            fault(r#"Digest realm="a"#),
            "realm: quoted string never closed at byte 7"
        );
        assert_eq!(
            fault("Digest nonce=a, NONCE=b"),
            "NONCE: given twice at byte 16"
        );
        assert_eq!(fault("Digest nonce"), "parameter without a value at byte 7");
        assert_eq!(
            fault(r#"Digest a="b"c"#),
            "a: text after the value at byte 7"
        );
    }
}
