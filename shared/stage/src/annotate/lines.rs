//! A message as its lines: the first, the header fields, the body.

use sip_message::{full_name, printable};

/// A header field as it was written, in printable form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeaderLine {
    /// The full name, even if the compact one was written.
    pub(crate) name: String,
    /// The value, without the spaces around it.
    pub(crate) value: String,
    /// The whole line or lines, as written.
    pub(crate) text: String,
}

/// The lines of a message.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    pub(crate) first: String,
    pub(crate) fields: Vec<HeaderLine>,
    pub(crate) body: Vec<String>,
}

impl Lines {
    /// Cuts a message. A line that is not a header field becomes one without a name.
    pub(crate) fn of(message: &[u8]) -> Self {
        let lines: Vec<String> = message
            .trim_ascii_end()
            .split(|byte| *byte == b'\n')
            .map(|line| printable(line.strip_suffix(b"\r").unwrap_or(line)))
            .collect();
        let end = lines
            .iter()
            .position(String::is_empty)
            .unwrap_or(lines.len());
        let mut fields: Vec<HeaderLine> = Vec::new();
        for line in lines.get(1..end).unwrap_or_default() {
            match fields.last_mut() {
                Some(field) if line.starts_with([' ', '\t']) => field.continue_with(line),
                _ => fields.push(HeaderLine::of(line)),
            }
        }
        let first = lines.first().cloned().unwrap_or_default();
        let body = lines.get(end + 1..).unwrap_or_default().to_vec();
        Self {
            first,
            fields,
            body,
        }
    }

    /// The value of the first header field of that name.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|field| field.name == name);
        found.map(|field| field.value.as_str())
    }
}

impl HeaderLine {
    fn of(line: &str) -> Self {
        let (name, value) = line.split_once(':').unwrap_or(("", line));
        let full = full_name(name.trim_end().as_bytes());
        Self {
            name: canonical(&String::from_utf8_lossy(full)),
            value: value.trim().to_owned(),
            text: line.to_owned(),
        }
    }

    /// A folded header field (RFC 3261 §7.3.1).
    fn continue_with(&mut self, line: &str) {
        self.value = format!("{} {}", self.value, line.trim());
        self.text = format!("{}\n{line}", self.text);
    }
}

/// The name as RFC 3261 writes it, if it is one of those that are looked into.
fn canonical(name: &str) -> String {
    let known = sip_message::full_names().find(|known| known.eq_ignore_ascii_case(name));
    known.unwrap_or(name).to_owned()
}

/// The value of a parameter after a semicolon, outside the angle brackets.
pub(crate) fn parameter<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    let after = value.rsplit_once('>').map_or(value, |(_, after)| after);
    after.split(';').skip(1).find_map(|parameter| {
        let (found, value) = parameter.split_once('=')?;
        found
            .trim()
            .eq_ignore_ascii_case(name)
            .then_some(value.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_read_after_the_angle_brackets() {
        assert_eq!(parameter("<sip:10@h;tag=no>;tag=a", "tag"), Some("a"));
        assert_eq!(
            parameter("SIP/2.0/UDP h;rport;branch=b", "branch"),
            Some("b")
        );
        assert_eq!(parameter("<sip:10@h>", "tag"), None);
    }
}
