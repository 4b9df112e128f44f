//! Which lines are quoted-printable, as in the source of a mail: `=3D` is an equals sign, and a line
//! that ends in one goes on (RFC 2045 §6.7).

use std::borrow::Cow;

use quoted_printable::ParseMode;

use crate::fields::is_param_name;
use crate::octets;

/// Joins lines that were cut in two.
#[derive(Default)]
pub(crate) struct Lines {
    /// The number of the line that goes on, and its text so far.
    open: Option<(usize, String)>,
}

impl Lines {
    /// The next line as it was before it was mailed, and its number; `None` while it goes on.
    /// Lines that are not encoded stay as they are.
    pub(crate) fn next<'l>(
        &mut self,
        number: usize,
        line: &'l str,
    ) -> Option<(usize, Cow<'l, str>)> {
        let (number, line) = match self.open.take() {
            Some((first, start)) => (first, Cow::Owned(start + line)),
            None if is_encoded(line) => (number, Cow::Borrowed(line)),
            None => return Some((number, Cow::Borrowed(line))),
        };
        if let Some(start) = line.strip_suffix('=') {
            self.open = Some((number, start.to_owned()));
            return None;
        }
        match quoted_printable::decode(line.as_bytes(), ParseMode::Robust) {
            Ok(bytes) => Some((number, Cow::Owned(octets::text(&bytes)))),
            Err(_) => Some((number, line)),
        }
    }
}

/// Whether the equals sign of a digest's parameter is encoded. A tag may begin with `3D`.
fn is_encoded(line: &str) -> bool {
    let mut signs = line.match_indices("=3D").map(|(at, _)| at);
    signs.any(|at| is_param_name(&line[..at]) && !line[at + 3..].starts_with(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use crate::clean::lines;

    #[test]
    fn an_encoded_line_is_joined_and_others_stay() {
        let text = "To: <sip:h>;tag=3D1\nAuthorization: Digest username=3D\"10\", nonce=3D\"46=\n27\", nc=\n=3D1\nVia: x=";
        let lines: Vec<String> = lines(text).into_iter().map(|line| line.text).collect();
        assert_eq!(lines[0], "To: <sip:h>;tag=3D1");
        assert_eq!(
            lines[1],
            "Authorization: Digest username=\"10\", nonce=\"4627\", nc=1"
        );
        assert_eq!(lines[2], "Via: x=");
        let hex = "Authorization: Digest username=\"10\", nc=3D000001";
        assert_eq!(crate::clean::lines(hex)[0].text, hex);
        let cut = crate::clean::lines("Authorization: Digest uri=3D\"x\"=");
        assert_eq!(cut[0].text, "Authorization: Digest uri=\"x\"");
    }
}
