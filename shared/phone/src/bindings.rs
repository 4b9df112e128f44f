//! What a 200 OK to a REGISTER lists.

use sip_message::{Contacts, Response, Uri, printable};

use crate::failure::Failure;

/// The URIs that a 200 OK lists, each with its own expires in seconds.
pub(crate) fn listed(response: &Response) -> Vec<(&str, Option<u32>)> {
    match response.contacts() {
        Ok(Contacts::List(contacts)) => contacts
            .into_iter()
            .map(|contact| (contact.address.uri, contact.expires))
            .collect(),
        _ => Vec::new(),
    }
}

/// Whether two URIs are the same (RFC 3261 §19.1.4): a server may write ours differently.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    let both = || Some((Uri::parse(one).ok()?, Uri::parse(other).ok()?));
    one == other || both().is_some_and(|(one, other)| one.is_equivalent(&other))
}

/// The failure for a 200 OK that does not list our Contact, so that no calls come here.
pub(crate) fn not_listed(response: &Response, own: &str) -> Failure {
    let uris: Vec<String> = listed(response)
        .iter()
        .map(|(uri, _)| printable(uri.as_bytes()))
        .collect();
    let lists = match uris.as_slice() {
        [] => "no Contact".to_owned(),
        uris => uris.join(", "),
    };
    Failure::new(format!(
        "not registered: the {} {} lists {lists}, but not {}",
        response.status(),
        printable(response.reason()),
        printable(own.as_bytes())
    ))
}
