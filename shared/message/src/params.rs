//! How semicolon parameters are read.

use memchr::memchr3;

use crate::text::{cut, split_param};

/// Semicolon parameters, raw: `;lr;tag=1a2b;text="a \"b\""` (RFC 3261 §25.1 generic-param).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Params<'a>(&'a str);

impl<'a> Params<'a> {
    /// The parameters in a text that is empty or begins with a semicolon.
    pub fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The text as it came, with the first semicolon.
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// Every parameter in order: its name, and its value with quotes; `None` for a flag.
    pub fn iter(self) -> impl Iterator<Item = (&'a str, Option<&'a str>)> {
        let mut rest = self.0.strip_prefix(';');
        std::iter::from_fn(move || {
            let text = rest?;
            let (param, after) = split_param(text);
            rest = after;
            Some(match cut(param, b'=') {
                Some((name, value)) => (name.trim_ascii(), Some(value.trim_ascii())),
                None => (param.trim_ascii(), None),
            })
        })
        .filter(|(name, _)| !name.is_empty())
    }

    /// The value of the first parameter of that name, in any case; empty for a flag.
    pub fn value(self, name: &str) -> Option<&'a str> {
        let mut rest = self.0.strip_prefix(';');
        while let Some(text) = rest {
            let (param, after) = split_param(text);
            if let Some(value) = value_of(param, name) {
                return Some(value);
            }
            rest = after;
        }
        None
    }

    /// Whether the parameter is present, with or without a value.
    pub fn has(self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// Checks that the whole text consists of parameters of a header field.
    ///
    /// # Errors
    /// The fault and its offset: text that is not a parameter, a quoted string that is never
    /// closed, an angle bracket.
    pub(crate) fn check(text: &str) -> Result<(), (&'static str, usize)> {
        if !text.is_empty() && !text.starts_with(';') {
            return Err(("text where parameters should be", 0));
        }
        if memchr3(b'"', b'<', b'>', text.as_bytes()).is_none() {
            return Ok(());
        }
        let mut open_quote = None;
        let mut bytes = text.bytes().enumerate();
        while let Some((at, byte)) = bytes.next() {
            match (byte, open_quote) {
                (b'\\', Some(_)) => drop(bytes.next()),
                (b'"', Some(_)) => open_quote = None,
                (b'"', None) => open_quote = Some(at),
                (b'<' | b'>', None) => return Err(("angle bracket among parameters", at)),
                _ => {}
            }
        }
        open_quote.map_or(Ok(()), |at| Err(("quoted string never closed", at)))
    }
}

/// The value of a parameter if it has that name; a name alone has an empty value.
fn value_of<'a>(param: &'a str, name: &str) -> Option<&'a str> {
    let (written, rest) = param.trim_ascii_start().split_at_checked(name.len())?;
    if !written.eq_ignore_ascii_case(name) {
        return None;
    }
    let rest = rest.trim_ascii_start();
    match rest.strip_prefix('=') {
        Some(value) => Some(value.trim_ascii()),
        None => rest.is_empty().then_some(rest),
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
        assert_eq!(params.value("A"), Some(r#""x;y\"z""#));
        assert_eq!(params.value("lr"), Some(""));
        assert_eq!(params.value("l"), None);
    }
}
