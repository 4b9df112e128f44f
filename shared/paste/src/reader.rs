//! Lines to messages.

use sip_message::MAX_MESSAGE;

use super::anchors::{self, Anchor, Found};
use super::clean;
use super::fields::{
    completes_name, digest, first_param, is_digest_name, is_param_name, is_params, without_noise,
};
use super::line::Line;

/// No message has more header fields; the rest of such a text is no message.
const MOST_HEADERS: usize = 500;

/// The first line of a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Start {
    /// A request line.
    Request { method: String, uri: String },
    /// The status of a response.
    Response(u16),
}

/// A header field, unfolded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    /// Its name as it stands, compact ones made long.
    pub(crate) name: String,
    /// Its value on one line.
    pub(crate) value: String,
    /// The line of the text it begins on, from 1.
    pub(crate) line: usize,
}

/// A message, or header fields without a first line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) start: Option<Start>,
    pub(crate) headers: Vec<Header>,
    /// The body with the line ends of SIP.
    pub(crate) body: Vec<u8>,
}

impl Message {
    /// The value of the first header field of this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let same = |header: &&Header| header.name.eq_ignore_ascii_case(name);
        self.headers.iter().find(same).map(|h| h.value.as_str())
    }

    fn length(&self) -> Option<usize> {
        self.header("Content-Length")?.trim().parse().ok()
    }
}

/// The messages of a text.
pub(crate) fn messages(text: &str) -> Vec<Message> {
    let mut reader = Reader::default();
    for line in clean::lines(text) {
        reader.line(&line);
    }
    reader.end();
    reader.messages
}

#[derive(Default)]
struct Reader {
    messages: Vec<Message>,
    message: Message,
    /// An empty line came, and what follows may be a body.
    after_empty: bool,
    in_body: bool,
    /// How long the body is to be.
    length: usize,
    /// The last header field ends inside a quoted string.
    in_quotes: bool,
    /// The last parameter is a name, which may have blanks in it.
    in_words: bool,
}

impl Reader {
    fn line(&mut self, line: &Line) {
        let text = line.text.trim_end();
        let anchors = anchors::all(text);
        let starts = matches!(
            anchors.first().map(|found| &found.anchor),
            Some(Anchor::Request { .. } | Anchor::Response(_))
        );
        // An excerpt that is a digest header field alone may come behind a message whose body was
        // left out.
        let is_excerpt = matches!(
            anchors.first().map(|found| &found.anchor),
            Some(Anchor::Header(name)) if is_digest_name(name)
        );
        if self.in_body && !starts && !is_excerpt {
            return self.body(&line.text);
        }
        if self.in_body && is_excerpt {
            self.end();
        }
        if text.trim().is_empty() {
            self.after_empty = true;
            return;
        }
        if self.after_empty && !starts && self.begins_body(text) {
            self.in_body = true;
            self.length = self.message.length().unwrap_or(MAX_MESSAGE);
            return self.body(&line.text);
        }
        let is_param =
            |found: &Found<'_>| matches!(found.anchor, Anchor::Header(name) if is_param_name(name));
        let continues = !self.after_empty
            && anchors.first().is_some_and(is_param)
            && self
                .message
                .headers
                .last()
                .is_some_and(|h| is_digest_name(&h.name));
        self.after_empty = false;
        match anchors.is_empty() || continues {
            true => self.bare(text, line.number),
            false => self.anchored(text, anchors, line.number),
        }
    }

    /// A line with the start of a message or of a header field somewhere in it, or of several.
    fn anchored(&mut self, text: &str, anchors: Vec<Found<'_>>, number: usize) {
        let mut at = 0;
        for found in anchors {
            let before = text[at..found.at].trim();
            let is_start = !matches!(found.anchor, Anchor::Header(_));
            if at > 0 || is_params(before) {
                self.append(if is_start {
                    without_noise(before)
                } else {
                    before
                });
            }
            at = found.end;
            match found.anchor {
                Anchor::Request { method, uri } => self.start(Start::Request {
                    method: method.to_owned(),
                    uri: uri.to_owned(),
                }),
                Anchor::Response(status) => self.start(Start::Response(status)),
                Anchor::Header(name) => self.header(name, "", number),
            }
        }
        self.append(text[at..].trim());
    }

    /// A line that begins nothing: the rest of a wrapped header field, or noise.
    fn bare(&mut self, text: &str, number: usize) {
        let trimmed = text.trim();
        if let Some(at) = digest(trimmed) {
            let value = &trimmed[at..];
            let name = match value.contains("response") {
                true => "Authorization",
                false => "WWW-Authenticate",
            };
            let open = self.message.headers.last();
            if open.is_none_or(|header| !is_digest_name(&header.name) || !header.value.is_empty()) {
                return self.header(name, value, number);
            }
        }
        let Some(header) = self.message.headers.last() else {
            return;
        };
        let (value, is_digest) = (&header.value, is_digest_name(&header.name));
        let is_open = self.in_quotes || value.ends_with('=') || value.is_empty();
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
        self.message.start = Some(start);
    }

