//! A recording as text: what an exchange's test compares byte for byte.

use std::fmt::Write;
use std::time::Duration;

use crate::recording::{Entry, Fate, Recorded, Recording};

impl Recording {
    /// The recording as a test keeps it: every message verbatim, below a line that says when it
    /// was sent, from where and to where. Log lines are left out.
    pub fn snapshot(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for entry in &self.entries {
            match entry {
                Entry::Message(message) => {
                    out.extend_from_slice(message_line(message).as_bytes());
                    out.extend_from_slice(&message.bytes);
                    if !message.bytes.ends_with(b"\n") {
                        out.push(b'\n');
                    }
                    if !message.bytes.ends_with(b"\r\n\r\n") {
                        out.push(b'\n');
                    }
                }
                Entry::Scene { at, text } => {
                    out.extend_from_slice(format!("--- {}  {text}\n\n", moment(*at)).as_bytes());
                }
                Entry::View { at, title, text } => {
                    let view = format!("--- {}  {title}\n{text}\n\n", moment(*at));
                    out.extend_from_slice(view.as_bytes());
                }
                Entry::Log { .. } => {}
            }
        }
        out
    }
}

/// `--- +0.001 s  192.168.1.10:5060 -> 192.168.1.15:5060  (UDP)`
fn message_line(message: &Recorded) -> String {
    let mut line = format!(
        "--- {}  {} -> {}  ({}",
        moment(message.at),
        message.from,
        message.to,
        message.transport
    );
    // Writing to a String does not fail.
    if let Some(connection) = message.connection {
        let _ = write!(line, ", connection {}", connection.0);
    }
    if message.fate == Fate::Lost {
        line.push_str(", lost");
    }
    line.push_str(")\n");
    line
}

/// The time since the start: `+0.001 s`.
pub(crate) fn moment(at: Duration) -> String {
    format!("+{}.{:03} s", at.as_secs(), at.subsec_millis())
}
