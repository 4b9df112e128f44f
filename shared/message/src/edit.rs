//! Edits: new text is written behind the message, removed text only leaves the index.

use std::ops::Range;

use crate::header_name::HeaderName;
use crate::message::{Field, Message, Span};
use crate::text::{list, offset_in, push_one_line, split_first};

/// Where a part of a message is.
#[derive(Debug, Clone)]
pub struct Place(Range<usize>);

/// Line ends in the text of an edit become spaces, so that no value can begin another header
/// field.
impl Message {
    /// Puts a header field before all others, where a proxy's Via and Record-Route go (§16.6).
    pub fn push_front(&mut self, name: HeaderName, value: &str) {
        let field = self.write_field(name, value);
        self.fields.insert(0, field);
    }

    /// Puts a header field after all others.
    pub fn push_back(&mut self, name: HeaderName, value: &str) {
        let field = self.write_field(name, value);
        self.fields.push(field);
    }

    /// Replaces the first header field of that name, or adds one at the end.
    pub fn set(&mut self, name: HeaderName, value: &str) {
        match self.fields.iter().position(|field| field.is(name)) {
            Some(at) => self.rewrite(at, value, 0..0),
            None => self.push_back(name, value),
        }
    }

    /// Replaces the first element of a list header, or adds one at the front; the other
    /// elements stay as they are.
    pub fn set_first(&mut self, name: HeaderName, value: &str) {
        match self.first_element(name) {
            Some((at, others)) => self.rewrite(at, value, others),
            None => self.push_front(name, value),
        }
    }

    /// Where a part of this message is, for [`Message::overwrite`].
    pub fn place_of(&self, part: &[u8]) -> Place {
        let start = offset_in(&self.buffer, part);
        Place(start..start + part.len())
    }

    /// Replaces a part by a text of the same length, so that the rest of the message stays as it is
    /// (§16.7 step 8). A text of another length changes nothing.
    pub fn overwrite(&mut self, place: Place, text: &str) {
        let part = self.buffer.get_mut(place.0);
        if let Some(part) = part.filter(|part| part.len() == text.len()) {
            part.copy_from_slice(text.as_bytes());
        }
    }

    /// Removes the first element of a list header: the Via of a response (§16.7), a Route that
    /// was visited (§16.4).
    pub fn remove_first(&mut self, name: HeaderName) {
        let mut removed = false;
        self.remove_first_while(name, |_| !std::mem::replace(&mut removed, true));
    }

    /// Removes elements from the front of a list header while `visited` holds, over all its
    /// fields, in one pass. Returns how many.
    pub fn remove_first_while(
        &mut self,
        name: HeaderName,
        mut visited: impl FnMut(&[u8]) -> bool,
    ) -> usize {
        let mut count = 0;
        let mut is_done = false;
        let mut fields = std::mem::take(&mut self.fields);
        fields.retain_mut(|field| {
            if is_done || !field.is(name) {
                return true;
            }
            while let Some((first, others)) = split_first(self.bytes(&field.value)) {
                if !visited(first) {
                    is_done = true;
                    return true;
                }
                count += 1;
                let start = field.value.end - others.len() as u32;
                (field.value.start, field.narrowed) = (start, true);
            }
            false // no element is left
        });
        self.fields = fields;
        count
    }

    /// Removes the last element of a list header (§16.4, a strict router's last Route).
    pub fn remove_last(&mut self, name: HeaderName) {
        let has_elements = |f: &Field| list(self.bytes(&f.value)).next().is_some();
        let holds = |f: &Field| f.is(name) && has_elements(f);
        let Some(at) = self.fields.iter().rposition(holds) else {
            return;
        };
        let value = self.bytes(&self.fields[at].value);
        let mut ends = list(value).map(|element| offset_in(value, element) + element.len());
        let (mut end_before, mut end) = (None, ends.next());
        for next in ends {
            (end_before, end) = (end, Some(next));
        }
        match end_before {
            Some(end) => {
                let field = &mut self.fields[at];
                field.value.end = field.value.start + end as u32;
                field.narrowed = true;
            }
            None => drop(self.fields.remove(at)),
        }
    }

    /// Keeps the header fields for which `keep` holds; it gets the name, if [`HeaderName`] lists
    /// it, and the raw value.
    pub fn retain(&mut self, mut keep: impl FnMut(Option<HeaderName>, &[u8]) -> bool) {
        let mut fields = std::mem::take(&mut self.fields);
        fields.retain(|field| keep(field.name, self.bytes(&field.value)));
        self.fields = fields;
    }

    /// The field that holds the first element of a list, and where the others of that field are.
    fn first_element(&self, name: HeaderName) -> Option<(usize, Span)> {
        let mut fields = self.fields.iter().enumerate();
        fields.find_map(|(at, field)| {
            let (_, others) = field
                .is(name)
                .then(|| split_first(self.bytes(&field.value)))
                .flatten()?;
            Some((at, field.value.end - others.len() as u32..field.value.end))
        })
    }

    /// Rewrites a field under the name it came with, `others` of its list behind `value`.
    fn rewrite(&mut self, at: usize, value: &str, others: Span) {
        let Some(field) = self.fields.get(at) else {
            return;
        };
        let name = field.name;
        let written =
            field.whole.start as usize..field.whole.start as usize + usize::from(field.name_len);
        let start = self.end();
        self.buffer.extend_from_within(written);
        self.fields[at] = self.finish_field(name, start, value, others);
    }

    fn write_field(&mut self, name: HeaderName, value: &str) -> Field {
        let start = self.end();
        self.buffer.extend_from_slice(name.as_str().as_bytes());
        self.finish_field(Some(name), start, value, 0..0)
    }

    /// Writes what follows the name that was written from `start` on.
    fn finish_field(
        &mut self,
        name: Option<HeaderName>,
        start: u32,
        value: &str,
        others: Span,
    ) -> Field {
        let name_len = (self.end() - start) as u16; // the name fitted before, or is ours
        self.buffer.extend_from_slice(b": ");
        let value_start = self.end();
        push_one_line(&mut self.buffer, value);
        if !others.is_empty() {
            self.buffer.extend_from_slice(b", ");
            let others = others.start as usize..others.end as usize;
            self.buffer.extend_from_within(others);
        }
        let value = value_start..self.end();
        self.buffer.extend_from_slice(b"\r\n");
        Field {
            name,
            narrowed: false,
            name_len,
            whole: start..self.end(),
            value,
        }
    }

    /// Where the next text is written. Nothing before it moves, so every index stays valid.
    pub(crate) fn end(&self) -> u32 {
        self.buffer.len() as u32 // a message is at most 64 KiB, an edit adds one line
    }
}
