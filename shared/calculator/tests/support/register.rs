//! A registration whose answer can be made with any mistake.

use super::{explain, md5};

/// The nonce of the challenge.
pub const NONCE: &str = "462791f06aa9b37a34fd11b1adc58c5a9df7c95b";
/// The Request-URI, and the uri of the answer.
pub const URI: &str = "sip:sip.example.com:5080;transport=tcp";

/// A REGISTER that answers a challenge with this response, and more parameters.
pub fn register(response: &str, more: &str) -> String {
    format!(
        "SIP/2.0 401 Unauthorized\r\n\
         Call-ID: 1@192.168.1.10\r\n\
         WWW-Authenticate: Digest realm=\"Registrar\", nonce=\"{NONCE}\", opaque=\"0paque\"\r\n\r\n\
         REGISTER {URI} SIP/2.0\r\n\
         Via: SIP/2.0/TCP 192.168.1.10:5060;branch=z9hG4bKx\r\n\
         From: \"Ten\" <sip:10@example.com>;tag=1\r\n\
         To: <sip:10@example.com>\r\n\
         Call-ID: 1@192.168.1.10\r\n\
         CSeq: 2 REGISTER\r\n\
         Contact: <sip:10-x@192.168.1.10:5060;line=7>\r\n\
         Authorization: Digest username=\"10\", realm=\"Registrar\", nonce=\"{NONCE}\", \
         uri=\"{URI}\", opaque=\"0paque\", response=\"{response}\"{more}\r\n\
         Content-Length: 0\r\n\r\n"
    )
}

/// The response of RFC 2069 for these texts.
pub fn response(a1: &str, nonce: &str, a2: &str) -> String {
    md5(&format!("{}:{nonce}:{}", md5(a1), md5(a2)))
}

/// What HA1 is the hash of.
pub const A1: &str = "10:Registrar:Abc10";

/// What HA2 is the hash of.
pub fn a2() -> String {
    format!("REGISTER:{URI}")
}

/// Explains it, and expects these words for what fits.
pub fn fits(text: &str, words: &str) {
    let run = explain(text, "Abc10");
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    let line = run.out.lines().find(|line| line.starts_with("What fits:"));
    let line = line.unwrap_or_else(|| panic!("nothing fits: {}", run.out));
    assert!(line.contains(words), "{words}: {line}");
    assert!(!line.contains("; and with"), "{line}");
}
