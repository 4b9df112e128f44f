//! Programs that look for servers to break into and give their own name.

use sip_message::{HeaderName, Request};

/// Parts of the User-Agents of scanners, in lower case: the list in Kamailio 5.6's own kamailio.cfg
/// (route REQINIT), without `friendly`, as `scanner` already finds `friendly-scanner`.
const SCANNERS: [&str; 5] = [
    "scanner",
    "sipcli",
    "sipvicious",
    "vaxsipuseragent",
    "pplsip",
];

/// Whether the request's User-Agent is that of a well-known scanner. A reply would only show it that
/// a server is here. A scanner under another name is not detected: this keeps the log short, and
/// protects nothing.
#[track_caller]
pub fn is_scanner(request: &Request) -> bool {
    request.note_asked();
    let agent = request.value(HeaderName::UserAgent).unwrap_or_default();
    let agent = agent.to_ascii_lowercase();
    let holds = |name: &str| {
        agent
            .windows(name.len())
            .any(|part| part == name.as_bytes())
    };
    SCANNERS.into_iter().any(holds)
}

#[cfg(test)]
mod tests {
    use sip_message::fixture;

    use super::*;

    fn says(user_agent: &str) -> bool {
        let text = format!(
            "OPTIONS sip:192.168.1.15 SIP/2.0\r\nVia: SIP/2.0/UDP 192.168.1.66;branch=z9hG4bK1\r\n\
             From: <sip:100@1.1.1.1>;tag=a\r\nTo: <sip:100@1.1.1.1>\r\nCall-ID: 1\r\n\
             CSeq: 1 OPTIONS\r\n{user_agent}Content-Length: 0\r\n\r\n"
        );
        let arrival = fixture::arrival("192.168.1.15:5060", "192.168.1.66:5060", 0);
        is_scanner(&fixture::request(text, arrival))
    }

    #[test]
    fn scanners_are_known_by_their_user_agent() {
        for agent in [
            "friendly-scanner",
            "sipcli/v1.8",
            "SIPVicious",
            "VaxSIPUserAgent/3.1",
            "pplsip",
        ] {
            assert!(says(&format!("User-Agent: {agent}\r\n")), "{agent}");
        }
    }

    #[test]
    fn phones_are_not_scanners() {
        for agent in [
            "",
            "User-Agent: Grandstream BT110 1.0.8.33\r\n",
            "User-Agent:\r\n",
        ] {
            assert!(!says(agent), "{agent}");
        }
    }
}
