use std::ops::Range;

use crate::address::NameAddr;
use crate::contact::{Contact, Contacts, delta_seconds};
use crate::cseq::CSeq;
use crate::error::ParseError;
use crate::name::Name;
use crate::text::{is_lws, list, offset_in, trim};
use crate::via::Via;

/// Where something stands in the buffer.
pub(crate) type Span = Range<u32>;

/// One header field: an index into the buffer.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: Name,
    /// The whole field, name to line end, as it is printed.
    pub(crate) whole: Span,
    /// The length of the name as it was written.
    pub(crate) name_len: u16,
    /// The value, trimmed.
    pub(crate) value: Span,
}

/// What requests and responses share: a buffer, the index of its header fields, a body.
///
/// The buffer is the message as it came, followed by whatever edits have written; a field
/// points at either. Printing walks the index, so an untouched field leaves byte for byte.
#[derive(Debug, Clone)]
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
    pub fn value(&self, name: Name) -> Option<&[u8]> {
        self.raw(name).next()
    }

    /// The raw values of all header fields of that name, one a field, in order.
    pub fn raw(&self, name: Name) -> impl Iterator<Item = &[u8]> {
        self.fields
            .iter()
            .filter(move |f| f.name == name)
            .map(|f| self.bytes(&f.value))
    }

    /// The elements of a comma-separated list, over all its header fields, in order (§7.3.1).
    pub fn list(&self, name: Name) -> impl Iterator<Item = &[u8]> {
        self.raw(name).flat_map(list)
    }

    /// Every header field: its name as written, and its trimmed value.
    pub fn headers(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.fields
            .iter()
            .map(|field| (self.written_name(field), self.bytes(&field.value)))
    }

    /// The value of the first field of a name that [`Name`] does not list, in any case.
    pub fn other(&self, name: &str) -> Option<&[u8]> {
        let is = |written: &[u8]| written.eq_ignore_ascii_case(name.as_bytes());
        self.headers()
            .find(|(written, _)| is(written))
            .map(|(_, value)| value)
    }

    /// The body, byte for byte.
    pub fn body(&self) -> &[u8] {
        self.bytes(&self.body)
    }

    /// The first Via, the hop the message came from (§20.42).
    ///
    /// # Errors
    /// As [`Via::parse`], with the offset in the message.
    pub fn top_via(&self) -> Result<Via<'_>, ParseError> {
        self.read_first(Name::Via, Via::parse)
    }

    /// Every Via, from the last hop to the first.
    pub fn vias(&self) -> impl Iterator<Item = Result<Via<'_>, ParseError>> {
        self.list(Name::Via)
            .map(|value| Via::parse(value).map_err(|e| self.locate(e, Name::Via, value)))
    }

    /// From: who the request says it is from (§20.20).
    ///
    /// # Errors
    /// As [`NameAddr::parse`], with the offset in the message.
    pub fn from(&self) -> Result<NameAddr<'_>, ParseError> {
        self.read(Name::From, NameAddr::parse)
    }

    /// To: whom the request is for (§20.39); of a REGISTER, the address-of-record.
    ///
    /// # Errors
    /// As [`NameAddr::parse`], with the offset in the message.
    pub fn to(&self) -> Result<NameAddr<'_>, ParseError> {
        self.read(Name::To, NameAddr::parse)
    }

    /// Call-ID (§20.8), compared byte by byte.
    ///
    /// # Errors
    /// When it is missing, empty, or no single word of UTF-8.
    pub fn call_id(&self) -> Result<&str, ParseError> {
        self.read(Name::CallId, |value| {
            let fault = |what| ParseError::new("Call-ID", what, 0);
            let text = std::str::from_utf8(value).map_err(|_| fault("bytes that are not UTF-8"))?;
            let one_word = !text.is_empty() && !text.bytes().any(is_lws);
            one_word.then_some(text).ok_or(fault("not one word"))
        })
    }

    /// CSeq (§20.16).
    ///
    /// # Errors
    /// As [`CSeq::parse`], with the offset in the message.
    pub fn cseq(&self) -> Result<CSeq, ParseError> {
        self.read(Name::CSeq, CSeq::parse)
    }

    /// Max-Forwards (§20.22), when there is one.
    ///
    /// # Errors
    /// When it is no number from 0 to 255.
    pub fn max_forwards(&self) -> Result<Option<u8>, ParseError> {
        self.read_optional(Name::MaxForwards, |value| {
            let number = digits(value).and_then(|digits| digits.parse().ok());
            number.ok_or(ParseError::new(
                "Max-Forwards",
                "no number from 0 to 255",
                0,
            ))
        })
    }

    /// Expires in seconds (§20.19), when there is one that is a number.
    pub fn expires(&self) -> Option<u32> {
        self.value(Name::Expires)
            .and_then(digits)
            .and_then(delta_seconds)
    }

    /// Content-Length in bytes (§20.14), when there is one.
    ///
    /// # Errors
    /// When it is no number that fits 32 bits, or two differ.
    pub fn content_length(&self) -> Result<Option<u32>, ParseError> {
        let fault = |what| ParseError::new("Content-Length", what, 0);
        let mut found = None;
        for value in self.raw(Name::ContentLength) {
            let locate = |e| self.locate(e, Name::ContentLength, value);
            let number = digits(value).and_then(|digits| digits.parse().ok());
            let number = number.ok_or_else(|| locate(fault("no number that fits 32 bits")))?;
            if found.is_some_and(|other| other != number) {
                return Err(locate(fault("two that differ")));
            }
            found = Some(number);
        }
        Ok(found)
    }

    /// Every Contact (§20.10).
    ///
    /// # Errors
    /// As [`Contact::parse`], or `*` beside another value.
    pub fn contacts(&self) -> Result<Contacts<'_>, ParseError> {
        let mut contacts = Vec::new();
        let mut star = false;
        for value in self.list(Name::Contact) {
            if value == b"*" {
                star = true;
            } else {
                let read = Contact::parse(value);
                contacts.push(read.map_err(|e| self.locate(e, Name::Contact, value))?);
            }
        }
        match (star, contacts.is_empty()) {
            (false, _) => Ok(Contacts::List(contacts)),
            (true, true) if self.list(Name::Contact).count() == 1 => Ok(Contacts::Star),
            (true, _) => {
                let base = self
                    .value(Name::Contact)
                    .map_or(0, |v| offset_in(&self.buffer, v));
                Err(ParseError::new("Contact", "* beside another Contact", base))
            }
        }
    }

    /// Every Route from the first to be visited on (§20.34).
    pub fn routes(&self) -> impl Iterator<Item = Result<NameAddr<'_>, ParseError>> {
        self.addresses(Name::Route)
    }

    /// Every Record-Route from the last proxy to the first (§20.30).
    pub fn record_routes(&self) -> impl Iterator<Item = Result<NameAddr<'_>, ParseError>> {
        self.addresses(Name::RecordRoute)
    }

    fn addresses(&self, name: Name) -> impl Iterator<Item = Result<NameAddr<'_>, ParseError>> {
        self.list(name)
            .map(move |value| NameAddr::parse(value).map_err(|e| self.locate(e, name, value)))
    }

    /// Reads the header field of that name, which must be there.
    fn read<'a, T>(
        &'a self,
        name: Name,
        parse: impl FnOnce(&'a [u8]) -> Result<T, ParseError>,
    ) -> Result<T, ParseError> {
        let missing = ParseError::new(name.as_str(), "missing", self.start_line.end as usize);
        self.read_optional(name, parse)?.ok_or(missing)
    }

    fn read_optional<'a, T>(
        &'a self,
        name: Name,
        parse: impl FnOnce(&'a [u8]) -> Result<T, ParseError>,
    ) -> Result<Option<T>, ParseError> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        parse(value)
            .map(Some)
            .map_err(|e| self.locate(e, name, value))
    }

    /// Reads the first element of a list that must not be empty.
    fn read_first<'a, T>(
        &'a self,
        name: Name,
        parse: impl FnOnce(&'a [u8]) -> Result<T, ParseError>,
    ) -> Result<T, ParseError> {
        let missing = ParseError::new(name.as_str(), "missing", self.start_line.end as usize);
        let value = self.list(name).next().ok_or(missing)?;
        parse(value).map_err(|e| self.locate(e, name, value))
    }

    pub(crate) fn written_name(&self, field: &Field) -> &[u8] {
        let start = field.whole.start;
        self.bytes(&(start..start + u32::from(field.name_len)))
    }

    fn locate(&self, error: ParseError, name: Name, value: &[u8]) -> ParseError {
        error.within(name.as_str(), offset_in(&self.buffer, value))
    }
}

