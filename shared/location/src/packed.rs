//! A binding as memory holds it: its texts in one allocation.

use sip_message::Flow;

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
    /// Empty for a binding of our own, whose ruid is made of its number.
    pub(crate) foreign_ruid: &'a str,
}

/// A binding in memory. 100,000 of them are to fit beside a whole server in 45 MiB: seven
/// `String`s would take 168 bytes and seven allocations each before the first letter.
#[derive(Debug)]
pub(crate) struct Packed {
    text: Box<str>,
    /// Counts bindings; together with the seed it makes the ruid.
    pub(crate) id: u64,
    /// Counts changes of all bindings: the order in which they happened.
    pub(crate) change: u64,
    /// Boxed, as few bindings have one.
    pub(crate) flow: Option<Box<Flow>>,
    pub(crate) expires: u32,
    pub(crate) modified: u32,
    pub(crate) cseq: u32,
    pub(crate) q: u16,
    /// Where each text but the last ends.
    ends: [u16; 6],
}

/// The numbers of a binding.
pub(crate) struct Numbers {
    pub(crate) id: u64,
    pub(crate) change: u64,
    pub(crate) flow: Option<Flow>,
    pub(crate) expires: u32,
    pub(crate) modified: u32,
    pub(crate) cseq: u32,
    pub(crate) q: u16,
}

impl Packed {
    /// Packs a binding. Every text is bounded by who reads it, so that the sum fits 16 bits;
    /// of longer ones the ends would be cut short, never beyond the text.
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
            id: numbers.id,
            change: numbers.change,
            flow: numbers.flow.map(Box::new),
            expires: numbers.expires,
            modified: numbers.modified,
            cseq: numbers.cseq,
            q: numbers.q,
            ends,
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

    /// The binding with its texts apart, for whom it is shown or kept.
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

/// `sip-` and sixteen hexadecimal digits, without the machinery of `fmt`: a binding that is
/// kept is told by it each time.
fn own_ruid(number: u64) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut ruid = *b"sip-0000000000000000";
    for (place, digit) in ruid[4..].iter_mut().rev().enumerate() {
        *digit = DIGITS[(number >> (place * 4) & 15) as usize];
    }
    str::from_utf8(&ruid).unwrap_or_default().to_owned()
}
