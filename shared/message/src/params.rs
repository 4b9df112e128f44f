use crate::text::{find_outside, trim};

/// Semicolon parameters, raw: `;lr;tag=1a2b;text="a \"b\""` (RFC 3261 §25.1 generic-param).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Params<'a>(&'a str);

impl<'a> Params<'a> {
    /// Reads the parameters of a text that is empty or begins with a semicolon.
    pub fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The text as it came, first semicolon included.
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// Every parameter in order: name, and value as it came (quotes kept), `None` for a flag.
    pub fn iter(self) -> impl Iterator<Item = (&'a str, Option<&'a str>)> {
        let mut rest = self.0.strip_prefix(';');
        std::iter::from_fn(move || {
            let text = rest?;
            let (param, after) = match find_outside(text.as_bytes(), b';') {
                Some(end) => (&text[..end], Some(&text[end + 1..])),
                None => (text, None),
            };
            rest = after;
            Some(match param.split_once('=') {
                Some((name, value)) => (name.trim(), Some(value.trim())),
                None => (param.trim(), None),
            })
        })
        .filter(|(name, _)| !name.is_empty())
    }

    /// The value of the first parameter of that name, in any case; empty for a flag.
    pub fn value(self, name: &str) -> Option<&'a str> {
        self.iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.unwrap_or_default())
    }

    /// Whether the parameter is there, with a value or without.
    pub fn has(self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// Like [`Params::value`], without the quotes and escapes of a quoted string.
    pub fn unquoted(self, name: &str) -> Option<String> {
        let value = self.value(name)?;
        let Some(inner) = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')) else {
            return Some(value.to_owned());
        };
        let mut escaped = false;
        let unescape = |c: &char| {
            escaped = *c == '\\' && !escaped;
            !escaped
        };
        Some(inner.chars().filter(unescape).collect())
    }

    /// Whether all of the text is parameters and nothing else.
    pub(crate) fn is_well_formed(text: &[u8]) -> bool {
        trim(text).first().is_none_or(|first| *first == b';')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_value_keeps_its_semicolons() {
        let params = Params::new(r#";a="x;y\"z" ; LR;q = 0.5"#);
        let all: Vec<_> = params.iter().collect();
        assert_eq!(
            all,
            [("a", Some(r#""x;y\"z""#)), ("LR", None), ("q", Some("0.5"))]
        );
        assert_eq!(params.unquoted("A").as_deref(), Some(r#"x;y"z"#));
        assert!(params.has("lr"));
    }
}
