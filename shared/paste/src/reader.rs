//! Which lines belong to which message.

use sip_message::{HeaderName, MAX_MESSAGE};

use crate::anchor::{Anchor, Found};
use crate::anchors;
use crate::clean;
use crate::excerpt::{Excerpt, Field, Start, digest_name};
use crate::fields::{completes_name, digest, first_param, is_param_name, is_params, without_noise};
use crate::line::Line;
use crate::octets;
use crate::value::Cut;

/// No message has more header fields. The rest of such a text is not a message.
const MOST_FIELDS: usize = 500;

/// The messages of a text, in order; also header fields that have no first line above them.
pub fn read(text: &str) -> Vec<Excerpt> {
    let mut reader = Reader::default();
    for line in clean::lines(text) {
        reader.line(&line);
    }
    reader.end();
    reader.excerpts
}

#[derive(Default)]
struct Reader {
    excerpts: Vec<Excerpt>,
    /// The excerpt that is being read.
    open: Excerpt,
    /// An empty line came, and what follows may be a body.
    after_empty: bool,
    in_body: bool,
    /// The expected length of the body.
    length: usize,
    /// Where the last header field may have been cut.
    cut: Cut,
}

impl Reader {
    fn line(&mut self, line: &Line) {
        let text = line.text.trim_end();
        let anchors = anchors::all(text);
        let first = anchors.first().map(|found| &found.anchor);
        let is_start = matches!(first, Some(Anchor::Request { .. } | Anchor::Response(_)));
        // A challenge or credentials alone may follow a message whose body was left out.
        let is_digest = matches!(first, Some(Anchor::Header(name)) if digest_name(name).is_some());
        if self.in_body && !is_start && !is_digest {
            return self.body(&line.text);
        }
        if self.in_body && is_digest {
            self.end();
        }
        if text.trim().is_empty() {
            self.after_empty = true;
            return;
        }
        if self.after_empty && !is_start && self.begins_body(text) {
            self.in_body = true;
            self.length = self.open.content_length().unwrap_or(MAX_MESSAGE);
            return self.body(&line.text);
        }
        let is_param = matches!(first, Some(Anchor::Header(name)) if is_param_name(name));
        let continues = !self.after_empty && is_param && self.ends_in_digest();
        self.after_empty = false;
        if anchors.is_empty() || continues {
            self.bare(text, line.number);
        } else {
            self.anchored(text, anchors, line.number);
        }
    }

    /// Whether the last header field so far holds a challenge or credentials.
    fn ends_in_digest(&self) -> bool {
        let last = self.open.fields.last();
        last.is_some_and(|field| digest_name(&field.name).is_some())
    }

    /// A line with one or more places where a message or a header field begins.
    fn anchored(&mut self, text: &str, anchors: Vec<Found<'_>>, number: usize) {
        let mut at = 0;
        for found in anchors {
            let before = text[at..found.at].trim();
            if at > 0 || is_params(before) {
                let is_field = matches!(found.anchor, Anchor::Header(_));
                self.append(if is_field {
                    before
                } else {
                    without_noise(before)
                });
            }
            at = found.end;
            match found.anchor {
                Anchor::Request { method, uri } => self.start(Start::Request {
                    method: method.to_owned(),
                    uri: uri.to_owned(),
                }),
                Anchor::Response(status) => self.start(Start::Response(status)),
                Anchor::Header(name) => self.field(name, "", number),
            }
        }
        self.append(text[at..].trim());
    }

    /// A line that begins nothing: the rest of a wrapped header field, or noise.
    fn bare(&mut self, text: &str, number: usize) {
        let trimmed = text.trim();
        if let Some(at) = digest(trimmed) {
            let value = &trimmed[at..];
            let is_empty = |field: &Field| field.value.is_empty();
            let awaits_value =
                self.ends_in_digest() && self.open.fields.last().is_some_and(is_empty);
            if !awaits_value {
                let name = if value.contains("response") {
                    HeaderName::Authorization
                } else {
                    HeaderName::WwwAuthenticate
                };
                return self.field(name.as_str(), value, number);
            }
        }
        let is_digest = self.ends_in_digest();
        let Some(Field { value, .. }) = self.open.fields.last() else {
            return;
        };
        let is_open = self.cut.in_quotes || value.ends_with('=') || value.is_empty();
        if is_digest && (is_open || completes_name(value, trimmed)) {
            return self.append(trimmed);
        }
        match first_param(trimmed) {
            Some(at) if is_digest => self.append(&trimmed[at..]),
            None if !is_digest && text.starts_with(' ') => self.append(trimmed),
            _ => {}
        }
    }

