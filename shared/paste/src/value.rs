//! How the lines of one value are joined: with a space, or without one where it was cut in two.

use sip_message::MAX_MESSAGE;

use crate::fields::completes_name;

/// Where the value that is being read may have been cut.
#[derive(Default)]
pub(crate) struct Cut {
    /// The value ends inside a quoted string.
    pub(crate) in_quotes: bool,
    /// The last parameter is a name, which may contain spaces.
    in_words: bool,
}

impl Cut {
    /// Adds the next part of a value. `is_digest` says whether it belongs to a challenge or
    /// credentials. A value never grows beyond the size of a message.
    pub(crate) fn join(&mut self, value: &mut String, more: &str, is_digest: bool) {
        if value.len() + more.len() > MAX_MESSAGE {
            return;
        }
        // In JSON, the whole value is in quotes.
        let is_string = is_digest && value.is_empty() && more.starts_with("\"Digest");
        let more = if is_string { &more[1..] } else { more };
        // A value that was cut had no space there, unless it is one that may have spaces.
        let is_cut = is_digest && (self.in_quotes && !self.in_words || completes_name(value, more));
        if !value.is_empty() && !more.is_empty() && !is_cut {
            value.push(' ');
        }
        value.push_str(more);
        self.pass(more);
    }

    /// Follows quotes and parameters over the text.
    fn pass(&mut self, text: &str) {
        let bare = text.replace("\\\\", "").replace("\\\"", "");
        self.in_quotes ^= bare.matches(['"', '“', '”', '„']).count() % 2 == 1;
        if let Some(equals) = text.rfind('=') {
            let name = text[..equals].trim_end();
            self.in_words = name.ends_with("realm") || name.ends_with("username");
        }
    }
}