    /// Ends the message, if there is one.
    fn end(&mut self) {
        let mut message = std::mem::take(&mut self.message);
        (self.after_empty, self.in_body) = (false, false);
        if let Some(length) = message.length() {
            message.body.truncate(length);
        }
        if message.start.is_some() || !message.headers.is_empty() {
            self.messages.push(message);
        }
    }

    fn header(&mut self, name: &str, value: &str, line: usize) {
        if self.message.headers.len() == MOST_HEADERS {
            self.message.headers.pop();
        }
        (self.in_quotes, self.in_words) = (false, false);
        self.message.headers.push(Header {
            name: name.to_owned(),
            value: String::new(),
            line,
        });
        self.append(value);
    }

    fn append(&mut self, more: &str) {
        let Some(header) = self.message.headers.last_mut() else {
            return;
        };
        if header.value.len() + more.len() > MAX_MESSAGE {
            return;
        }
        let is_digest = is_digest_name(&header.name);
        let value = &mut header.value;
        // In JSON, the whole value has quotes around it.
        let more = match is_digest && value.is_empty() && more.starts_with("\"Digest") {
            true => &more[1..],
            false => more,
        };
        // A value that was cut in two had no blank there, unless it is one that may have some.
        let cut = is_digest && (self.in_quotes && !self.in_words || completes_name(value, more));
        if !value.is_empty() && !more.is_empty() && !cut {
            value.push(' ');
        }
        value.push_str(more);
        let bare = more.replace("\\\\", "").replace("\\\"", "");
        self.in_quotes ^= bare.matches(['"', '“', '”', '„']).count() % 2 == 1;
        if let Some(equals) = more.rfind('=') {
            let name = more[..equals].trim_end();
            self.in_words = name.ends_with("realm") || name.ends_with("username");
        }
    }

    fn begins_body(&self, text: &str) -> bool {
        let announced = match self.message.length() {
            Some(length) => length > 0,
            None => self.message.header("Content-Type").is_some(),
        };
        announced || text == "v=0"
    }

    fn body(&mut self, line: &str) {
        if self.message.body.len() >= self.length.min(MAX_MESSAGE) {
            // Beyond what was announced stands the next message, or noise.
            return;
        }
        self.message.body.extend(line.as_bytes());
        self.message.body.extend(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(text: &str) -> Message {
        let mut messages = messages(text);
        assert_eq!(messages.len(), 1, "{messages:#?}");
        messages.remove(0)
    }

    #[test]
    fn a_value_cut_in_two_is_joined_without_a_blank_and_a_realm_with_one() {
        let text = "Authorization: Digest realm=\"two\nwords\", nonce=\"4627\n  91f0\", uri=\"x\"";
        let message = only(text);
        assert_eq!(
            message.header("authorization"),
            Some("Digest realm=\"two words\", nonce=\"462791f0\", uri=\"x\"")
        );
    }

    #[test]
    fn noise_between_header_fields_is_left_out() {
        let text = "To: <sip:10@h>\n```\n\n```\nContact: <sip:10@c>\n-----\nCSeq: 1 INVITE";
        let names: Vec<String> = only(text).headers.into_iter().map(|h| h.name).collect();
        assert_eq!(names, ["To", "Contact", "CSeq"]);
    }

    #[test]
    fn a_body_is_what_its_length_says_and_has_the_line_ends_of_sip() {
        let text = "INVITE sip:11@h SIP/2.0\nContent-Length: 12\n\nv=0\ns=-\nt=0 0\n\nBYE sip:11@h SIP/2.0\n";
        let messages = messages(text);
        assert_eq!(messages[0].body, b"v=0\r\ns=-\r\nt=");
        assert!(
            matches!(&messages[1].start, Some(Start::Request { method, .. }) if method == "BYE")
        );
    }

    #[test]
    fn everything_on_one_line_is_taken_apart() {
        let text = "SIP/2.0 407 Proxy Authentication Required Via: SIP/2.0/UDP h;branch=z To: <sip:11@h>;tag=1 Proxy-Authenticate: Digest realm=\"h\", nonce=\"n\" ACK sip:11@h SIP/2.0 Via: x";
        let messages = messages(text);
        assert_eq!(messages.len(), 2, "{messages:#?}");
        assert_eq!(messages[0].start, Some(Start::Response(407)));
        assert_eq!(
            messages[0].header("Proxy-Authenticate"),
            Some("Digest realm=\"h\", nonce=\"n\"")
        );
    }

    #[test]
    fn credentials_without_their_header_name_are_found() {
        let message = only("Digest username=\"10\", response=\"x\"");
        assert!(message.header("Authorization").is_some());
    }
}
