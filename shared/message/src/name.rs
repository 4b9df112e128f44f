/// The header fields a registrar and proxy reads or writes; every other one is [`Name::Other`]
/// and travels untouched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // each is the header field it is named after
pub enum Name {
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
    To,
    Unsupported,
    UserAgent,
    Via,
    WwwAuthenticate,
    Other,
}

/// Full name, compact form (RFC 3261 §7.3.3) and what it stands for.
const NAMES: [(&str, Option<u8>, Name); 28] = [
    ("Allow", None, Name::Allow),
    ("Authorization", None, Name::Authorization),
    ("Call-ID", Some(b'i'), Name::CallId),
    ("Contact", Some(b'm'), Name::Contact),
    ("Content-Length", Some(b'l'), Name::ContentLength),
    ("Content-Type", Some(b'c'), Name::ContentType),
    ("CSeq", None, Name::CSeq),
    ("Date", None, Name::Date),
    ("Event", Some(b'o'), Name::Event),
    ("Expires", None, Name::Expires),
    ("From", Some(b'f'), Name::From),
    ("Max-Breadth", None, Name::MaxBreadth),
    ("Max-Forwards", None, Name::MaxForwards),
    ("Min-Expires", None, Name::MinExpires),
    ("Path", None, Name::Path),
    ("Proxy-Authenticate", None, Name::ProxyAuthenticate),
    ("Proxy-Authorization", None, Name::ProxyAuthorization),
    ("Proxy-Require", None, Name::ProxyRequire),
    ("Record-Route", None, Name::RecordRoute),
    ("Require", None, Name::Require),
    ("Retry-After", None, Name::RetryAfter),
    ("Route", None, Name::Route),
    ("Supported", Some(b'k'), Name::Supported),
    ("To", Some(b't'), Name::To),
    ("Unsupported", None, Name::Unsupported),
    ("User-Agent", None, Name::UserAgent),
    ("Via", Some(b'v'), Name::Via),
    ("WWW-Authenticate", None, Name::WwwAuthenticate),
];

impl Name {
    /// The full name, as this crate writes it; empty for [`Name::Other`].
    pub fn as_str(self) -> &'static str {
        NAMES.get(self as usize).map_or("", |(full, ..)| full)
    }

    /// Reads a name of any case or a compact form (§7.3.1, §7.3.3).
    pub(crate) fn from_bytes(name: &[u8]) -> Self {
        let found = match name {
            [compact] => NAMES
                .iter()
                .find(|(_, short, _)| *short == Some(compact.to_ascii_lowercase())),
            _ => NAMES
                .iter()
                .find(|(full, ..)| full.as_bytes().eq_ignore_ascii_case(name)),
        };
        found.map_or(Self::Other, |(.., name)| *name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (index, (full, _, name)) in NAMES.iter().enumerate() {
            assert_eq!(*name as usize, index, "{full}");
        }
    }

    #[test]
    fn a_name_is_read_in_any_case_and_compact() {
        assert_eq!(Name::from_bytes(b"cAlL-iD"), Name::CallId);
        assert_eq!(Name::from_bytes(b"I"), Name::CallId);
        assert_eq!(Name::from_bytes(b"X-Via"), Name::Other);
    }
}
