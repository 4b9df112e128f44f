//! Which header fields this crate knows by name, and how their names are written.

/// A header field that a registrar and proxy reads or writes. Every other field has no `HeaderName`
/// and passes through unchanged; [`crate::Message::other`] finds it by its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is the header field it is named after")]
pub enum HeaderName {
    Allow,
    Authorization,
    CallId,
    Contact,
    ContentLength,
    ContentType,
    CSeq,
    Date,
    Event,
    Expires,
    From,
    MaxBreadth,
    MaxForwards,
    MinExpires,
    Path,
    ProxyAuthenticate,
    ProxyAuthorization,
    ProxyRequire,
    RecordRoute,
    Require,
    RetryAfter,
    Route,
    Supported,
    Timestamp,
    To,
    Unsupported,
    UserAgent,
    Via,
    WwwAuthenticate,
}

/// Full name, compact form (RFC 3261 §7.3.3) and the header field it means.
const NAMES: [(&str, Option<u8>, HeaderName); 29] = [
    ("Allow", None, HeaderName::Allow),
    ("Authorization", None, HeaderName::Authorization),
    ("Call-ID", Some(b'i'), HeaderName::CallId),
    ("Contact", Some(b'm'), HeaderName::Contact),
    ("Content-Length", Some(b'l'), HeaderName::ContentLength),
    ("Content-Type", Some(b'c'), HeaderName::ContentType),
    ("CSeq", None, HeaderName::CSeq),
    ("Date", None, HeaderName::Date),
    ("Event", Some(b'o'), HeaderName::Event),
    ("Expires", None, HeaderName::Expires),
    ("From", Some(b'f'), HeaderName::From),
    ("Max-Breadth", None, HeaderName::MaxBreadth),
    ("Max-Forwards", None, HeaderName::MaxForwards),
    ("Min-Expires", None, HeaderName::MinExpires),
    ("Path", None, HeaderName::Path),
    ("Proxy-Authenticate", None, HeaderName::ProxyAuthenticate),
    ("Proxy-Authorization", None, HeaderName::ProxyAuthorization),
    ("Proxy-Require", None, HeaderName::ProxyRequire),
    ("Record-Route", None, HeaderName::RecordRoute),
    ("Require", None, HeaderName::Require),
    ("Retry-After", None, HeaderName::RetryAfter),
    ("Route", None, HeaderName::Route),
    ("Supported", Some(b'k'), HeaderName::Supported),
    ("Timestamp", None, HeaderName::Timestamp),
    ("To", Some(b't'), HeaderName::To),
    ("Unsupported", None, HeaderName::Unsupported),
    ("User-Agent", None, HeaderName::UserAgent),
    ("Via", Some(b'v'), HeaderName::Via),
    ("WWW-Authenticate", None, HeaderName::WwwAuthenticate),
];

/// Compact forms of names that [`HeaderName`] does not list (IANA's registry of header fields).
const OTHER_COMPACT: [(u8, &str); 11] = [
    (b'a', "Accept-Contact"),
    (b'b', "Referred-By"),
    (b'd', "Request-Disposition"),
    (b'e', "Content-Encoding"),
    (b'j', "Reject-Contact"),
    (b'n', "Identity-Info"),
    (b'r', "Refer-To"),
    (b's', "Subject"),
    (b'u', "Allow-Events"),
    (b'x', "Session-Expires"),
    (b'y', "Identity"),
];

/// Every full name that has a compact form or that [`HeaderName`] lists.
pub fn full_names() -> impl Iterator<Item = &'static str> {
    let listed = NAMES.iter().map(|(full, ..)| *full);
    listed.chain(OTHER_COMPACT.iter().map(|(_, full)| *full))
}

/// The full name of a header field in its compact form (RFC 3261 §7.3.3); any other name is
/// returned as it is.
pub fn full_name(written: &[u8]) -> &[u8] {
    let [compact] = written else {
        return written;
    };
    let compact = compact.to_ascii_lowercase();
    let listed = NAMES
        .iter()
        .filter_map(|(full, short, _)| Some((short.as_ref()?, *full)));
    let others = OTHER_COMPACT.iter().map(|(short, full)| (short, *full));
    let found = listed.chain(others).find(|(short, _)| **short == compact);
    found.map_or(written, |(_, full)| full.as_bytes())
}

impl HeaderName {
    /// The full name, as this crate writes it.
    pub fn as_str(self) -> &'static str {
        NAMES.get(self as usize).map_or("", |(full, ..)| full)
    }

    /// Reads a name in any case or a compact form (§7.3.1, §7.3.3); `None` for one that is not
    /// listed here.
    pub(crate) fn from_bytes(name: &[u8]) -> Option<Self> {
        Some(match name {
            // Nearly every phone writes names as RFC 3261 does.
            b"Allow" => Self::Allow,
            b"Authorization" => Self::Authorization,
            b"Call-ID" => Self::CallId,
            b"Contact" => Self::Contact,
            b"Content-Length" => Self::ContentLength,
            b"Content-Type" => Self::ContentType,
            b"CSeq" => Self::CSeq,
            b"Date" => Self::Date,
            b"Event" => Self::Event,
            b"Expires" => Self::Expires,
            b"From" => Self::From,
            b"Max-Breadth" => Self::MaxBreadth,
            b"Max-Forwards" => Self::MaxForwards,
            b"Min-Expires" => Self::MinExpires,
            b"Path" => Self::Path,
            b"Proxy-Authenticate" => Self::ProxyAuthenticate,
            b"Proxy-Authorization" => Self::ProxyAuthorization,
            b"Proxy-Require" => Self::ProxyRequire,
            b"Record-Route" => Self::RecordRoute,
            b"Require" => Self::Require,
            b"Retry-After" => Self::RetryAfter,
            b"Route" => Self::Route,
            b"Supported" => Self::Supported,
            b"Timestamp" => Self::Timestamp,
            b"To" => Self::To,
            b"Unsupported" => Self::Unsupported,
            b"User-Agent" => Self::UserAgent,
            b"Via" => Self::Via,
            b"WWW-Authenticate" => Self::WwwAuthenticate,
            [compact] => return Self::from_compact(compact.to_ascii_lowercase()),
            _ => return Self::from_any_case(name),
        })
    }

    fn from_any_case(name: &[u8]) -> Option<Self> {
        let is = |full: &str| full.as_bytes().eq_ignore_ascii_case(name);
        let found = NAMES.iter().find(|(full, ..)| is(full));
        found.map(|(.., name)| *name)
    }

    fn from_compact(letter: u8) -> Option<Self> {
        let found = NAMES.iter().find(|(_, short, _)| *short == Some(letter));
        found.map(|(.., name)| *name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_the_table_is_read_and_written() {
        for (index, (full, _, name)) in NAMES.iter().enumerate() {
            assert_eq!(*name as usize, index, "{full}");
            assert_eq!(
                HeaderName::from_bytes(full.as_bytes()),
                Some(*name),
                "{full}"
            );
        }
    }

    #[test]
    fn a_name_is_read_in_any_case_and_compact() {
        assert_eq!(HeaderName::from_bytes(b"cAlL-iD"), Some(HeaderName::CallId));
        assert_eq!(HeaderName::from_bytes(b"I"), Some(HeaderName::CallId));
        assert_eq!(HeaderName::from_bytes(b"X-Via"), None);
    }
}
