//! What an exchange's names are on the wire: a stage may give its phones other users, passwords and
//! addresses than the exchange writes, and a digest covers those that are sent.

/// The names that are sent in place of those a phone was given. A phone writes its messages with
/// the latter; its network replaces them. A digest is calculated here, so it asks.
pub trait Wording: Send + Sync {
    /// A user: `10`.
    fn user(&self, user: &str) -> String;

    /// A password.
    fn password(&self, password: &str) -> String;

    /// A text with addresses in it: a URI, a realm.
    fn text(&self, text: &str) -> String;
}

/// Names as they are written.
pub(crate) struct AsWritten;

impl Wording for AsWritten {
    fn user(&self, user: &str) -> String {
        user.to_owned()
    }

    fn password(&self, password: &str) -> String {
        password.to_owned()
    }

    fn text(&self, text: &str) -> String {
        text.to_owned()
    }
}