pub(crate) fn digits(value: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(trim(value)).ok()?;
    Some(text).filter(|text| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()))
}

impl Message {
    /// Checks what requests and responses both need.
    pub(crate) fn check_common(&self) -> Result<(), ParseError> {
        self.top_via()?;
        self.from()?
            .parse_uri()
            .map_err(|e| self.locate_in(e, Name::From))?;
        self.to()?
            .parse_uri()
            .map_err(|e| self.locate_in(e, Name::To))?;
        self.call_id()?;
        self.cseq()?;
        for single in [
            Name::From,
            Name::To,
            Name::CallId,
            Name::CSeq,
            Name::MaxForwards,
        ] {
            if let Some(second) = self.raw(single).nth(1) {
                let error = ParseError::new(single.as_str(), "given twice", 0);
                return Err(self.locate(error, single, second));
            }
        }
        // §18.3: a datagram that ends before its Content-Length is an error.
        if self
            .content_length()?
            .is_some_and(|length| length > self.body.end - self.body.start)
        {
            let error = ParseError::new("Content-Length", "larger than the body", 0);
            return Err(self.locate_in(error, Name::ContentLength));
        }
        Ok(())
    }

    /// The error seen from the whole message, at the first header field of that name.
    pub(crate) fn locate_in(&self, error: ParseError, name: Name) -> ParseError {
        let base = self
            .value(name)
            .map_or(0, |value| offset_in(&self.buffer, value));
        error.within(name.as_str(), base)
    }
}
