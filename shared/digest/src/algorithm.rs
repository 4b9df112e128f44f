//! The hash algorithms of digest authentication.

use md5::{Digest, Md5};
use sha2::{Sha256, Sha512_256};

/// A hash, and whether HA1 is bound to the session (RFC 7616 §3.4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Algorithm {
    /// `MD5`, the default where no algorithm is given.
    #[default]
    Md5,
    /// `MD5-sess`
    Md5Sess,
    /// `SHA-256` (RFC 8760)
    Sha256,
    /// `SHA-256-sess`
    Sha256Sess,
    /// `SHA-512-256` (RFC 8760): SHA-512 cut to 256 bits, with other initial values.
    Sha512Of256,
    /// `SHA-512-256-sess`
    Sha512Of256Sess,
}

impl Algorithm {
    /// All algorithms, the oldest first.
    pub const ALL: [Self; 6] = [
        Self::Md5,
        Self::Md5Sess,
        Self::Sha256,
        Self::Sha256Sess,
        Self::Sha512Of256,
        Self::Sha512Of256Sess,
    ];

    /// The token of the `algorithm` parameter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Md5Sess => "MD5-sess",
            Self::Sha256 => "SHA-256",
            Self::Sha256Sess => "SHA-256-sess",
            Self::Sha512Of256 => "SHA-512-256",
            Self::Sha512Of256Sess => "SHA-512-256-sess",
        }
    }

    /// The hash function's name, without `-sess`.
    pub fn function(self) -> &'static str {
        self.as_str().trim_end_matches("-sess")
    }

    /// Reads a token in any case; `None` for an unknown one.
    pub fn from_token(token: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.as_str().eq_ignore_ascii_case(token))
    }

    /// Whether HA1 also covers the nonce and the cnonce.
    pub fn is_session(self) -> bool {
        matches!(
            self,
            Self::Md5Sess | Self::Sha256Sess | Self::Sha512Of256Sess
        )
    }

    /// The hash of `text` in lower-case hex: 32 digits of MD5, 64 of the others.
    pub fn hash(self, text: &[u8]) -> String {
        self.hash_parts(&[text]).as_str().to_owned()
    }

    /// The hash of the parts joined by colons, which is how a digest joins everything it hashes.
    pub(crate) fn hash_parts(self, parts: &[impl AsRef<[u8]>]) -> Hash {
        match self {
            Self::Md5 | Self::Md5Sess => Hash::of::<Md5>(parts),
            Self::Sha256 | Self::Sha256Sess => Hash::of::<Sha256>(parts),
            Self::Sha512Of256 | Self::Sha512Of256Sess => Hash::of::<Sha512_256>(parts),
        }
    }
}

/// A hash in lower-case hex.
#[derive(Clone, Copy)]
pub(crate) struct Hash {
    digits: [u8; Self::LONGEST],
    length: usize,
}

impl Hash {
    /// The digits of SHA-256 and SHA-512-256.
    pub(crate) const LONGEST: usize = 64;

    fn of<D: Digest>(parts: &[impl AsRef<[u8]>]) -> Self {
        let mut digest = D::new();
        for (n, part) in parts.iter().enumerate() {
            if n > 0 {
                digest.update(b":");
            }
            digest.update(part);
        }
        let (mut digits, length) = ([0; Self::LONGEST], 2 * <D as Digest>::output_size());
        // Two digits for each byte, so the slice has the right length.
        let _ = hex::encode_to_slice(digest.finalize(), &mut digits[..length]);
        Self { digits, length }
    }

    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.digits[..self.length]).unwrap_or_default()
    }
}
