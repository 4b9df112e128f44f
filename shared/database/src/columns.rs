//! The columns of `location` that are read, and the value of each, whatever program wrote it.
//!
//! SQLite keeps whatever was written into a column, so a number may be a text and a text bytes.

use rusqlite::Row;
use rusqlite::types::ValueRef;

use crate::cell::cell;

/// The columns that are read. A number that was written as a text is cast, as Kamailio does it:
/// what does not begin with digits is 0.
pub(crate) const COLUMNS: &str = "ruid, username, contact, received, expires, CAST(q AS REAL), \
     callid, CAST(cseq AS INTEGER), last_modified, user_agent, socket, instance, \
     CAST(reg_id AS INTEGER), params, id, path";

/// A column of [`COLUMNS`]: its place, and its name.
#[derive(Clone, Copy)]
pub(crate) struct Column(pub(crate) usize, pub(crate) &'static str);

pub(crate) const RUID: Column = Column(0, "ruid");
pub(crate) const USERNAME: Column = Column(1, "username");
pub(crate) const CONTACT: Column = Column(2, "contact");
pub(crate) const RECEIVED: Column = Column(3, "received");
pub(crate) const EXPIRES: Column = Column(4, "expires");
pub(crate) const Q: Column = Column(5, "q");
pub(crate) const CALLID: Column = Column(6, "callid");
pub(crate) const CSEQ: Column = Column(7, "cseq");
pub(crate) const MODIFIED: Column = Column(8, "last_modified");
pub(crate) const USER_AGENT: Column = Column(9, "user_agent");
pub(crate) const SOCKET: Column = Column(10, "socket");
pub(crate) const INSTANCE: Column = Column(11, "instance");
pub(crate) const REG_ID: Column = Column(12, "reg_id");
pub(crate) const PARAMS: Column = Column(13, "params");
pub(crate) const ID: Column = Column(14, "id");
pub(crate) const PATH: Column = Column(15, "path");

/// How long a text may be: what [`sip_location::Location::load`] takes.
const LONGEST: usize = 4096;

impl Column {
    pub(crate) fn value<'r>(self, row: &'r Row<'_>) -> ValueRef<'r> {
        row.get_ref(self.0).unwrap_or(ValueRef::Null)
    }

    /// A text on one line. NULL is empty, and bytes are the text they spell.
    pub(crate) fn text(self, row: &Row<'_>) -> Option<String> {
        let bytes = match self.value(row) {
            ValueRef::Null => return Some(String::new()),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes,
            ValueRef::Integer(number) => return Some(number.to_string()),
            ValueRef::Real(number) => return Some(number.to_string()),
        };
        let text = str::from_utf8(bytes).ok()?;
        let fits = text.len() <= LONGEST && !text.contains(char::is_control);
        fits.then(|| text.to_owned())
    }

    /// A text that decides nothing: where it is odd, it is empty.
    pub(crate) fn text_or_empty(self, row: &Row<'_>) -> String {
        self.text(row).unwrap_or_default()
    }

    /// A text without which the row cannot be used.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn needed_text(self, row: &Row<'_>) -> Result<String, String> {
        let text = self.text(row).filter(|text| !text.is_empty());
        text.ok_or_else(|| match self.shown(row) {
            empty if empty.is_empty() => format!("{} is empty", self.1),
            odd => format!("{} is not a text of one line: {odd}", self.1),
        })
    }

    pub(crate) fn number(self, row: &Row<'_>) -> u32 {
        let number: Option<i64> = row.get(self.0).ok().flatten();
        let number = number.unwrap_or(0).clamp(0, u32::MAX.into());
        u32::try_from(number).unwrap_or(0)
    }

    /// The value as it is in the table, for people.
    pub(crate) fn shown(self, row: &Row<'_>) -> String {
        cut(cell(self.value(row)))
    }
}

/// The beginning of a long text.
pub(crate) fn cut(text: String) -> String {
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text,
    }
}