    fn start(&mut self, start: Start) {
        self.end();
        self.open.start = Some(start);
    }

    /// Ends the open excerpt, if there is one.
    fn end(&mut self) {
        let mut excerpt = std::mem::take(&mut self.open);
        self.after_empty = false;
        self.in_body = false;
        if let Some(length) = excerpt.content_length() {
            excerpt.body.truncate(length);
        }
        if excerpt.start.is_some() || !excerpt.fields.is_empty() {
            self.excerpts.push(excerpt);
        }
    }

    fn field(&mut self, name: &str, value: &str, line: usize) {
        if self.open.fields.len() == MOST_FIELDS {
            self.open.fields.pop();
        }
        self.cut = Cut::default();
        self.open.fields.push(Field {
            name: name.to_owned(),
            value: String::new(),
            line,
        });
        self.append(value);
    }

    fn append(&mut self, more: &str) {
        let is_digest = self.ends_in_digest();
        if let Some(field) = self.open.fields.last_mut() {
            self.cut.join(&mut field.value, more, is_digest);
        }
    }

    fn begins_body(&self, text: &str) -> bool {
        let is_announced = match self.open.content_length() {
            Some(length) => length > 0,
            None => self.open.value(HeaderName::ContentType).is_some(),
        };
        is_announced || text == "v=0"
    }

    fn body(&mut self, line: &str) {
        if self.open.body.len() >= self.length.min(MAX_MESSAGE) {
            // What follows the announced length is the next message, or noise.
            return;
        }
        self.open.body.extend_from_slice(&octets::bytes(line));
        self.open.body.extend(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(text: &str) -> Excerpt {
        let mut excerpts = read(text);
        assert_eq!(excerpts.len(), 1, "{excerpts:#?}");
        excerpts.remove(0)
    }

    #[test]
    fn a_value_cut_in_two_is_joined_without_a_space_and_a_realm_with_one() {
        let text = "Authorization: Digest realm=\"two\nwords\", nonce=\"4627\n  91f0\", uri=\"x\"";
        assert_eq!(
            only(text).value(HeaderName::Authorization),
            Some("Digest realm=\"two words\", nonce=\"462791f0\", uri=\"x\"")
        );
    }

    #[test]
    fn noise_between_header_fields_is_left_out() {
        let text = "To: <sip:10@h>\n```\n\n```\nContact: <sip:10@c>\n-----\nCSeq: 1 INVITE";
        let names: Vec<String> = only(text).fields.into_iter().map(|f| f.name).collect();
        assert_eq!(names, ["To", "Contact", "CSeq"]);
    }

    #[test]
    fn a_body_is_as_long_as_announced_and_has_the_line_ends_of_sip() {
        let text = "INVITE sip:11@h SIP/2.0\nContent-Length: 12\n\nv=0\ns=-\nt=0 0\n\nBYE sip:11@h SIP/2.0\n";
        let excerpts = read(text);
        assert_eq!(excerpts[0].body, b"v=0\r\ns=-\r\nt=");
        assert_eq!(excerpts[1].method(), Some("BYE"));
    }

    #[test]
    fn everything_on_one_line_is_taken_apart() {
        let text = "SIP/2.0 407 Proxy Authentication Required Via: SIP/2.0/UDP h;branch=z To: <sip:11@h>;tag=1 Proxy-Authenticate: Digest realm=\"h\", nonce=\"n\" ACK sip:11@h SIP/2.0 Via: x";
        let excerpts = read(text);
        assert_eq!(excerpts.len(), 2, "{excerpts:#?}");
        assert_eq!(excerpts[0].start, Some(Start::Response(407)));
        assert_eq!(
            excerpts[0].value(HeaderName::ProxyAuthenticate),
            Some("Digest realm=\"h\", nonce=\"n\"")
        );
    }

    #[test]
    fn credentials_without_their_header_name_are_found() {
        let excerpt = only("Digest username=\"10\", response=\"x\"");
        assert!(excerpt.value(HeaderName::Authorization).is_some());
    }
}
