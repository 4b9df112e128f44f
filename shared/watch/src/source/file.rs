//! Whether bytes are a capture file, a recording of this course, or another text with messages.

use super::{About, Source, capture, recorded, text};
use crate::view::Kind;

/// Reads a file or a pasted text.
///
/// # Errors
/// If there is no SIP message in it, in words.
pub(crate) fn read(name: &str, bytes: &[u8]) -> Result<Source, String> {
    let title = if name.is_empty() { "pasted text" } else { name };
    if capture::is_capture(bytes) {
        let events = capture::read(bytes)?;
        if events.is_empty() {
            return Err(format!("{title} has no SIP message over UDP or TCP."));
        }
        let about = About::opened(Kind::Pcap, title.to_owned());
        return Ok(Source::ended(about, &[], events));
    }
    let events = recorded::read(bytes).unwrap_or_else(|| text::read(&sip_paste::text(bytes)));
    if events.is_empty() {
        return Err(format!(
            "{title} has no SIP message: no request line and no status line was found."
        ));
    }
    let about = About::opened(Kind::Text, title.to_owned());
    Ok(Source::ended(about, &[], events))
}
