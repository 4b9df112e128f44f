//! A recording of this course as `demo --text` writes it, or the export of the page: each message
//! byte for byte, below a line with its time and addresses.

use std::borrow::Cow;
use std::net::SocketAddr;

use sip_control::watch::{Event, Message, Note, NoteKind};
use sip_message::{Frame, Framer};

/// Begins a line about a message, a heading or a table.
const MARK: &[u8] = b"--- +";

/// When recordings begin, in microseconds since 1970: the time in the OpenSER paper.
const START: u64 = 0x4627_91f0 * 1_000_000;

/// The events of a recording; `None` if this is another text.
pub(super) fn read(bytes: &[u8]) -> Option<Vec<Event>> {
    if !bytes.starts_with(MARK) {
        return None;
    }
    let starts: Vec<usize> = line_starts(bytes)
        .filter(|start| bytes[*start..].starts_with(MARK))
        .collect();
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    let entries = starts.iter().zip(ends);
    Some(
        entries
            .filter_map(|(start, end)| entry(&bytes[*start..end]))
            .collect(),
    )
}

fn line_starts(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    std::iter::once(0).chain(ends.map(|(at, _)| at + 1))
}

fn entry(bytes: &[u8]) -> Option<Event> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let line = str::from_utf8(&bytes[MARK.len()..end]).ok()?;
    let (time, about) = line.split_once(" s  ")?;
    let at = START + (time.parse::<f64>().ok()? * 1_000_000.0) as u64;
    let rest = &bytes[end + 1..];
    if let Some(message) = message(at, about, rest) {
        return Some(Event::Message(message));
    }
    let text = String::from_utf8_lossy(rest).trim_end().to_owned();
    let (kind, title, text) = if text.is_empty() {
        (NoteKind::Scene, None, about.to_owned())
    } else {
        (NoteKind::View, Some(about.to_owned()), text)
    };
    Some(Event::Note(Note {
        at,
        kind,
        title,
        text,
    }))
}

/// `192.168.1.10:5060 -> 192.168.1.15:5060  (TCP, connection 1, lost)`
fn message(at: u64, about: &str, rest: &[u8]) -> Option<Message> {
    let (from, about) = about.split_once(" -> ")?;
    let (to, how) = about.split_once("  (")?;
    let mut how = how.strip_suffix(')')?.split(", ");
    from.parse::<SocketAddr>()
        .and(to.parse::<SocketAddr>())
        .ok()?;
    let transport = how.next()?.to_owned();
    let how: Vec<&str> = how.collect();
    let connection = how.iter().find_map(|it| it.strip_prefix("connection "));
    Some(Message {
        at,
        direction: None,
        from: from.to_owned(),
        to: to.to_owned(),
        transport,
        connection: connection.and_then(|number| number.parse().ok()),
        lost: how.contains(&"lost"),
        explanation: None,
        bytes: without_gap(&wire_ends(rest)),
    })
}

/// The line ends of SIP. A browser turns each into a line feed when a text is pasted.
fn wire_ends(rest: &[u8]) -> Cow<'_, [u8]> {
    if rest.windows(2).any(|pair| pair == b"\r\n") {
        return Cow::Borrowed(rest);
    }
    let lines: Vec<&[u8]> = rest.split(|byte| *byte == b'\n').collect();
    Cow::Owned(lines.join(&b"\r\n"[..]))
}

/// The message without the empty line that sets it apart from the next one.
fn without_gap(rest: &[u8]) -> Vec<u8> {
    let mut framer = Framer::default();
    framer.push(rest);
    match framer.next_frame() {
        Ok(Some(Frame::Message(message))) => message,
        _ => rest.trim_ascii_end().to_vec(), // it was sent without a length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_keeps_times_addresses_and_every_byte() {
        let text =
            b"--- +0.001 s  192.168.1.10:5060 -> 192.168.1.15:5060  (TCP, connection 1, lost)\n\
            MESSAGE sip:h SIP/2.0\r\nContent-Length: 3\r\n\r\na\nb\n\n--- +2.500 s  Later.\n\n";
        let events = read(text).unwrap();
        let [Event::Message(message), Event::Note(note)] = &*events else {
            panic!("{events:?}");
        };
        assert!(message.bytes.ends_with(b"\r\n\r\na\nb"));
        assert_eq!((message.connection, message.lost), (Some(1), true));
        assert_eq!(note.at - message.at, 2_499_000);
        assert_eq!((note.kind, &*note.text), (NoteKind::Scene, "Later."));
        assert!(read(b"REGISTER sip:h SIP/2.0\r\n\r\n").is_none());
    }

    #[test]
    fn a_recording_that_a_browser_pasted_has_its_line_ends_again() {
        let recording = "--- +0.001 s  192.168.1.10:5060 -> 192.168.1.15:5060  (UDP)\n\
            MESSAGE sip:h SIP/2.0\r\nContent-Length: 4\r\n\r\na\r\nb\n";
        let events = read(recording.as_bytes());
        assert!(events.is_some());
        assert_eq!(read(recording.replace('\r', "").as_bytes()), events);
    }
}
