//! What each header field, each parameter of a challenge and each kind of first line is for, in one
//! line.

use sip_message::full_name;

/// Every header field of the exchanges, and those that phones and servers send most.
const HEADER_FIELDS: &[(&str, &str)] = &[
    (
        "Via",
        "The way back: everyone who sends the request on adds a Via, and the answer follows them.",
    ),
    (
        "Max-Forwards",
        "Hops that are left. Each proxy takes one away, so nothing goes in circles.",
    ),
    (
        "From",
        "Who sends the request. Its tag is the caller's half of the call's name.",
    ),
    (
        "To",
        "Who the request is for. The answer adds a tag, the other half of the call's name.",
    ),
    (
        "Call-ID",
        "The name of this call, or of this phone's registrations.",
    ),
    (
        "CSeq",
        "Counts the requests of one call. A response repeats it, so both belong together.",
    ),
    ("Contact", "Where the sender can be reached directly."),
    ("Expires", "How many seconds a binding lasts; 0 ends it."),
    (
        "Content-Length",
        "The length of the body in bytes. On TCP it shows where the message ends.",
    ),
    ("Content-Type", "What the body is."),
    (
        "Record-Route",
        "A proxy stays on the path: later requests of this call come through it.",
    ),
    (
        "Route",
        "The proxies that the request has to pass, copied from Record-Route.",
    ),
    ("Date", "The time of the server's clock."),
    (
        "WWW-Authenticate",
        "The challenge of a registrar: prove that you know the password.",
    ),
    (
        "Authorization",
        "The answer to a registrar's challenge. The password itself is never sent.",
    ),
    (
        "Proxy-Authenticate",
        "The challenge of a proxy: prove that you know the password.",
    ),
    (
        "Proxy-Authorization",
        "The answer to a proxy's challenge. The password itself is never sent.",
    ),
    ("User-Agent", "Make and version of the phone."),
    (
        "P-Asserted-Identity",
        "Who is calling, as the sender has verified it (RFC 3325).",
    ),
    (
        "Privacy",
        "What must not be shown to the other side (RFC 3323).",
    ),
    ("Allow", "The methods that the sender understands."),
    (
        "Max-Breadth",
        "How many phones may ring at one time. A fork shares it out (RFC 5393).",
    ),
    (
        "Require",
        "Extensions that the other side has to know, or else refuse the request.",
    ),
    (
        "Proxy-Require",
        "Extensions that every proxy on the way has to know, or else refuse.",
    ),
    (
        "Unsupported",
        "The extensions of Require that are not known here.",
    ),
    ("Supported", "The extensions that the sender knows."),
    (
        "Min-Expires",
        "The shortest time for which this registrar takes a binding, in seconds.",
    ),
    (
        "Retry-After",
        "How many seconds to wait before the next try.",
    ),
    (
        "Timestamp",
        "When the request was sent. A response repeats it, to measure the way there and back.",
    ),
    ("Event", "What a NOTIFY or SUBSCRIBE is about."),
    (
        "Path",
        "Proxies between the registrar and the phone, which a call to it has to pass (RFC 3327).",
    ),
    ("Subject", "What the call is about, for people."),
    ("Accept", "The kinds of body that the sender can read."),
    ("Server", "Make and version of the server."),
    ("Warning", "More about a refusal, for people."),
];

/// The parameters of challenges and credentials (RFC 2617 §3.2).
const PARAMETERS: &[(&str, &str)] = &[
    (
        "realm",
        "which password is meant: that of this server's users",
    ),
    (
        "nonce",
        "a text of the server's, good for a short time, so that no answer can be used for ever",
    ),
    (
        "qop",
        "auth: the answer also counts the uses of the nonce, and adds a text of the phone's",
    ),
    ("algorithm", "the hash function; MD5 if it is not given"),
    (
        "stale",
        "true: the password was right, but the nonce was too old",
    ),
    ("opaque", "a text of the server's that the answer repeats"),
    ("domain", "the URIs for which the same password holds"),
    ("username", "who the phone says it is"),
    (
        "uri",
        "where the request goes. It is hashed too, so the answer fits this one alone",
    ),
    (
        "response",
        "the proof: a hash of the password and all the values beside it",
    ),
    (
        "nc",
        "how often this nonce has been used, in hex. It has to rise, so nothing is played again",
    ),
    (
        "cnonce",
        "a text of the phone's, so that a false server cannot choose all that is hashed",
    ),
];

/// What a header field is for, in one line. `name` is as it was written: any case, or compact.
/// `None` for one that the course does not use.
pub fn purpose(name: &str) -> Option<&'static str> {
    let name = std::str::from_utf8(full_name(name.as_bytes())).ok()?;
    let found = |(it, _): &&(&str, &str)| it.eq_ignore_ascii_case(name);
    HEADER_FIELDS.iter().find(found).map(|(_, text)| *text)
}

/// What a parameter of a challenge or of credentials is for.
pub(crate) fn of_parameter(name: &str) -> &'static str {
    let found = |(it, _): &&(&str, &str)| it.eq_ignore_ascii_case(name);
    PARAMETERS
        .iter()
        .find(found)
        .map_or("an extension", |(_, text)| text)
}

/// What a request's first line is.
pub(crate) const REQUEST_LINE: &str =
    "Method, Request-URI, version. The Request-URI is where this copy goes next.";

/// What the first digit of a response's status code means (RFC 3261 §7.2).
pub(crate) fn of_status(status: u16) -> &'static str {
    match status / 100 {
        1 => "1xx is not the end: the request is being worked on.",
        2 => "2xx: it worked.",
        3 => "3xx: try somewhere else.",
        4 => "4xx: not like this. Another request may work.",
        5 => "5xx: the server failed.",
        _ => "6xx: nobody will take it, anywhere.",
    }
}
