//! Where branches, connection numbers and tags come from.

use crate::text::{parse_hex, push_hex};

/// Where branches, connection numbers and secrets come from. Production asks the system, the
/// stage counts.
pub trait Entropy {
    /// A number nobody can guess and that does not come twice.
    fn number(&mut self) -> u64;

    /// The tag of a To this server answers itself. `fingerprint` is the same for every copy of
    /// the request, so that a stateless reply sent twice has one tag (RFC 3261 §8.2.7).
    fn tag(&mut self, fingerprint: u64) -> String {
        let mut tag = String::with_capacity(16);
        push_hex(&mut tag, fingerprint);
        tag
    }

    /// Whether [`Entropy::tag`] made that tag of that fingerprint.
    fn made(&self, tag: &str, fingerprint: u64) -> bool {
        parse_hex(tag) == Some(fingerprint)
    }
}

/// The system's randomness, fetched in blocks.
#[derive(Debug)]
pub struct SystemEntropy {
    block: [u8; 512],
    used: usize,
}

impl Default for SystemEntropy {
    fn default() -> Self {
        Self {
            block: [0; 512],
            used: 512,
        }
    }
}

impl Entropy for SystemEntropy {
    fn number(&mut self) -> u64 {
        if self.used == self.block.len() {
            // A system without randomness cannot serve safely; Linux gives it or blocks.
            getrandom::fill(&mut self.block).unwrap_or_else(|e| panic!("no randomness: {e}"));
            self.used = 0;
        }
        let mut number = [0; 8];
        number.copy_from_slice(&self.block[self.used..self.used + 8]);
        self.used += 8;
        u64::from_ne_bytes(number)
    }
}
