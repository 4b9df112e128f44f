//! A SIP URI, cut where phones cut it.

/// The parts of a SIP URI, as written.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'a> {
    pub(crate) scheme: &'a str,
    pub(crate) user: Option<&'a str>,
    pub(crate) host: &'a str,
    pub(crate) port: Option<&'a str>,
    /// Parameters and headers, with what begins them.
    pub(crate) tail: &'a str,
}

impl<'a> Parts<'a> {
    pub(crate) fn of(uri: &'a str) -> Option<Self> {
        let (scheme, rest) = uri.split_once(':')?;
        if !["sip", "sips"]
            .iter()
            .any(|s| scheme.eq_ignore_ascii_case(s))
        {
            return None;
        }
        let (user, rest) = match rest.split_once('@') {
            Some((user, rest)) => (Some(user), rest),
            None => (None, rest),
        };
        let tail = rest.find([';', '?']).unwrap_or(rest.len());
        let (hostport, tail) = rest.split_at(tail);
        // The colons of an IPv6 reference stand in brackets.
        let end = hostport.find(']').unwrap_or_default();
        let (host, port) = match hostport[end..].find(':') {
            Some(at) => (&hostport[..end + at], Some(&hostport[end + at + 1..])),
            None => (hostport, None),
        };
        Some(Self {
            scheme,
            user,
            host,
            port,
            tail,
        })
    }

    pub(crate) fn join(self) -> String {
        let Self {
            scheme, host, tail, ..
        } = self;
        let user = self.user.map(|user| format!("{user}@")).unwrap_or_default();
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("{scheme}:{user}{host}{port}{tail}")
    }
}
