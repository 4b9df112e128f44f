//! Where in a script something was decided.

use std::fmt;
use std::panic::Location;

/// A line of source code, for tools that show what a script decided and where. It does not belong to
/// the message: all lines compare as equal.
#[derive(Clone, Copy)]
pub struct ScriptLine(&'static Location<'static>);

impl ScriptLine {
    /// The line that calls the function which asks.
    #[track_caller]
    pub fn here() -> Self {
        Self(Location::caller())
    }

    /// The file, as the compiler was given it.
    pub fn file(self) -> &'static str {
        self.0.file()
    }

    /// The line, from 1.
    pub fn line(self) -> u32 {
        self.0.line()
    }
}

impl PartialEq for ScriptLine {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for ScriptLine {}

impl fmt::Debug for ScriptLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file(), self.line())
    }
}

#[cfg(test)]
mod tests {
    use crate::{Reply, fixture};

    #[test]
    fn a_reply_knows_the_line_it_was_made_on() {
        let (reply, line) = (Reply::of(404), line!());
        assert_eq!(reply.place.line(), line);
        assert!(reply.place.file().ends_with("script_line.rs"));
        assert_eq!(reply, Reply::of(404), "wherever it was made");
    }

    #[test]
    fn a_request_knows_the_line_that_asked_last() {
        let arrival = fixture::arrival("192.168.1.15:5060", "192.168.1.10:5060", 0);
        let request = fixture::request(fixture::REGISTER, arrival);
        assert!(request.last_asked().is_none());
        request.note_asked();
        request.note_asked();
        let line = line!() - 1;
        assert_eq!(request.last_asked().map(|place| place.line()), Some(line));
    }
}
