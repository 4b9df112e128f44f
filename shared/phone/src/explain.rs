//! The digest worked out by hand, as it goes over the wire.

use std::fmt::Write;

use sip_digest::{
    Algorithm, Calculation, Challenge, Credentials, Secret, challenges, responses_match,
};
use sip_message::{HeaderName, Message, Request, Response, printable};

use crate::realms::Realms;

/// What stands in for a password.
const MASK: &str = "*****";

/// What is known to check credentials with.
#[derive(Clone, Default)]
pub(crate) struct Known {
    /// The passwords that were given.
    pub(crate) realms: Realms,
    /// Whether it may be shown.
    pub(crate) show_password: bool,
}

/// What a challenge asks; empty for a response that holds none.
pub(crate) fn challenge(response: &Response) -> String {
    let mut out = String::new();
    for name in [HeaderName::WwwAuthenticate, HeaderName::ProxyAuthenticate] {
        for value in texts(response, name) {
            // Writing to a String cannot fail.
            for value in challenges(value) {
                let _ = match Challenge::parse(value) {
                    Some(Ok(challenge)) => write!(out, "{}", asked(&challenge)),
                    Some(Err(error)) => writeln!(out, "a challenge with an error: {error}"),
                    None => writeln!(out, "a challenge that is not Digest"),
                };
            }
        }
    }
    out
}

fn asked(challenge: &Challenge) -> String {
    let show = |text: &str| printable(text.as_bytes());
    let Challenge { realm, nonce, .. } = challenge;
    let algorithm = challenge.algorithm.unwrap_or(Algorithm::Md5).as_str();
    let mut out = format!(
        "the challenge: a password for the realm {}, hashed by {algorithm} with\n  nonce    = {}\n",
        show(realm),
        show(nonce)
    );
    if let Some(qop) = challenge.qop.first() {
        let _ = writeln!(
            out,
            "  qop      = {}: the answer counts its uses (nc) and adds a cnonce",
            qop.as_str()
        );
    }
    if challenge.stale {
        out += "  stale    = true: the password was right, the nonce was old\n";
    }
    out
}

/// How the credentials of a request come about; empty for a request that has none.
pub(crate) fn credentials(request: &Request, known: &Known) -> String {
    let mut out = String::new();
    for name in [HeaderName::Authorization, HeaderName::ProxyAuthorization] {
        for value in texts(request, name) {
            match Credentials::parse(value) {
                Some(Ok(credentials)) => out += &worked_out(&credentials, request, known),
                Some(Err(error)) => out += &format!("credentials with an error: {error}\n"),
                None => out += "credentials that are not Digest\n",
            }
        }
    }
    out
}

/// The credentials a proxy left in a request to this phone.
pub(crate) fn left_over(request: &Request) -> String {
    let values = texts(request, HeaderName::ProxyAuthorization);
    let parsed = values.filter_map(Credentials::parse).flatten();
    let told = |credentials: Credentials<'_>| {
        let show = |text: &str| printable(text.as_bytes());
        format!(
            "the credentials of {} for the realm {} came along: the proxy has not consumed them\n",
            show(credentials.username),
            show(credentials.realm)
        )
    };
    parsed.map(told).collect()
}

