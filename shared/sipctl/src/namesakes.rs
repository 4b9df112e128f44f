//! Users with one name in several domains: to the server they are one address-of-record.

use std::collections::HashMap;

use sip_database::{Admin, DatabaseError, User};

/// How many names a warning repeats.
const MOST: usize = 5;

/// The domains of each name that is a user in several.
pub(crate) struct Namesakes(HashMap<String, Vec<String>>);

impl Namesakes {
    /// Those of a name, or all.
    pub(crate) fn of(admin: &Admin, name: Option<&str>) -> Result<Self, DatabaseError> {
        let mut domains: HashMap<String, Vec<String>> = HashMap::new();
        for subscriber in admin.subscribers(name, None)? {
            let User { name, domain } = subscriber.user;
            domains.entry(name).or_default().push(domain);
        }
        domains.retain(|_, domains| domains.len() > 1);
        Ok(Self(domains))
    }

    /// The warning about those that were not there `before`.
    pub(crate) fn warning(&self, before: &Self) -> Option<String> {
        let is_new = |(name, domains): &(&String, &Vec<String>)| {
            let known = before.0.get(*name).map_or(1, Vec::len);
            domains.len() > known
        };
        let mut new: Vec<_> = self.0.iter().filter(is_new).collect();
        new.sort();
        let shown = |(name, domains): &(&String, &Vec<String>)| {
            let domains: Vec<String> = domains.iter().map(|domain| named(domain)).collect();
            format!("{} ({})", User::new(*name, ""), domains.join(", "))
        };
        let names: Vec<String> = new.iter().take(MOST).map(shown).collect();
        let names = names.join(", ");
        let (users, are) = match new.len() {
            0 => return None,
            1 => (names, "is a user"),
            count if count > MOST => (format!("{names} and {} more", count - MOST), "are users"),
            _ => (names, "are users"),
        };
        Some(format!(
            "{users} {are} in several domains: to a server all its domains are one, so each of these \
             passwords can register the same address-of-record and take its calls"
        ))
    }
}

fn named(domain: &str) -> String {
    match domain {
        "" => "no domain".to_owned(),
        _ => sip_message::printable(domain.as_bytes()),
    }
}
