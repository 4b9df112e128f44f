//! Names by which a message is recognised: of header fields and of methods.

/// Header fields that are recognised in the middle of a line, after whatever a log puts there.
pub(super) const KNOWN: [&str; 44] = [
    "Accept",
    "Allow",
    "Allow-Events",
    "Authentication-Info",
    "Authorization",
    "Call-ID",
    "Contact",
    "Content-Disposition",
    "Content-Length",
    "Content-Type",
    "CSeq",
    "Date",
    "Event",
    "Expires",
    "From",
    "Host",
    "Max-Forwards",
    "Min-Expires",
    "Min-SE",
    "Organization",
    "P-Asserted-Identity",
    "P-hint",
    "P-Preferred-Identity",
    "Path",
    "Privacy",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Proxy-Require",
    "Record-Route",
    "Refer-To",
    "Referred-By",
    "Reply-To",
    "Require",
    "Retry-After",
    "Route",
    "Server",
    "Session-Expires",
    "Subject",
    "Supported",
    "To",
    "User-Agent",
    "Via",
    "Warning",
    "WWW-Authenticate",
];

/// The methods of SIP, which are recognised in the middle of a line, too.
pub(crate) const METHODS: [&str; 14] = [
    "REGISTER",
    "INVITE",
    "ACK",
    "BYE",
    "CANCEL",
    "OPTIONS",
    "MESSAGE",
    "SUBSCRIBE",
    "NOTIFY",
    "REFER",
    "PUBLISH",
    "INFO",
    "PRACK",
    "UPDATE",
];

/// The known header field of this name, in any case.
pub(super) fn is_known(name: &str) -> Option<&'static str> {
    let mut known = KNOWN.into_iter();
    known.find(|known| known.eq_ignore_ascii_case(name))
}

/// The long name of a compact one (RFC 3261 §7.3.3).
pub(super) fn long_name(name: &str) -> &str {
    match name {
        "f" | "F" => "From",
        "t" | "T" => "To",
        "i" | "I" => "Call-ID",
        "m" | "M" => "Contact",
        "v" | "V" => "Via",
        "l" | "L" => "Content-Length",
        "c" | "C" => "Content-Type",
        _ => name,
    }
}
