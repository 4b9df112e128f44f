//! When two Contacts are the same binding, and which of two REGISTERs is the later one.

use sip_message::Uri;

use crate::binding::{instance, reg_id};
use crate::packed::Packed;

/// How long after a change a copy of an older REGISTER may still come in: a sender gives up on
/// a request after 64 T1 (RFC 3261 §17.1.2.2, Timer F), in seconds.
pub(crate) const LATE_COPY: u32 = 32;

/// What tells contacts of one address-of-record apart.
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

    /// Whether both are one binding: the same instance of a phone and the same of its flows,
    /// whatever port it now has; or else the same URI (RFC 3261 §10.3 step 7, §19.1.4).
    ///
    /// Two phones that both name a flow stay apart though their URIs be equal: behind two NATs
    /// both can be `sip:11@192.168.1.5` (RFC 5626 §6).
    pub(crate) fn is(&self, other: &Self) -> bool {
        if self == other {
            return true; // a phone that refreshes says the same again
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

    /// The instance of the phone and which of its flows it is, as far as it says so.
    fn flow(&self) -> (Option<&'a str>, Option<u32>) {
        (instance(self.params), reg_id(self.params))
    }
}

/// Whether two URIs are the same by RFC 3261 §19.1.4. Nearly always they are the same letter by
/// letter, which is seen at once.
fn is_same_uri(one: &str, other: &str) -> bool {
    let both = || Some((Uri::parse(one).ok()?, Uri::parse(other).ok()?));
    one == other || both().is_some_and(|(one, other)| one.is_equivalent(&other))
}

/// How a REGISTER stands to a binding it would change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// It is the later one: it counts.
    Later,
    /// It is the one that made the binding, once more.
    Same,
    /// It may be an older one that was overtaken; it can be told apart in so many seconds.
    Earlier(u32),
}

/// Orders a REGISTER and the binding it would change (RFC 3261 §10.3 step 7): with another
/// Call-ID it is later; with the same, its CSeq must be higher.
///
/// A phone that restarts may begin its CSeq anew under the Call-ID it always uses. By the letter
/// of the RFC it would be shut out until the binding ends. But an overtaken copy of an older
/// request is only possible while its sender still repeats it; once that time is over, a lower
/// number can only come from a phone that began anew, and is taken.
pub(crate) fn order(binding: &Packed, call_id: &str, cseq: u32, now: u32) -> Order {
    let ordered = binding.call_id() == call_id && !binding.has_expired(now);
    // A clock that was set back cannot tell ages: nobody is refused on its word.
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
    fn a_phone_with_a_new_port_is_known_by_its_instance() {
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
    fn a_new_phone_at_an_old_uri_takes_its_place_unless_both_name_flows() {
        let before = Identity::new("sip:11@h:1", ONE);
        assert!(before.is(&Identity::new("sip:11@h:1", TWO)));
        let (one, two) = (format!("{ONE};reg-id=1"), format!("{TWO};reg-id=1"));
        assert!(!Identity::new("sip:11@h:1", &one).is(&Identity::new("sip:11@h:1", &two)));
    }
}
