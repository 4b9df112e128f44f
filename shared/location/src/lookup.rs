//! Where a call to an address-of-record goes.

use std::time::SystemTime;

use sip_message::{Request, Target};

use crate::address::address_of_record;
use crate::common::local;
use crate::location::Location;
use crate::packed::Packed;
use crate::registration::seconds;

impl Location {
    /// Where the user of the Request-URI can be reached (RFC 3261 §16.5): the contacts in order of
    /// preference, the latest first among equals. `None` if nobody is registered.
    #[track_caller]
    pub fn lookup(&self, request: &Request) -> Option<Vec<Target>> {
        request.note_asked();
        let uri = request.uri().ok()?;
        self.targets(&address_of_record(&uri)?, request.arrival().at)
    }

    /// The same for an address-of-record.
    pub fn targets(&self, aor: &str, now: SystemTime) -> Option<Vec<Target>> {
        let now = seconds(now);
        let (hash, part) = self.inner.table.part_of(aor);
        let mut live: Vec<&Packed> = part.find(hash, aor).iter().collect();
        live.retain(|binding| !binding.has_expired(now));
        live.sort_by_key(|binding| {
            std::cmp::Reverse((binding.q, binding.modified, binding.change))
        });
        (!live.is_empty()).then(|| live.into_iter().map(target).collect())
    }
}

fn target(binding: &Packed) -> Target {
    Target {
        uri: request_uri(binding.contact()).to_owned(),
        flow: binding.flow.as_deref().copied(),
        local: local(binding.socket()),
        q: binding.q,
    }
}

/// A contact as a Request-URI, which may hold no header fields (§19.1.1, table 1).
fn request_uri(contact: &str) -> &str {
    // A user part may contain a question mark.
    let host = contact.find('@').unwrap_or(0);
    match contact[host..].find('?') {
        Some(headers) => &contact[..host + headers],
        None => contact,
    }
}
