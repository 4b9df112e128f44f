//! Credentials for this server stay here, and no other server asks in its name (chapter 6).

use sip_message::{HeaderName, Message, Reply};
use sip_server::{Request, Response};

use crate::answer::text;
use crate::authorize::Auth;
use crate::own::OwnRealms;
use crate::pieces::pieces;

impl Auth {
    /// Removes every answer to a challenge of this server (`consume_credentials` of the texts): the
    /// Digest credentials for any of its realms, in both header fields. It does not depend on the
    /// method, From or whether the sender was challenged, because the other side of a call can choose
    /// all of these.
    ///
    /// Digest credentials whose realm cannot be read are removed as well. Credentials for other
    /// realms or of other schemes stay, for the next proxy that asked for them (RFC 3261 §22.3).
    pub fn consume_credentials(&self, request: &mut Request) {
        let has = |name| request.value(name).is_some();
        if has(HeaderName::Authorization) || has(HeaderName::ProxyAuthorization) {
            let myself = request.myself().clone();
            let local = request.arrival().flow.local.ip();
            self.own_realms(myself.realms(), local)
                .remove_credentials(request);
        }
    }

    /// Removes every challenge in a realm of this server from a response of another server: the
    /// caller would answer it with this server's password, and this server asks for itself. Do not
    /// call it for this server's own responses.
    ///
    /// # Errors
    /// 403 instead of a 401 or 407 that has no challenge left, which no phone could answer.
    pub fn remove_false_challenges(&self, response: &mut Response) -> Result<(), Reply> {
        let myself = response.myself().clone();
        let local = response.arrival().flow.local.ip();
        self.own_realms(myself.realms(), local)
            .remove_challenges(response);
        let asks = |name| response.value(name).is_some();
        if response.status().is_challenge()
            && !asks(HeaderName::WwwAuthenticate)
            && !asks(HeaderName::ProxyAuthenticate)
        {
            let why = "it only asks for a password in this server's own realm";
            return Err(Reply::of(403).because(why));
        }
        Ok(())
    }
}

impl OwnRealms<'_> {
    fn remove_credentials(&self, request: &mut Message) {
        request.retain(|name, value| match name {
            Some(HeaderName::Authorization | HeaderName::ProxyAuthorization) => {
                !self.is_answered_by(&text(value))
            }
            _ => true,
        });
    }

    fn remove_challenges(&self, response: &mut Message) {
        for name in [HeaderName::WwwAuthenticate, HeaderName::ProxyAuthenticate] {
            if response.value(name).is_none() {
                continue;
            }
            let mut others = Vec::new();
            response.retain(|field, value| {
                if field != Some(name) {
                    return true;
                }
                let value = text(value);
                let (ours, foreign) = self.challenges(&value);
                if ours && !foreign.is_empty() {
                    others.push(foreign.join(", ")); // one field, several challenges (RFC 7235 §4.1)
                }
                !ours
            });
            for challenges in others {
                response.push_back(name, &challenges);
            }
        }
    }

    /// Whether credentials are, or may be, for this server.
    fn is_answered_by(&self, credentials: &str) -> bool {
        let Some(pieces) = pieces(credentials) else {
            return credentials.to_ascii_lowercase().contains("digest");
        };
        let mut digests = pieces
            .iter()
            .filter(|piece| piece.scheme.eq_ignore_ascii_case("Digest"));
        digests.any(|digest| digest.realms.is_empty() || self.has_any(&digest.realms))
    }

    /// Whether a value has a challenge in a realm of this server, or one that cannot be read; and
    /// its other challenges.
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

#[cfg(test)]
mod tests {
    use sip_message::fixture;

    use super::*;

    #[test]
    fn only_credentials_for_other_realms_stay() {
        let text = "INVITE sip:11@192.0.2.15 SIP/2.0\r\n\
             Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK2\r\nFrom: <sip:10@192.0.2.15>;tag=1\r\n\
             To: <sip:11@192.0.2.15>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n\
             pRoXy-Authorization : Digest realm=\"192.0.2.15\", username=\"10\"\r\n\
             Proxy-Authorization: Digest realm=\"other\"\r\n\
             Authorization: Digest username=\"10\", realm=\"192.0.2.15\", algorithm=X\r\n\r\n";
        let arrival = fixture::arrival("192.0.2.15:5060", "192.0.2.10:5060", 0);
        let mut request = fixture::request(text, arrival);
        let own = OwnRealms {
            given: None,
            names: &["example.com".to_owned()],
            local: arrival.flow.local.ip(),
        };
        own.remove_credentials(&mut request);
        let left = request.raw(HeaderName::ProxyAuthorization);
        assert_eq!(left.collect::<Vec<_>>(), [b"Digest realm=\"other\""]);
        assert_eq!(request.value(HeaderName::Authorization), None);
    }
}
