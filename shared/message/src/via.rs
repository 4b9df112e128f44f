use std::net::IpAddr;

use crate::arrival::Transport;
use crate::error::ParseError;
use crate::params::Params;
use crate::text::{is_lws, trim};
use crate::uri::Host;

/// One Via value (RFC 3261 §20.42): `SIP/2.0/UDP host:port;branch=…`.
#[derive(Debug, Clone, Copy)]
pub struct Via<'a> {
    /// The transport token as it came: `UDP`, `TCP`, or one that is not served.
    pub transport: &'a str,
    /// Where its sender says it listens.
    pub host: Host<'a>,
    /// The port of the sent-by, when one is written.
    pub port: Option<u16>,
    /// branch, received, rport, ttl, maddr, …
    pub params: Params<'a>,
}

impl<'a> Via<'a> {
    /// Reads one Via value that fills the whole text.
    ///
    /// # Errors
    /// A protocol other than SIP/2.0, or a malformed sent-by or parameter list.
    pub fn parse(value: &'a [u8]) -> Result<Self, ParseError> {
        let fault = |what, at| ParseError::new("Via", what, at);
        let text =
            std::str::from_utf8(trim(value)).map_err(|_| fault("bytes that are not UTF-8", 0))?;
        let mut parts = text.splitn(3, '/');
        let (name, version, rest) = (parts.next(), parts.next(), parts.next());
        let is = |part: Option<&str>, wanted: &str| {
            part.is_some_and(|part| part.trim().eq_ignore_ascii_case(wanted))
        };
        let rest = rest
            .ok_or(fault("no protocol/version/transport", 0))?
            .trim_start();
        if !is(name, "SIP") || !is(version, "2.0") {
            return Err(fault("protocol other than SIP/2.0", 0));
        }
        let at = text.len() - rest.len();
        let end = rest
            .bytes()
            .position(is_lws)
            .ok_or(fault("no sent-by", at))?;
        let (transport, rest) = rest.split_at(end);
        let rest = rest.trim_start();
        let at = text.len() - rest.len();
        let (sent_by, params) = rest.split_at(rest.find(';').unwrap_or(rest.len()));
        let (host, port) = Host::parse_with_port(sent_by).map_err(|e| e.within("Via", at))?;
        Ok(Self {
            transport,
            host,
            port,
            params: Params::new(params),
        })
    }

    /// The transport, if it is one that is served.
    pub fn transport(&self) -> Option<Transport> {
        Transport::from_token(self.transport)
    }

    /// The transaction's name (§17.1.3), empty where an RFC 2543 sender gave none.
    pub fn branch(&self) -> &'a str {
        self.params.value("branch").unwrap_or_default()
    }

    /// The address the request really came from, added by its receiver (§18.2.1).
    pub fn received(&self) -> Option<IpAddr> {
        let value = self.params.value("received")?;
        value
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse()
            .ok()
    }

    /// The port the request really came from (RFC 3581 §4): `Some(None)` is the bare flag of
    /// a client that asks for it.
    pub fn rport(&self) -> Option<Option<u16>> {
        self.params.value("rport").map(|value| value.parse().ok())
    }
}
