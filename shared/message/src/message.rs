//! What a message is in memory: one buffer, and an index of its header fields.

use std::fmt;
use std::ops::Range;

use crate::arrival::Transport;
use crate::header_name::{HeaderName, full_name};
use crate::text::{list, printable};

/// A range of the buffer.
pub(crate) type Span = Range<u32>;

/// One header field: an index into the buffer.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// `None` for a field that [`HeaderName`] does not list.
    pub(crate) name: Option<HeaderName>,
    /// Whether part of the value in `whole` was removed, so that only `value` counts.
    pub(crate) narrowed: bool,
    /// The length of the name as it was written.
    pub(crate) name_len: u16,
    /// The whole field, name to line end, as it is printed unless it was narrowed.
    pub(crate) whole: Span,
    /// The value, trimmed.
    pub(crate) value: Span,
}

impl Field {
    pub(crate) fn is(&self, name: HeaderName) -> bool {
        self.name == Some(name)
    }
}

/// What requests and responses share: a buffer, the index of its header fields, a body.
///
/// The buffer is the message as it came, followed by the text of all edits; a field points at
/// either. Printing walks the index, so an unchanged field is sent byte for byte.
#[derive(Clone)]
pub struct Message {
    pub(crate) buffer: Vec<u8>,
    pub(crate) start_line: Span,
    pub(crate) fields: Vec<Field>,
    pub(crate) body: Span,
}

impl Message {
    pub(crate) fn bytes(&self, span: &Span) -> &[u8] {
        self.buffer
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default()
    }

    /// The raw value of the first header field of that name, trimmed, folds kept.
    pub fn value(&self, name: HeaderName) -> Option<&[u8]> {
        self.raw(name).next()
    }

    /// The raw values of all header fields of that name, in order.
    pub fn raw(&self, name: HeaderName) -> impl Iterator<Item = &[u8]> {
        self.fields
            .iter()
            .filter(move |field| field.is(name))
            .map(|f| self.bytes(&f.value))
    }

    /// The elements of a comma-separated list, over all its header fields, in order (§7.3.1).
    pub fn list(&self, name: HeaderName) -> impl Iterator<Item = &[u8]> {
        self.raw(name).flat_map(list)
    }

    /// Every header field: its name as written, and its trimmed value.
    pub fn headers(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.fields
            .iter()
            .map(|field| (self.written_name(field), self.bytes(&field.value)))
    }

    /// The value of the first field of that full name, for names that [`HeaderName`] does not list;
    /// found in any case and in its compact form.
    pub fn other(&self, name: &str) -> Option<&[u8]> {
        let is = |written: &[u8]| full_name(written).eq_ignore_ascii_case(name.as_bytes());
        self.headers()
            .find(|(written, _)| is(written))
            .map(|(_, value)| value)
    }

    /// The body, byte for byte.
    pub fn body(&self) -> &[u8] {
        self.bytes(&self.body)
    }

    /// The message as it came, without later edits.
    pub fn as_it_came(&self) -> &[u8] {
        self.bytes(&(0..self.body.end))
    }

    pub(crate) fn written_name(&self, field: &Field) -> &[u8] {
        let start = field.whole.start;
        self.bytes(&(start..start + u32::from(field.name_len)))
    }

    /// Appends the message with its edits to `out`, ready to be sent over `transport`. A stream is
    /// framed by Content-Length, so a message without one gets it as its last field (§18.3,
    /// §20.14). Otherwise the receiver would read the body as further messages.
    pub fn print(&self, transport: Transport, out: &mut Vec<u8>) {
        out.reserve(self.buffer.len() + 32);
        self.print_fields(out);
        if transport == Transport::Tcp && self.value(HeaderName::ContentLength).is_none() {
            let length = format!("Content-Length: {}\r\n", self.body().len());
            out.extend_from_slice(length.as_bytes());
        }
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(self.body());
    }

    /// Start line and header fields.
    fn print_fields(&self, out: &mut Vec<u8>) {
        let mut pending = self.start_line.clone();
        for field in &self.fields {
            if !field.narrowed && field.whole.start == pending.end {
                pending.end = field.whole.end; // neighbours are copied together
                continue;
            }
            out.extend_from_slice(self.bytes(&pending));
            pending = field.whole.clone();
            if field.narrowed {
                let (name, value) = (self.written_name(field), self.bytes(&field.value));
                for piece in [name, b": ", value, b"\r\n"] {
                    out.extend_from_slice(piece);
                }
                pending.start = pending.end;
            }
        }
        out.extend_from_slice(self.bytes(&pending));
    }

    /// The message with its edits, ready for a datagram.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.print(Transport::Udp, &mut out);
        out
    }
}

/// The message as text, line by line; anything unprintable is escaped.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.to_bytes();
        let mut lines = bytes.split(|b| *b == b'\n').peekable();
        while let Some(line) = lines.next() {
            f.write_str(&printable(line.strip_suffix(b"\r").unwrap_or(line)))?;
            if lines.peek().is_some() {
                f.write_str("\n")?;
            }
        }
        Ok(())
    }
}
