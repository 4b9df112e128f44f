//! How a binding is kept in memory: its texts in one allocation.

use std::ops::Deref;

use sip_message::{Flow, Q};

use crate::binding::Binding;

/// The texts of a binding, in the order they are packed.
#[derive(Clone, Copy)]
pub(crate) struct Texts<'a> {
    pub(crate) aor: &'a str,
    pub(crate) contact: &'a str,
    pub(crate) params: &'a str,
    pub(crate) call_id: &'a str,
    pub(crate) user_agent: &'a str,
    pub(crate) socket: &'a str,
    /// Empty for our own bindings, whose ruid is made from their number.
    pub(crate) foreign_ruid: &'a str,
}

/// The numbers of a binding.
#[derive(Debug)]
pub(crate) struct Numbers {
    /// The number of the binding; with the seed it makes the ruid.
    pub(crate) id: u64,
    /// The number of the last change; changes of all bindings are counted in order.
    pub(crate) change: u64,
    /// Boxed, as few bindings have one.
    pub(crate) flow: Option<Box<Flow>>,
    pub(crate) expires: u32,
    pub(crate) modified: u32,
    pub(crate) cseq: u32,
    pub(crate) q: Q,
}

/// A binding in memory. A server with 100,000 of them should fit into 45 MiB: seven `String`s would
/// take 168 bytes and seven allocations each, even when empty.
#[derive(Debug)]
pub(crate) struct Packed {
    text: Box<str>,
    /// Where each text but the last ends.
    ends: [u16; 6],
    numbers: Numbers,
}

impl Packed {
    /// Packs a binding. The readers limit every text, so that the sum fits 16 bits; with longer ones
    /// the ends would be too low, never beyond the text.
    pub(crate) fn new(texts: Texts<'_>, numbers: Numbers) -> Self {
        let parts = [
            texts.aor,
            texts.contact,
            texts.params,
            texts.call_id,
            texts.user_agent,
            texts.socket,
            texts.foreign_ruid,
        ];
        let mut text = String::with_capacity(parts.iter().map(|part| part.len()).sum());
        let mut ends = [0; 6];
        for (index, part) in parts.into_iter().enumerate() {
            text.push_str(part);
            if let Some(end) = ends.get_mut(index) {
                *end = u16::try_from(text.len()).unwrap_or(u16::MAX);
            }
        }
        Self {
            text: text.into_boxed_str(),
            ends,
            numbers,
        }
    }

    pub(crate) fn aor(&self) -> &str {
        self.text.get(..self.ends[0].into()).unwrap_or_default()
    }

    pub(crate) fn contact(&self) -> &str {
        self.text(1)
    }

    pub(crate) fn params(&self) -> &str {
        self.text(2)
    }

    pub(crate) fn call_id(&self) -> &str {
        self.text(3)
    }

    pub(crate) fn socket(&self) -> &str {
        self.text(5)
    }

    pub(crate) fn foreign_ruid(&self) -> &str {
        self.text.get(self.ends[5].into()..).unwrap_or_default()
    }

    fn text(&self, index: usize) -> &str {
        let span = self.ends[index - 1].into()..self.ends[index].into();
        self.text.get(span).unwrap_or_default()
    }

    pub(crate) fn has_expired(&self, now: u32) -> bool {
        self.expires <= now
    }

    /// The record's unique id; `seed` is the run's.
    pub(crate) fn ruid(&self, seed: u64) -> String {
        match self.foreign_ruid() {
            "" => own_ruid(seed.wrapping_add(self.id)),
            foreign => foreign.to_owned(),
        }
    }

    /// The binding with separate texts, to be shown or kept.
    pub(crate) fn unpack(&self, seed: u64) -> Binding {
        Binding {
            ruid: self.ruid(seed),
            aor: self.aor().to_owned(),
            contact: self.contact().to_owned(),
            params: self.params().to_owned(),
            q: self.q,
            expires: self.expires,
            modified: self.modified,
            call_id: self.call_id().to_owned(),
            cseq: self.cseq,
            user_agent: self.text(4).to_owned(),
            socket: self.socket().to_owned(),
            flow: self.flow.as_deref().copied(),
        }
    }
}

impl Deref for Packed {
    type Target = Numbers;

    fn deref(&self) -> &Numbers {
        &self.numbers
    }
}

/// `sip-` and sixteen hexadecimal digits, without the cost of `fmt`: every binding that is written
/// needs it.
fn own_ruid(number: u64) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut ruid = *b"sip-0000000000000000";
    for (place, digit) in ruid[4..].iter_mut().rev().enumerate() {
        *digit = DIGITS[(number >> (place * 4) & 15) as usize];
    }
    str::from_utf8(&ruid).unwrap_or_default().to_owned()
}
