//! A value of a table in words.

use rusqlite::types::ValueRef;

/// A value as people read it, without control characters.
pub(crate) fn cell(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => sip_message::printable(text),
        ValueRef::Blob(bytes) => format!("({} bytes)", bytes.len()),
    }
}
