//! Nonces that prove themselves, so that none has to be remembered until it is used.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sip_message::Request;
use subtle::ConstantTimeEq;

/// How many bytes of the proof a nonce carries: 96 bits, nobody guesses them.
const PROOF: usize = 12;

/// How many bytes a nonce stands for: time, serial number and proof.
const BYTES: usize = 4 + 4 + PROOF;

/// What nonces are made with. Kept in the database, so that a restart invalidates none.
#[derive(Clone)]
pub struct NonceKey(Hmac<Sha256>);

impl NonceKey {
    /// A key of 16 random bytes.
    pub fn new(key: [u8; 16]) -> Self {
        // HMAC fills a short key up with zeros (RFC 2104 §2). It is hashed here, once, which is
        // half of the work of a short message.
        let mut block = [0; 64];
        block[..key.len()].copy_from_slice(&key);
        Self(Hmac::new(&block.into()))
    }

    fn proof(&self, numbers: &[u8]) -> [u8; PROOF] {
        let mut mac = self.0.clone();
        mac.update(b"nonce");
        mac.update(numbers);
        let whole = mac.finalize().into_bytes();
        let mut proof = [0; PROOF];
        proof.copy_from_slice(&whole[..PROOF]);
        proof
    }
}

impl fmt::Debug for NonceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NonceKey(..)")
    }
}

/// A nonce: 8 hex digits of the second it was made in (where OpenSER writes the one it ends in),
/// 8 of a serial number, so that two phones challenged in one second get two, and 24 of proof
/// that it is ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Nonce {
    /// When it was made, in seconds since 1970.
    pub time: u32,
    /// Which one it is: they are counted on from the first, which is anywhere, and wrap.
    pub serial: u32,
}

impl Nonce {
    /// The text of the `nonce` parameter, 40 hex digits.
    pub fn print(self, key: &NonceKey) -> String {
        let mut text = [0; 2 * BYTES];
        let _ = hex::encode_to_slice(self.bytes(key), &mut text); // two digits a byte, so it fits
        str::from_utf8(&text).unwrap_or_default().to_owned()
    }

    /// Reads a nonce of ours; `None` when it is not: another server's, made up, or changed in
    /// one digit.
    pub fn read(text: &str, key: &NonceKey) -> Option<Self> {
        let mut bytes = [0; BYTES];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        let (time, rest) = bytes.split_first_chunk()?;
        let (serial, _) = rest.split_first_chunk()?;
        let nonce = Self {
            time: u32::from_be_bytes(*time),
            serial: u32::from_be_bytes(*serial),
        };
        let is_ours: bool = bytes.ct_eq(&nonce.bytes(key)).into();
        is_ours.then_some(nonce)
    }

    /// Time, serial number and the proof of both.
    fn bytes(self, key: &NonceKey) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        let (numbers, proof) = bytes.split_at_mut(BYTES - PROOF);
        numbers[..4].copy_from_slice(&self.time.to_be_bytes());
        numbers[4..].copy_from_slice(&self.serial.to_be_bytes());
        proof.copy_from_slice(&key.proof(numbers));
        bytes
    }
}

/// Where nonces come from. Production makes its own; a stage replays those that a text prints.
pub trait Nonces: Send + Sync {
    /// A nonce for a challenge at `time`, in seconds since 1970: as it is sent, without quotes.
    fn make(&self, time: u32) -> String;

    /// Reads a nonce that [`Nonces::make`] gave, before a restart, too; `None` for any other.
    fn read(&self, text: &str) -> Option<Nonce>;
}

/// The nonces of a key.
#[derive(Debug)]
pub struct KeyedNonces {
    key: NonceKey,
    next_serial: AtomicU32,
}

impl KeyedNonces {
    /// Nonces made with `key`, numbered from `first_serial`, which is to be random: a server
    /// that restarts within a second must not number two alike.
    pub fn new(key: NonceKey, first_serial: u64) -> Self {
        let next_serial = AtomicU32::new(first_serial as u32); // its lower half
        Self { key, next_serial }
    }
}

impl Nonces for KeyedNonces {
    fn make(&self, time: u32) -> String {
        let serial = self.next_serial.fetch_add(1, Ordering::Relaxed);
        Nonce { time, serial }.print(&self.key)
    }

    fn read(&self, text: &str) -> Option<Nonce> {
        Nonce::read(text, &self.key)
    }
}

/// Nonces that were given, each once and in order, and then those of a key: a stage replays the
/// ones a text prints.
#[derive(Debug)]
pub struct GivenNonces {
    given: &'static [&'static str],
    /// When each was asked for, whatever its text says: in OpenSER's it is when it ends.
    times: Mutex<Vec<u32>>,
    then: KeyedNonces,
}

impl GivenNonces {
    /// These nonces first, then others.
    pub fn new(given: &'static [&'static str], then: KeyedNonces) -> Self {
        let times = Mutex::default();
        Self { given, times, then }
    }
}

impl Nonces for GivenNonces {
    fn make(&self, time: u32) -> String {
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(given) = self.given.get(times.len()) else {
            return self.then.make(time);
        };
        times.push(time);
        (*given).to_owned()
    }

    fn read(&self, text: &str) -> Option<Nonce> {
        let Some(at) = self.given.iter().position(|given| *given == text) else {
            return self.then.read(text);
        };
        let times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        Some(Nonce {
            time: *times.get(at)?,
            serial: u32::MAX - at as u32,
        })
    }
}

/// When a request came, as nonces count time: in seconds since 1970, which fit until 2106.
pub(crate) fn seconds(request: &Request) -> u32 {
    let since = request
        .arrival()
        .at
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u32::try_from(since.as_secs()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_of_ours_is_read_again_and_begins_with_its_time() {
        let key = NonceKey::new(*b"0123456789abcdef");
        let nonce = Nonce {
            time: 0x4627_91f0,
            serial: 7,
        };
        let text = nonce.print(&key);
        // HMAC-SHA-256 worked out by Python's hmac, over `nonce`, time and serial.
        assert_eq!(text, "462791f0000000076442552aceaf2ec1838e804a");
        assert_eq!(Nonce::read(&text, &key), Some(nonce));
    }

    #[test]
    fn a_nonce_with_one_digit_flipped_is_not_ours() {
        let key = NonceKey::new(*b"0123456789abcdef");
        let text = Nonce { time: 1, serial: 2 }.print(&key);
        for at in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(Nonce::read(&changed, &key), None, "{changed}");
        }
        let other = NonceKey::new(*b"another server's");
        assert_eq!(Nonce::read(&text, &other), None);
        assert_eq!(Nonce::read("", &key), None);
    }
}
