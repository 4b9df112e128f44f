//! Which password is for which realm.
//!
//! Anyone who gets an answer to a challenge can try passwords against it, as often as they like.
//! So the phone answers only the realms of the command line: a callee can challenge a request too.

use sip_digest::realm as written;

use crate::typed::Realm;

/// The passwords.
#[derive(Clone, Default)]
pub(crate) struct Realms(Vec<(String, Option<String>)>);

impl Realms {
    /// `--password` counts for the realms named without one, or else for the server's names;
    /// `--realm NAME=PASSWORD` for that realm.
    pub(crate) fn new(server: Vec<String>, password: Option<&str>, given: &[Realm]) -> Self {
        let mut own: Vec<String> = given
            .iter()
            .filter(|realm| realm.password.is_none())
            .map(|realm| realm.name.clone())
            .collect();
        if own.is_empty() {
            own = server;
        }
        let others = given
            .iter()
            .filter(|realm| realm.password.is_some())
            .map(|realm| (realm.name.clone(), realm.password.clone()));
        let own = own
            .into_iter()
            .map(|name| (name, password.map(str::to_owned)));
        Self(others.chain(own).collect())
    }

    /// The password for a realm.
    pub(crate) fn password(&self, realm: &str) -> Option<&str> {
        let realm = written(realm);
        let mut found = self.0.iter().filter(|(name, _)| written(name) == realm);
        found.find_map(|(_, password)| password.as_deref())
    }

    /// Any password, for credentials with another realm than the challenge's.
    pub(crate) fn any(&self) -> Option<&str> {
        self.0.iter().find_map(|(_, password)| password.as_deref())
    }

    /// The realms with a password, as a list for a sentence; empty if no realm has one.
    pub(crate) fn names(&self) -> String {
        let with = self.0.iter().filter(|(_, password)| password.is_some());
        let names: Vec<&str> = with.map(|(name, _)| name.as_str()).collect();
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn realms(password: Option<&str>, given: &[(&str, Option<&str>)]) -> Realms {
        let given: Vec<Realm> = given
            .iter()
            .map(|(name, password)| Realm {
                name: (*name).to_owned(),
                password: password.map(str::to_owned),
            })
            .collect();
        Realms::new(vec!["example.com".to_owned()], password, &given)
    }

    #[test]
    fn the_password_is_for_the_server_alone() {
        let realms = realms(Some("a"), &[("other", Some("b"))]);
        assert_eq!(realms.password("EXAMPLE.com"), Some("a"));
        assert_eq!(realms.password("other"), Some("b"));
        assert_eq!(realms.password("third"), None);
        assert_eq!(realms.names(), "other, example.com");
    }

    #[test]
    fn a_named_realm_replaces_the_server() {
        let realms = realms(Some("a"), &[("asterisk", None)]);
        assert_eq!(realms.password("asterisk"), Some("a"));
        assert_eq!(realms.password("example.com"), None);
    }

    #[test]
    fn without_a_password_no_realm_has_one() {
        assert_eq!(realms(None, &[("asterisk", None)]).any(), None);
        assert_eq!(realms(None, &[]).names(), "");
    }
}
