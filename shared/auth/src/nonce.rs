//! Nonces that carry their own proof, so that none has to be remembered before it is used.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::UNIX_EPOCH;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sip_message::Request;
use siphasher::sip::SipHasher24;
use subtle::ConstantTimeEq;

use crate::asked::Asked;

/// How many bytes of the proof a nonce carries: 96 bits, too many to guess.
const PROOF: usize = 12;

/// How many bytes a nonce has: time, serial number, place and proof.
const BYTES: usize = 4 + 4 + 4 + PROOF;

/// The key of the nonces. It is kept in the database, so that nonces survive a restart.
#[derive(Clone)]
pub struct NonceKey {
    proof: Hmac<Sha256>,
    place: SipHasher24,
}

impl NonceKey {
    /// A key of 16 random bytes.
    pub fn new(key: [u8; 16]) -> Self {
        // HMAC pads a short key with zeros (RFC 2104 §2). Hashing it once here saves half the work
        // of each short message.
        let mut block = [0; 64];
        block[..key.len()].copy_from_slice(&key);
        let proof = Hmac::new(&block.into());
        // Places have another key, so that neither hash reveals anything about the other.
        let mut derived = proof.clone();
        derived.update(b"place");
        let mut place = [0; 16];
        place.copy_from_slice(&derived.finalize().into_bytes()[..16]);
        Self {
            proof,
            place: SipHasher24::new_with_key(&place),
        }
    }

    fn proof(&self, numbers: &[u8]) -> [u8; PROOF] {
        let mut mac = self.proof.clone();
        mac.update(b"nonce");
        mac.update(numbers);
        let whole = mac.finalize().into_bytes();
        let mut proof = [0; PROOF];
        proof.copy_from_slice(&whole[..PROOF]);
        proof
    }

    /// Where a nonce is good. 32 bits of a keyed hash are enough because the proof covers them: to
    /// find two places that share them, one would have to ask from that many networks.
    fn place(&self, asked: Asked) -> u32 {
        self.place.hash(&asked.bytes()) as u32 // its lower half
    }
}

impl fmt::Debug for NonceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NonceKey(..)")
    }
}

/// A nonce: 8 hex digits of the second it was made in (OpenSER writes the second it ends in), 8 of a
/// serial number, so that two phones challenged in the same second get different nonces, 8 of the
/// place where it is good, and 24 of proof that it is ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Nonce {
    /// When it was made, in seconds since 1970.
    pub time: u32,
    /// Its number: nonces are counted from a random first number, and the count wraps.
    pub serial: u32,
    /// Where it is good: a keyed hash of the challenged network, and of whether a registrar or a
    /// proxy asked.
    pub place: u32,
}

/// Where the nonce of an answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// We gave it to this network for this purpose. It may have expired.
    Ours(Nonce),
    /// We gave it to another network, or for another purpose. The phone's address may have changed,
    /// or someone else tries to use it.
    Elsewhere,
    /// It is from another server, made up, or changed.
    NotOurs,
}

impl Nonce {
    /// The text of the `nonce` parameter, 48 hex digits.
    pub fn print(self, key: &NonceKey) -> String {
        let mut text = [0; 2 * BYTES];
        let _ = hex::encode_to_slice(self.bytes(key), &mut text); // two digits for each byte, so it fits
        str::from_utf8(&text).unwrap_or_default().to_owned()
    }

    /// Reads a nonce of ours; `None` for any other: of another server, made up, or changed in one
    /// digit.
    pub fn read(text: &str, key: &NonceKey) -> Option<Self> {
        let mut bytes = [0; BYTES];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        let (time, rest) = bytes.split_first_chunk()?;
        let (serial, rest) = rest.split_first_chunk()?;
        let (place, _) = rest.split_first_chunk()?;
        let nonce = Self {
            time: u32::from_be_bytes(*time),
            serial: u32::from_be_bytes(*serial),
            place: u32::from_be_bytes(*place),
        };
        let is_ours: bool = bytes.ct_eq(&nonce.bytes(key)).into();
        is_ours.then_some(nonce)
    }

    /// Time, serial number and place, and the proof of all three.
    fn bytes(self, key: &NonceKey) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        let (numbers, proof) = bytes.split_at_mut(BYTES - PROOF);
        numbers[..4].copy_from_slice(&self.time.to_be_bytes());
        numbers[4..8].copy_from_slice(&self.serial.to_be_bytes());
        numbers[8..].copy_from_slice(&self.place.to_be_bytes());
        proof.copy_from_slice(&key.proof(numbers));
        bytes
    }
}

