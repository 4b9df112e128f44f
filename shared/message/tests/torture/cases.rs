//! The cases of RFC 4475 and RFC 5118, each with a message of our own that poses the same
//! problem: the bytes, what becomes of them in a parser, and what a server may answer.
//!
//! The server of the messages is the registrar and proxy of `sip.example`, and of the address
//! `[2001:db8:5::15]`; no phone is registered there.

#![allow(dead_code, reason = "each test file uses its part")]

/// One case.
pub(crate) struct Case {
    /// The name the RFC gives it, also the file's.
    pub(crate) name: &'static str,
    /// The message.
    pub(crate) bytes: &'static [u8],
    /// What parsing alone must make of it.
    pub(crate) parsed: Parsed,
    /// The final answers a whole server may give; none is silence.
    pub(crate) answers: &'static [u16],
}

/// What parsing makes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parsed {
    /// A request that can be served.
    Request,
    /// A response.
    Response,
    /// A request that is answered with this status, for a fault in this part.
    Refused(u16, &'static str),
    /// Nothing that may be answered.
    Silence,
}

use Parsed::{Refused, Request, Response, Silence};

macro_rules! cases {
    ($rfc:literal: $($name:literal $parsed:expr, $answers:expr;)*) => {
        &[$(Case {
            name: $name,
            bytes: include_bytes!(concat!($rfc, "/", $name, ".sip")),
            parsed: $parsed,
            answers: &$answers,
        }),*]
    };
}

/// RFC 4475, in its order.
#[rustfmt::skip]
pub(crate) const RFC4475: &[Case] = cases! { "rfc4475":
    // §3.1.1 valid
    "wsinv"      Request, [403, 404, 481];
    "intmeth"    Request, [404, 405, 501];
    "esc01"      Request, [404];
    "escnull"    Request, [200];
    "esc02"      Request, [404, 405, 501];
    "lwsdisp"    Request, [404];
    "longreq"    Request, [404];
    "dblreq"     Request, [200];
    "semiuri"    Request, [404];
    "transports" Request, [404];
    "mpart01"    Request, [404];
    "unreason"   Response, [];
    "noreason"   Response, [];
    // §3.1.2 invalid
    "badinv01"   Refused(400, "Via"), [400];
    "clerr"      Refused(400, "Content-Length"), [400];
    "ncl"        Refused(400, "Content-Length"), [400];
    "scalar02"   Refused(400, "CSeq"), [400];
    "scalarlg"   Silence, [];
    "quotbal"    Refused(400, "To"), [400];
    "ltgtruri"   Refused(400, "Request-URI"), [400];
    "lwsruri"    Refused(400, "Request-URI"), [400];
    "lwsstart"   Refused(400, "Request-URI"), [400];
    "trws"       Refused(400, "request line"), [400];
    "escruri"    Refused(400, "Request-URI"), [400];
    "baddate"    Request, [404];
    "regbadct"   Refused(400, "Contact"), [400];
    "badaspec"   Refused(400, "To"), [400];
    "baddn"      Refused(400, "From"), [400];
    "badvers"    Refused(505, "request line"), [505];
    "mismatch01" Refused(400, "CSeq"), [400];
    "mismatch02" Refused(400, "CSeq"), [400];
    "bigcode"    Silence, [];
    // §3.2 transactions
    "badbranch"  Request, [404];
    // §3.3 applications
    "insuf"      Refused(400, "From"), [400];
    "unkscm"     Request, [416];
    "novelsc"    Request, [416];
    "unksm2"     Request, [400];
    "bext01"     Request, [420];
    "invut"      Request, [404];
    "regaut01"   Request, [200];
    "multi01"    Refused(400, "Max-Forwards"), [400];
    "mcl01"      Refused(400, "Content-Length"), [400];
    "bcast"      Response, [];
    "zeromf"     Request, [483];
    "cparam01"   Request, [200];
    "cparam02"   Request, [200];
    "regescrt"   Request, [200];
    "sdp01"      Request, [404];
    // §3.4 older versions
    "inv2543"    Request, [404];
};

/// RFC 5118, in its order.
#[rustfmt::skip]
pub(crate) const RFC5118: &[Case] = cases! { "rfc5118":
    "ipv6-good"                     Request, [200];
    "ipv6-bad"                      Refused(400, "Request-URI"), [400];
    "port-ambiguous"                Request, [403];
    "port-unambiguous"              Request, [200, 403];
    "via-received-param-with-delim" Request, [403, 404, 405, 481];
    "via-received-param-no-delim"   Request, [200];
    "ipv6-in-sdp"                   Request, [404];
    "mult-ip-in-header"             Request, [403, 404, 481];
    "mult-ip-in-sdp"                Request, [404];
    "ipv4-mapped-ipv6"              Request, [404];
    "ipv6-bug-abnf-3-colons"        Request, [403];
    "ipv6-correct-abnf-2-colons"    Request, [403];
};

/// The message of a case.
pub(crate) fn message(name: &str) -> &'static [u8] {
    let mut cases = RFC4475.iter().chain(RFC5118);
    let case = cases.find(|case| case.name == name);
    case.map_or_else(|| panic!("no case {name}"), |case| case.bytes)
}
