//! What a message asserts about its sender, and whether the sender wants it withheld (RFC 3323,
//! RFC 3325, RFC 5876).

use crate::address::NameAddr;
use crate::header_name::full_name;
use crate::message::{Field, Message};
use crate::text::{list, trim};

/// The header fields that a phone trusts more than From, and P-Preferred-Identity, which asks for
/// one of them.
const ASSERTED: [&str; 3] = [
    "P-Asserted-Identity",
    "P-Preferred-Identity",
    "Remote-Party-ID",
];

/// The values of a Privacy header field that cover the sender's identity (RFC 3325 §9.3, RFC 3323
/// §4.2). `none` asks for the opposite; `session`, `history` and `critical` are about other things.
const WITHHOLDS: [&str; 3] = ["id", "user", "header"];

impl Message {
    /// Removes what the sender asserts about its own identity: P-Asserted-Identity (RFC 3325 §5; also
    /// in responses, RFC 5876 §4) and Remote-Party-ID, its predecessor. A phone trusts them more
    /// than From, so only a server that knows the sender may relay them.
    ///
    /// P-Preferred-Identity, the sender's wish for an asserted one, is only for the first proxy
    /// (RFC 3325 §6): a carrier behind this one might assert it.
    pub fn remove_asserted_identity(&mut self) {
        self.retain_fields(|message, field| !message.is_one_of(field, &ASSERTED));
    }

    /// Removes the identity that its sender wants withheld from the other side: all of it if
    /// Privacy says `id`, `user` or `header` (RFC 3325 §7, RFC 3323 §4.2), and a Remote-Party-ID
    /// with a `privacy` of its own other than `off`. One that cannot be read is removed as well.
    pub fn remove_withheld_identity(&mut self) {
        if self.is_identity_withheld() {
            return self.remove_asserted_identity();
        }
        self.retain_fields(|message, field| {
            let value = message.bytes(&field.value);
            !message.is_one_of(field, &["Remote-Party-ID"]) || list(value).all(is_open)
        });
    }

    fn is_identity_withheld(&self) -> bool {
        let mut privacy = self
            .fields
            .iter()
            .filter(|field| self.is_one_of(field, &["Privacy"]));
        privacy.any(|field| {
            let value = self.bytes(&field.value);
            let mut asked = value.split(|byte| matches!(byte, b';' | b','));
            asked.any(|asked| {
                let is = |name: &&str| trim(asked).eq_ignore_ascii_case(name.as_bytes());
                WITHHOLDS.iter().any(is)
            })
        })
    }

    fn is_one_of(&self, field: &Field, names: &[&str]) -> bool {
        let written = full_name(self.written_name(field));
        let is = |name: &&str| written.eq_ignore_ascii_case(name.as_bytes());
        names.iter().any(is)
    }

    fn retain_fields(&mut self, keep: impl Fn(&Self, &Field) -> bool) {
        let mut fields = std::mem::take(&mut self.fields);
        fields.retain(|field| keep(self, field));
        self.fields = fields;
    }
}

/// Whether a Remote-Party-ID may be shown to the other side (draft-ietf-sip-privacy-04 §5.1).
fn is_open(party: &[u8]) -> bool {
    NameAddr::parse(party).is_ok_and(|address| {
        let mut params = address.params.iter();
        params.all(|(name, value)| {
            !name.eq_ignore_ascii_case("privacy")
                || value.is_some_and(|value| value.trim_matches('"').eq_ignore_ascii_case("off"))
        })
    })
}