/// Where nonces come from. A server makes its own; a stage replays those that a text prints.
pub trait Nonces: Send + Sync {
    /// A nonce for a challenge at `time`, in seconds since 1970, without quotes. It is good only
    /// for the network and the purpose in `asked`.
    fn make(&self, time: u32, asked: Asked) -> String;

    /// Reads the nonce of an answer from the network in `asked`, including nonces that
    /// [`Nonces::make`] gave before a restart.
    fn read(&self, text: &str, asked: Asked) -> Reading;
}

/// The nonces of a key.
#[derive(Debug)]
pub struct KeyedNonces {
    key: NonceKey,
    next_serial: AtomicU32,
}

impl KeyedNonces {
    /// Nonces made with `key`, numbered from `first_serial`. It should be random: a server that
    /// restarts within a second must not use a number twice.
    pub fn new(key: NonceKey, first_serial: u64) -> Self {
        let next_serial = AtomicU32::new(first_serial as u32); // its lower half
        Self { key, next_serial }
    }
}

impl Nonces for KeyedNonces {
    fn make(&self, time: u32, asked: Asked) -> String {
        let nonce = Nonce {
            time,
            serial: self.next_serial.fetch_add(1, Ordering::Relaxed),
            place: self.key.place(asked),
        };
        nonce.print(&self.key)
    }

    fn read(&self, text: &str, asked: Asked) -> Reading {
        match Nonce::read(text, &self.key) {
            Some(nonce) if nonce.place == self.key.place(asked) => Reading::Ours(nonce),
            Some(_) => Reading::Elsewhere,
            None => Reading::NotOurs,
        }
    }
}

/// When a request came, in seconds since 1970, as nonces count time; 32 bits last until 2106.
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
    use std::net::IpAddr;

    use super::*;
    use crate::answer::Asking;

    const KEY: [u8; 16] = *b"0123456789abcdef";

    fn asked(source: &str, asking: Asking) -> Asked {
        Asked::at(source.parse::<IpAddr>().unwrap(), asking)
    }

    #[test]
    fn a_nonce_of_ours_is_read_again_and_begins_with_its_time() {
        let key = NonceKey::new(KEY);
        let nonce = Nonce {
            time: 0x4627_91f0,
            serial: 7,
            place: 9,
        };
        let text = nonce.print(&key);
        // HMAC-SHA-256 worked out by Python's hmac, over `nonce`, time, serial and place.
        assert_eq!(text, "462791f0000000070000000934c0bd4ecdea9dd7d4b537dd");
        assert_eq!(Nonce::read(&text, &key), Some(nonce));
    }

    #[test]
    fn a_nonce_with_one_digit_flipped_is_not_ours() {
        let key = NonceKey::new(KEY);
        let nonce = Nonce {
            time: 1,
            serial: 2,
            place: 3,
        };
        let text = nonce.print(&key);
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

    #[test]
    fn a_nonce_is_good_where_it_was_given_and_nowhere_else() {
        let nonces = KeyedNonces::new(NonceKey::new(KEY), 1);
        let read = |from: Asked, to: Asked| nonces.read(&nonces.make(1, from), to);
        for (one, other) in [
            ("192.0.2.1", "192.0.2.2"),
            ("2001:db8::1", "2001:db8:0:1::1"),
            ("192.0.2.1", "c000:201::"), // the same bytes, of another kind
        ] {
            for asking in [Asking::Server, Asking::Proxy] {
                let [one, other] = [one, other].map(|source| asked(source, asking));
                assert!(matches!(read(one, one), Reading::Ours(_)));
                assert_eq!(read(one, other), Reading::Elsewhere);
                assert_eq!(read(other, one), Reading::Elsewhere);
            }
        }
        let [server, proxy] = [Asking::Server, Asking::Proxy].map(|it| asked("192.0.2.1", it));
        assert_eq!(read(server, proxy), Reading::Elsewhere);
        assert_eq!(read(proxy, server), Reading::Elsewhere);
        let moved = asked("2001:db8::2", Asking::Server);
        let same_network = read(asked("2001:db8::1", Asking::Server), moved);
        assert!(matches!(same_network, Reading::Ours(_)));
        let mapped = read(asked("::ffff:192.0.2.1", Asking::Server), server);
        assert!(matches!(mapped, Reading::Ours(_)));
        assert_eq!(nonces.read("made up", server), Reading::NotOurs);
    }
}