fn worked_out(credentials: &Credentials<'_>, request: &Request, known: &Known) -> String {
    let realms = &known.realms;
    let Some(password) = realms.password(credentials.realm).or(realms.any()) else {
        return format!(
            "credentials of {}; with --password they are worked out here\n",
            printable(credentials.username.as_bytes())
        );
    };
    let secret = Secret::Password(password);
    let method = request.method().as_str();
    let calculation = Calculation::new(credentials, secret, method, request.body());
    let algorithm = credentials.algorithm.function();
    let widest = calculation.steps.iter().map(|s| s.name.len()).max();
    let width = widest.unwrap_or_default();
    let mut out = "the answer, by hand:\n".to_owned();
    for step in &calculation.steps {
        let text = match step.text.strip_suffix(password) {
            Some(rest) if step.name == "HA1" && !known.show_password => format!("{rest}{MASK}"),
            _ => step.text.clone(),
        };
        let (name, text) = (step.name, printable(text.as_bytes()));
        let _ = writeln!(out, "  {name:width$} = {algorithm}({text})");
        let _ = writeln!(out, "  {:width$} = {}", "", step.hash);
    }
    if !responses_match(calculation.response(), credentials.response) {
        let sent = printable(credentials.response.as_bytes());
        let _ = writeln!(
            out,
            "  which is not the one sent, {sent}: another password, or something was changed"
        );
    }
    out
}

fn texts(message: &Message, name: HeaderName) -> impl Iterator<Item = &str> {
    let values = message.raw(name);
    values.filter_map(|value| std::str::from_utf8(value).ok())
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::time::SystemTime;

    use sip_message::{Arrival, Flow, Packet, Transport};

    use super::*;

    const PAPER: &str = "REGISTER sip:192.168.1.15 SIP/2.0\r\n\
        Via: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bKa468c8b72fe7a3a7\r\n\
        From: <sip:10@192.168.1.15>;tag=20321951e0685e4d\r\n\
        To: <sip:10@192.168.1.15>\r\n\
        Authorization: Digest username=\"10\", realm=\"192.168.1.15\", algorithm=MD5, \
        uri=\"sip:192.168.1.15\", nonce=\"462791f06aa9b37a34fd11b1adc58c5a9df7c95b\", \
        response=\"be9e8d46b8dcd522f22301e1f2b3287c\"\r\n\
        Call-ID: 33706713ea3b83fd@192.168.1.10\r\nCSeq: 101 REGISTER\r\n\r\n";

    fn request(text: &str) -> Request {
        let nobody = SocketAddr::from(([0, 0, 0, 0], 0));
        let flow = Flow {
            transport: Transport::Udp,
            local: nobody,
            remote: nobody,
            connection: None,
        };
        let at = SystemTime::UNIX_EPOCH;
        match sip_message::parse(text.into(), Arrival { flow, at }) {
            Ok(Packet::Request(request)) => request,
            other => panic!("{other:?}"),
        }
    }

    fn known(password: &str) -> Known {
        Known {
            realms: Realms::new(vec!["192.168.1.15".to_owned()], Some(password), &[]),
            show_password: false,
        }
    }

    #[test]
    fn the_papers_answer_is_worked_out_and_its_password_masked() {
        let text = credentials(&request(PAPER), &known("abc10"));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "the answer, by hand:");
        assert_eq!(lines[1], "  HA1      = MD5(10:192.168.1.15:*****)");
        assert_eq!(lines[3], "  HA2      = MD5(REGISTER:sip:192.168.1.15)");
        assert!(
            text.ends_with("be9e8d46b8dcd522f22301e1f2b3287c\n"),
            "{text}"
        );
        assert!(!text.contains("abc10"), "{text}");
    }

    #[test]
    fn the_password_is_shown_to_who_asks() {
        let mut known = known("abc10");
        known.show_password = true;
        let text = credentials(&request(PAPER), &known);
        assert!(text.contains("MD5(10:192.168.1.15:abc10)"), "{text}");
    }

    #[test]
    fn what_a_proxy_left_in_a_request_is_told() {
        assert_eq!(left_over(&request(PAPER)), "");
        let text = PAPER.replace("Authorization", "Proxy-Authorization");
        let told = left_over(&request(&text));
        assert!(
            told.starts_with("the credentials of 10 for the realm 192.168.1.15"),
            "{told}"
        );
    }

    #[test]
    fn an_answer_of_another_password_is_told() {
        let text = credentials(&request(PAPER), &known("abc11"));
        assert!(text.contains("not the one sent, be9e8d46"), "{text}");
    }
}
