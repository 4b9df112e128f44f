//! When two Contacts are the same binding, and which of two REGISTERs is later.

use sip_message::Uri;

use crate::binding::{instance, reg_id};
use crate::packed::Packed;

/// How long after a change a copy of an older REGISTER may still arrive, in seconds: a sender gives
/// up on a request after 64 T1 (RFC 3261 §17.1.2.2, Timer F).
pub(crate) const LATE_COPY: u32 = 32;

/// What distinguishes the contacts of one address-of-record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity<'a> {
    uri: &'a str,
    params: &'a str,
}

impl<'a> Identity<'a> {
    pub(crate) fn new(uri: &'a str, params: &'a str) -> Self {
        Self { uri, params }
    }

    pub(crate) fn of(binding: &'a Packed) -> Self {
        Self::new(binding.contact(), binding.params())
    }

    /// Whether both are one binding: the same instance of a phone and the same flow, even if its
    /// port changed; otherwise the same URI (RFC 3261 §10.3 step 7, §19.1.4).
    ///
    /// Two phones that both name a flow are different even if their URIs are equal: behind two NATs
    /// both can be `sip:11@192.168.1.5` (RFC 5626 §6).
    pub(crate) fn is(&self, other: &Self) -> bool {
        if self == other {
            return true; // a phone that refreshes repeats itself
        }
        let (a, b) = (self.flow(), other.flow());
        if a.0.is_some() && a == b {
            return true;
        }
        let names_flow = |flow| matches!(flow, (Some(_), Some(_)));
        !(names_flow(a) && names_flow(b)) && is_same_uri(self.uri, other.uri)
    }

    /// Whether both name one flow of one phone, by `+sip.instance` and `reg-id`.
    pub(crate) fn is_same_flow(&self, other: &Self) -> bool {
        matches!(self.flow(), (Some(_), Some(_))) && self.flow() == other.flow()
    }

    /// The instance and the flow, as far as the phone gives them.
    fn flow(&self) -> (Option<&'a str>, Option<u32>) {
        (instance(self.params), reg_id(self.params))
    }
}

/// Whether two URIs are the same by RFC 3261 §19.1.4. Nearly always they are equal letter by letter,
/// which is quick to check.
fn is_same_uri(one: &str, other: &str) -> bool {
    let both = || Some((Uri::parse(one).ok()?, Uri::parse(other).ok()?));
    one == other || both().is_some_and(|(one, other)| one.is_equivalent(&other))
}

/// The order of a REGISTER and a binding that it would change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// It is later, so it counts.
    Later,
    /// It repeats the request that made the binding.
    Same,
    /// It may be an older one that was overtaken; after this many seconds it cannot be.
    Earlier(u32),
}

/// Orders a REGISTER and the binding it would change (RFC 3261 §10.3 step 7): with another
/// Call-ID it is later; with the same, its CSeq must be higher.
///
/// A phone that restarts may reset its CSeq under the same Call-ID. By the letter of the RFC it
/// would be locked out until the binding ends. But an older request can only overtake while its
/// sender still repeats it. After that time a lower number can only come from a phone that
/// restarted, and is accepted.
pub(crate) fn order(binding: &Packed, call_id: &str, cseq: u32, now: u32) -> Order {
    let ordered = binding.call_id() == call_id && !binding.has_expired(now);
    // If the clock was set back, ages are unknown, and nobody is refused because of them.
    let age = now.checked_sub(binding.modified);
    match age.filter(|age| ordered && *age < LATE_COPY) {
        Some(_) if cseq == binding.cseq => Order::Same,
        Some(age) if cseq < binding.cseq => Order::Earlier(LATE_COPY - age),
        _ => Order::Later,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#";+sip.instance="<urn:uuid:1>""#;
    const TWO: &str = r#";+sip.instance="<urn:uuid:2>""#;

    #[test]
    fn a_phone_with_a_new_port_is_recognized_by_its_instance() {
        let before = Identity::new("sip:11@h:1", ONE);
        assert!(before.is(&Identity::new("sip:11@h:2", ONE)));
        assert!(!before.is(&Identity::new("sip:11@h:2", TWO)));
        assert!(!before.is(&Identity::new("sip:11@h:2", "")));
    }

    #[test]
    fn two_flows_of_one_instance_are_two_bindings() {
        let (first, second) = (format!("{ONE};reg-id=1"), format!("{ONE};reg-id=2"));
        let first = Identity::new("sip:11@h:1", &first);
        assert!(!first.is(&Identity::new("sip:11@h:1", &second)));
        assert!(first.is(&Identity::new("sip:11@h:2", &format!("{ONE};reg-id=1"))));
    }

    #[test]
    fn a_new_phone_at_an_old_uri_replaces_it_unless_both_name_flows() {
        let before = Identity::new("sip:11@h:1", ONE);
        assert!(before.is(&Identity::new("sip:11@h:1", TWO)));
        let (one, two) = (format!("{ONE};reg-id=1"), format!("{TWO};reg-id=1"));
        assert!(!Identity::new("sip:11@h:1", &one).is(&Identity::new("sip:11@h:1", &two)));
    }
}
