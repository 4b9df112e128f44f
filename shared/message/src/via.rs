//! How a Via is read.

use std::net::IpAddr;

use crate::arrival::Transport;
use crate::error::ParseError;
use crate::host::Host;
use crate::params::Params;
use crate::text::{cut, is_lws, number, offset_in, until};

/// One Via value (RFC 3261 §20.42): `SIP/2.0/UDP host:port;branch=…`.
#[derive(Debug, Clone, Copy)]
pub struct Via<'a> {
    /// Everything before the parameters, as it came: protocol, transport, sent-by.
    pub before_params: &'a str,
    /// The transport token as it came: `UDP`, `TCP`, or one that this server does not serve.
    pub transport: &'a str,
    /// The host where its sender says it listens.
    pub host: Host<'a>,
    /// The port of the sent-by, if one is written.
    pub port: Option<u16>,
    /// branch, received, rport, ttl, maddr, …
    pub params: Params<'a>,
}

impl<'a> Via<'a> {
    /// Reads one Via value that fills the whole text.
    ///
    /// # Errors
    /// The protocol is not SIP/2.0, or the sent-by or a parameter is malformed.
    pub fn parse(value: &'a [u8]) -> Result<Self, ParseError> {
        let fault = |what, at| ParseError::new("Via", what, at);
        let all = std::str::from_utf8(value)
            .map_err(|e| fault("bytes are not UTF-8", e.valid_up_to()))?;
        let offset = |part: &str| offset_in(value, part.as_bytes());

        let (is_served, rest) =
            split_protocol(all).ok_or(fault("no protocol/version/transport", 0))?;
        if !is_served {
            return Err(fault("protocol other than SIP/2.0", 0));
        }
        let rest = rest.trim_ascii_start();
        let end = rest.bytes().position(is_lws);
        let (transport, rest) = rest.split_at(end.ok_or(fault("no sent-by", offset(rest)))?);
        let rest = rest.trim_ascii();
        let (sent_by, params) = until(rest, b';');
        let (host, port) =
            Host::parse_with_port(sent_by).map_err(|e| e.within("Via", offset(sent_by)))?;
        Params::check(params).map_err(|(what, at)| fault(what, offset(params) + at))?;
        let before_params = all[..offset(params)].trim_ascii_end();
        Ok(Self {
            before_params,
            transport,
            host,
            port,
            params: Params::new(params),
        })
    }

    /// The transport, if this server serves it.
    pub fn transport(&self) -> Option<Transport> {
        Transport::from_token(self.transport)
    }

    /// The branch as it came; empty if an RFC 2543 sender gave none.
    pub fn branch(&self) -> &'a str {
        self.params.value("branch").unwrap_or_default()
    }

    /// The branch, if it names a transaction by itself (§8.1.1.7): it is longer than the magic
    /// cookie and begins with it. Otherwise RFC 2543's many fields identify the transaction
    /// (§17.2.3).
    pub fn unique_branch(&self) -> Option<&'a str> {
        const COOKIE: &str = "z9hG4bK";
        let branch = self.branch();
        let cookie = branch.get(..COOKIE.len())?;
        let is_unique = cookie.eq_ignore_ascii_case(COOKIE) && branch.len() > COOKIE.len();
        is_unique.then_some(branch)
    }

    /// The address the request really came from, added by its receiver (§18.2.1). An IPv6
    /// address may have brackets (RFC 5118 §4.5).
    pub fn received(&self) -> Option<IpAddr> {
        let value = self.params.value("received")?;
        let bare = value.strip_prefix('[').and_then(|v| v.strip_suffix(']'));
        bare.unwrap_or(value).parse().ok()
    }

    /// The port the request really came from (RFC 3581 §4); `Some(None)` is the bare flag by
    /// which a client asks for it.
    pub fn rport(&self) -> Option<Option<u16>> {
        let value = self.params.value("rport")?;
        Some(number(value.as_bytes()))
    }

    /// Where responses to a multicast request go instead of the sent-by (§18.1.1).
    pub fn maddr(&self) -> Option<Host<'a>> {
        Host::parse(self.params.value("maddr")?).ok()
    }

    /// The time to live of a multicast datagram (§20.42), 0 to 255.
    pub fn ttl(&self) -> Option<u8> {
        number(self.params.value("ttl")?.as_bytes())
    }
}

/// Whether a Via begins with the protocol `SIP / 2.0 /`, and the text behind the second slash.
fn split_protocol(via: &str) -> Option<(bool, &str)> {
    if let Some(rest) = via.strip_prefix("SIP/2.0/") {
        return Some((true, rest)); // as nearly every phone writes it
    }
    let (name, rest) = cut(via, b'/')?;
    let (version, rest) = cut(rest, b'/')?;
    let is_sip = name.trim_ascii().eq_ignore_ascii_case("SIP");
    Some((is_sip && version.trim_ascii() == "2.0", rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_and_folds_are_allowed_between_all_parts() {
        let via = Via::parse(
            b"sip /\r\n 2.0 / UDP\r\n\t[2001:db8::1] :\r\n 5070 ;\r\n Branch =\r\n z9hG4bKa ; rport",
        )
        .unwrap();
        assert_eq!((via.transport, via.port), ("UDP", Some(5070)));
        assert_eq!(via.host, Host::V6("2001:db8::1".parse().unwrap()));
        assert_eq!((via.branch(), via.rport()), ("z9hG4bKa", Some(None)));
    }

    #[test]
    fn received_is_read_with_and_without_brackets() {
        for text in ["[2001:db8::9]", "2001:db8::9"] {
            let text = format!("SIP/2.0/UDP h;received={text};rport=5062;ttl=16;maddr=224.2.0.1");
            let via = Via::parse(text.as_bytes()).unwrap();
            assert_eq!(via.received(), "2001:db8::9".parse().ok());
            assert_eq!(via.rport(), Some(Some(5062)));
            assert_eq!(via.ttl(), Some(16));
            assert_eq!(via.maddr(), Some(Host::V4([224, 2, 0, 1].into())));
        }
    }

    #[test]
    fn only_a_branch_longer_than_the_cookie_names_a_transaction() {
        for (text, unique) in [
            ("SIP/2.0/UDP h;branch=z9hG4bKx", Some("z9hG4bKx")),
            ("SIP/2.0/UDP h;branch=z9hG4bK", None),
            ("SIP/2.0/UDP h;branch=1", None),
            ("SIP/2.0/UDP h", None),
        ] {
            assert_eq!(Via::parse(text.as_bytes()).unwrap().unique_branch(), unique);
        }
    }

    #[test]
    fn a_fault_is_reported_with_its_place() {
        for (text, at) in [
            ("SIP/2.0", 0),
            ("SIP/3.0/UDP h", 0),
            ("SIP/2.0/UDP", 8),
            ("SIP/2.0/UDP  ;branch=1", 13),
            ("SIP/2.0/UDP 2001:db8::1", 17),
            ("SIP/2.0/UDP h;x=\"1", 16),
            ("SIP/2.0/UDP h x", 13),
        ] {
            assert_eq!(
                Via::parse(text.as_bytes()).unwrap_err().offset,
                at,
                "{text}"
            );
        }
    }
}
