//! What a paste holds: a message, or a part of one.

use sip_message::HeaderName;

use crate::digest::Digest;
use crate::octets;

/// The first line of a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Start {
    /// A request line.
    Request {
        /// The method as written.
        method: String,
        /// The Request-URI as written.
        uri: String,
    },
    /// The status code of a response.
    Response(u16),
}

/// A header field, unfolded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name as written; compact forms are replaced by the full name.
    pub name: String,
    /// Its value on one line.
    pub value: String,
    /// The line of the text it begins on, from 1.
    pub line: usize,
}

/// A message, or header fields without a first line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// The first line, if the text has it.
    pub start: Option<Start>,
    /// The header fields in order.
    pub fields: Vec<Field>,
    /// The body, with the line ends of SIP.
    pub body: Vec<u8>,
}

/// The header fields that carry a challenge.
const CHALLENGES: [HeaderName; 2] = [HeaderName::WwwAuthenticate, HeaderName::ProxyAuthenticate];

/// The header fields that carry credentials.
const CREDENTIALS: [HeaderName; 2] = [HeaderName::Authorization, HeaderName::ProxyAuthorization];

impl Excerpt {
    /// The value of the first header field of this name.
    pub fn value(&self, name: HeaderName) -> Option<&str> {
        let same = |field: &&Field| field.name.eq_ignore_ascii_case(name.as_str());
        self.fields.iter().find(same).map(|f| f.value.as_str())
    }

    /// The method, from the request line or else from CSeq.
    pub fn method(&self) -> Option<&str> {
        match &self.start {
            Some(Start::Request { method, .. }) => Some(method),
            _ => self.value(HeaderName::CSeq)?.split_whitespace().nth(1),
        }
    }

    /// The Request-URI.
    pub fn request_uri(&self) -> Option<&str> {
        match &self.start {
            Some(Start::Request { uri, .. }) => Some(uri),
            _ => None,
        }
    }

    /// The challenges of the Digest scheme.
    pub fn challenges(&self) -> Vec<Digest> {
        self.digests(CHALLENGES)
    }

    /// The credentials of the Digest scheme.
    pub fn credentials(&self) -> Vec<Digest> {
        self.digests(CREDENTIALS)
    }

    fn digests(&self, names: [HeaderName; 2]) -> Vec<Digest> {
        let digest = |field: &Field| {
            let name = digest_name(&field.name).filter(|name| names.contains(name))?;
            Digest::read(name, &field.value, field.line)
        };
        self.fields.iter().filter_map(digest).collect()
    }

    /// The request as it goes over the wire; `None` if this is not a request.
    pub fn request(&self) -> Option<Vec<u8>> {
        let Some(Start::Request { method, uri }) = &self.start else {
            return None;
        };
        let mut head = format!("{method} {uri} SIP/2.0\r\n");
        for Field { name, value, .. } in &self.fields {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let mut bytes = octets::bytes(&head).into_owned();
        bytes.extend_from_slice(&self.body);
        Some(bytes)
    }

    pub(crate) fn content_length(&self) -> Option<usize> {
        self.value(HeaderName::ContentLength)?.trim().parse().ok()
    }
}

/// The header field with a challenge or credentials that has this name.
pub(crate) fn digest_name(name: &str) -> Option<HeaderName> {
    let mut names = CHALLENGES.into_iter().chain(CREDENTIALS);
    names.find(|known| known.as_str().eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use crate::read;

    #[test]
    fn a_pasted_request_goes_over_the_wire() {
        let text = "
            MESSAGE sip:11@h SIP/2.0
            v: SIP/2.0/UDP h;branch=z9hG4bK1
            X-Serial: 7
            Authorization: Digest username=\"10\",
              realm=\"r\"
            Content-Length: 7

            hello
            ```";
        let wire = "MESSAGE sip:11@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n\
                    X-Serial: 7\r\nAuthorization: Digest username=\"10\", realm=\"r\"\r\n\
                    Content-Length: 7\r\n\r\nhello\r\n";
        let request = read(text)[0].request().unwrap();
        assert_eq!(String::from_utf8(request).unwrap(), wire);
    }

    #[test]
    fn a_response_is_not_a_request() {
        assert_eq!(read("SIP/2.0 200 OK\nTo: x")[0].request(), None);
    }
}
