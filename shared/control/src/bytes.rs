//! Bytes in JSON: a string with one character for each byte, U+0000 to U+00FF. SIP stays readable.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};

/// Writes bytes as a string.
pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    serializer.serialize_str(&text)
}

/// Reads them again.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let byte = |c| u8::try_from(c).map_err(|_| D::Error::custom(format!("{c:?} is not a byte")));
    text.chars().map(byte).collect()
}
