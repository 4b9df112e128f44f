//! `lookup("aliases")` of the texts: a request to an alias goes to the alias's user.

use sip_message::{Reply, Request};

use crate::reader::{Alias, Reader};

impl Reader {
    /// If the Request-URI is an alias, replaces it by the alias's user (`lookup("aliases")` of the
    /// texts). The table has no ports: a user in the domain that was called is at the port that
    /// was called.
    ///
    /// # Errors
    /// 500 when the table cannot be read.
    #[track_caller]
    pub fn lookup_aliases(&self, request: &mut Request) -> Result<(), Reply> {
        request.note_asked();
        let found = request.uri().ok().and_then(|uri| {
            let uri = *uri.sip()?;
            let (user, host) = (uri.unescaped_user()?, uri.host.to_string());
            let port = uri.port.map(|port| format!(":{port}")).unwrap_or_default();
            Some((self.alias(&user, &host), host, port))
        });
        let Some((alias, here, port)) = found else {
            return Ok(());
        };
        let alias = alias.map_err(|e| Reply::of(500).because(format!("aliases: {e}")))?;
        if let Some(Alias { user, domain }) = alias {
            let is_here = domain.is_empty() || domain.eq_ignore_ascii_case(&here);
            let domain = if is_here { here + &port } else { domain };
            request.set_uri(&format!("sip:{}@{domain}", escape_user(&user)));
        }
        Ok(())
    }
}

/// A user part as a URI may hold it (RFC 3261 §25.1 user-unreserved).
fn escape_user(user: &str) -> String {
    let mut escaped = String::with_capacity(user.len());
    for byte in user.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,;?/".contains(&byte) {
            escaped.push(byte.into());
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use sip_message::fixture;

    use crate::database::Database;

    use super::*;

    fn database(rows: &str) -> (tempfile::TempDir, Database) {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::inline(folder.path().join("sip.db")).unwrap();
        database.execute(rows).unwrap();
        (folder, database)
    }

    #[test]
    fn a_user_in_the_domain_that_was_called_is_at_the_port_that_was_called() {
        let rows = "INSERT INTO dbaliases (alias_username, alias_domain, username, domain)
            VALUES ('alice', 'd', '11', 'd'), ('bob', 'd', '12', 'e'), ('carol', '', '13', '')";
        let (_folder, database) = database(rows);
        let reader = database.reader().unwrap();
        let leads_to = |called: &str| {
            let mut request = request_to(called);
            reader.lookup_aliases(&mut request).unwrap();
            request.uri_text().to_owned()
        };
        assert_eq!(leads_to("sip:alice@d:5070"), "sip:11@d:5070");
        assert_eq!(leads_to("sip:alice@d"), "sip:11@d");
        assert_eq!(leads_to("sip:bob@d:5070"), "sip:12@e");
        assert_eq!(leads_to("sip:carol@d:5070"), "sip:13@d:5070");
    }

    fn request_to(uri: &str) -> Request {
        let text = format!(
            "INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK1\r\n\
             From: <sip:10@d>;tag=1\r\nTo: <{uri}>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\r\n"
        );
        let arrival = fixture::arrival("192.0.2.15:5060", "192.0.2.10:5060", 0);
        fixture::request(text, arrival)
    }
}
