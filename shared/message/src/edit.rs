//! Edits: splices at the end of the buffer, and the index pointed at them.

use crate::message::{Field, Message, Span};
use crate::name::Name;
use crate::text::{find_outside, trim};

impl Message {
    /// Puts a header field before all others, where a proxy's Via and Record-Route go (§16.6).
    pub fn push_front(&mut self, name: Name, value: &str) {
        let field = self.write_field(name, value.as_bytes());
        self.fields.insert(0, field);
    }

    /// Puts a header field after all others.
    pub fn push_back(&mut self, name: Name, value: &str) {
        let field = self.write_field(name, value.as_bytes());
        self.fields.push(field);
    }

    /// Replaces the first header field of that name, or adds one at the end.
    pub fn set(&mut self, name: Name, value: &str) {
        match self.fields.iter().position(|f| f.name == name) {
            Some(at) => self.replace_field(at, value.as_bytes()),
            None => self.push_back(name, value),
        }
    }

    /// Replaces the first element of a list header; the others of its field stay as they are.
    pub fn set_first(&mut self, name: Name, value: &str) {
        let Some(at) = self.fields.iter().position(|f| f.name == name) else {
            return self.push_front(name, value);
        };
        let mut text = value.as_bytes().to_vec();
        if let Some(others) = self.after_first(at) {
            text.extend_from_slice(b", ");
            text.extend_from_slice(others);
        }
        self.replace_field(at, &text);
    }

    /// Takes the first element of a list header away: a Via of a response (§16.7), a Route
    /// that was visited (§16.4).
    pub fn remove_first(&mut self, name: Name) {
        let Some(at) = self.fields.iter().position(|f| f.name == name) else {
            return;
        };
        match self.after_first(at).map(<[u8]>::to_vec) {
            Some(others) => self.replace_field(at, &others),
            None => drop(self.fields.remove(at)),
        }
    }

    /// Takes the last element of a list header away (§16.4, a strict router's last Route).
    pub fn remove_last(&mut self, name: Name) {
        let Some(at) = self.fields.iter().rposition(|f| f.name == name) else {
            return;
        };
        let elements: Vec<Vec<u8>> = crate::text::list(self.bytes(&self.fields[at].value))
            .map(<[u8]>::to_vec)
            .collect();
        match elements.split_last() {
            Some((_, others)) if !others.is_empty() => {
                self.replace_field(at, &others.join(&b", "[..]))
            }
            _ => drop(self.fields.remove(at)),
        }
    }

    /// Keeps the header fields for which `keep` holds, told the name and the raw value.
    pub fn retain(&mut self, mut keep: impl FnMut(Name, &[u8]) -> bool) {
        let mut fields = std::mem::take(&mut self.fields);
        fields.retain(|field| keep(field.name, self.bytes(&field.value)));
        self.fields = fields;
    }

    /// Appends the message as it now reads to `out`.
    pub fn print(&self, out: &mut Vec<u8>) {
        out.reserve(self.buffer.len() + 2);
        out.extend_from_slice(self.bytes(&self.start_line));
        for field in &self.fields {
            out.extend_from_slice(self.bytes(&field.whole));
        }
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(self.body());
    }

    /// The message as it now reads.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.print(&mut out);
        out
    }

    /// What follows the first element of the field's list, if anything does.
    fn after_first(&self, at: usize) -> Option<&[u8]> {
        let value = self.bytes(&self.fields.get(at)?.value);
        let comma = find_outside(value, b',')?;
        Some(trim(&value[comma + 1..])).filter(|others| !others.is_empty())
    }

    /// Writes the field anew under the name it came with.
    fn replace_field(&mut self, at: usize, value: &[u8]) {
        let Some(field) = self.fields.get(at) else {
            return;
        };
        let written = self.written_name(field).to_vec();
        let new = self.write_named(field.name, &written, value);
        self.fields[at] = new;
    }

    fn write_field(&mut self, name: Name, value: &[u8]) -> Field {
        self.write_named(name, name.as_str().as_bytes(), value)
    }

    fn write_named(&mut self, name: Name, written: &[u8], value: &[u8]) -> Field {
        let start = self.buffer.len() as u32;
        let value_at = start + written.len() as u32 + 2;
        let whole = self.write(&[written, b": ", value, b"\r\n"]);
        let value = value_at..value_at + value.len() as u32;
        Field {
            name,
            whole,
            name_len: written.len() as u16,
            value,
        }
    }

    /// Writes to the end of the buffer; nothing there moves, so every index stays good.
    pub(crate) fn write(&mut self, pieces: &[&[u8]]) -> Span {
        let start = self.buffer.len() as u32;
        for piece in pieces {
            self.buffer.extend_from_slice(piece);
        }
        start..self.buffer.len() as u32
    }
}
