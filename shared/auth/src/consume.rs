//! What was said to this server alone goes no further, and nobody else asks in its name (chapter 6).

use sip_message::{HeaderName, Reply, Request, Response};

use crate::answer::text;
use crate::authorize::Auth;
use crate::own::OwnRealms;
use crate::pieces::pieces;

impl Auth {
    /// Removes every answer to a challenge of this server (`consume_credentials` of the texts): the
    /// Digest credentials for any of its realms, `--realm` and `realms`, in both header fields. It
    /// asks nothing of the request, neither its method nor From nor whether its sender was
    /// challenged: all of these the other side of a call can choose.
    ///
    /// Digest credentials whose realm cannot be read are removed as well. Those for other realms and
    /// of other schemes stay as they came, for the proxy further on that asked for them (RFC 3261
    /// §22.3).
    pub fn consume_credentials(&self, request: &mut Request, realms: &[String]) {
        let has = |name| request.value(name).is_some();
        if !has(HeaderName::Authorization) && !has(HeaderName::ProxyAuthorization) {
            return; // most requests
        }
        let own = self.own_realms(realms, request.arrival().flow.local.ip());
        request.retain(|name, value| match name {
            HeaderName::Authorization | HeaderName::ProxyAuthorization => {
                !own.is_answered_by(&text(value))
            }
            _ => true,
        });
    }

    /// Removes every challenge in a realm of this server from a response: whoever is asked by it
    /// would answer with this server's password, and this server asks for itself. It must not be
    /// called for a response of this server's own.
    ///
    /// # Errors
    /// 403 in place of a 401 or 407 that is left without a challenge, which nobody could answer.
    pub fn remove_false_challenges(
        &self,
        response: &mut Response,
        realms: &[String],
    ) -> Result<(), Reply> {
        let own = self.own_realms(realms, response.arrival().flow.local.ip());
        for name in [HeaderName::WwwAuthenticate, HeaderName::ProxyAuthenticate] {
            if response.value(name).is_none() {
                continue;
            }
            let mut others = Vec::new();
            response.retain(|field, value| {
                if field != name {
                    return true;
                }
                let value = text(value);
                let (ours, foreign) = own.challenges(&value);
                if ours && !foreign.is_empty() {
                    others.push(foreign.join(", ")); // one field, several challenges (RFC 7235 §4.1)
                }
                !ours
            });
            for challenges in others {
                response.push_back(name, &challenges);
            }
        }
        let is_challenge = matches!(response.status(), 401 | 407);
        let asks = |name| response.value(name).is_some();
        if is_challenge
            && !asks(HeaderName::WwwAuthenticate)
            && !asks(HeaderName::ProxyAuthenticate)
        {
            let why = "it asks for a password in no realm but this server's own";
            return Err(Reply::of(403).because(why));
        }
        Ok(())
    }
}

impl OwnRealms<'_> {
    /// Whether credentials are for this server, or may be.
    fn is_answered_by(&self, credentials: &str) -> bool {
        let Some(pieces) = pieces(credentials) else {
            return credentials.to_ascii_lowercase().contains("digest");
        };
        let mut digests = pieces
            .iter()
            .filter(|piece| piece.scheme.eq_ignore_ascii_case("Digest"));
        digests.any(|digest| digest.realms.is_empty() || self.has_any(&digest.realms))
    }

    /// Whether a value has a challenge that asks in a realm of this server, or that cannot be read;
    /// and the others in it.
    fn challenges<'v>(&self, value: &'v str) -> (bool, Vec<&'v str>) {
        let Some(pieces) = pieces(value) else {
            return (true, Vec::new());
        };
        let is_ours = |realms: &[&str]| self.has_any(realms);
        let foreign = pieces.iter().filter(|piece| !is_ours(&piece.realms));
        let foreign: Vec<&str> = foreign.map(|piece| piece.text).collect();
        (foreign.len() < pieces.len(), foreign)
    }
}
