//! A binding as the control socket shows it.

use std::borrow::Cow;

use sip_control::{Contact, ContactEntry, Expires, NOT_SET, NoTime, Record};
use sip_location::Binding;

/// The bindings of `aor` as they are at `now`, in seconds since 1970.
pub(crate) fn record<'a>(aor: &'a str, bindings: &'a [Binding], now: u32) -> Record<'a> {
    let contacts = bindings.iter().map(|binding| ContactEntry {
        contact: contact(binding, now),
    });
    Record {
        aor: aor.into(),
        contacts: contacts.collect(),
    }
}

fn contact(binding: &Binding, now: u32) -> Contact<'_> {
    let connection = binding.flow.and_then(|flow| flow.connection);
    let received = binding.received();
    let instance = binding.instance().map(|quoted| quoted.trim_matches('"'));
    Contact {
        address: binding.contact.as_str().into(),
        expires: expires(binding, now),
        q: binding
            .given_q()
            .map_or(-1.0, |q| f32::from(q.thousandths()) / 1000.0),
        call_id: binding.call_id.as_str().into(),
        cseq: binding.cseq,
        user_agent: unless_empty(&binding.user_agent, "n/a"),
        received: received.map_or(NOT_SET.into(), |address| format!("sip:{address}").into()),
        path: NOT_SET.into(),
        // A binding in memory is also in the database: the phone is answered only then.
        state: "CS_SYNC".into(),
        socket: unless_empty(&binding.socket, NOT_SET),
        ruid: binding.ruid.as_str().into(),
        instance: instance.unwrap_or(NOT_SET).into(),
        reg_id: binding.reg_id().unwrap_or(0),
        connection: connection.map_or(-1, |c| i64::try_from(c.0).unwrap_or(i64::MAX)),
        modified: binding.modified,
    }
}

fn expires(binding: &Binding, now: u32) -> Expires {
    if binding.has_expired(now) {
        Expires::Word(NoTime::Expired)
    } else if binding.expires == u32::MAX {
        Expires::Word(NoTime::Permanent)
    } else {
        Expires::In(binding.expires - now)
    }
}

fn unless_empty<'a>(text: &'a str, otherwise: &'a str) -> Cow<'a, str> {
    let text = if text.is_empty() { otherwise } else { text };
    text.into()
}
