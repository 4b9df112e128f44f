//! Typed reads of header fields. Nothing is read before a caller asks for it.

use memchr::{memchr3, memrchr};

use crate::address::{NameAddr, tag};
use crate::common::may_be_sips;
use crate::contact::{Contact, Contacts, delta_seconds};
use crate::cseq::CSeq;
use crate::error::ParseError;
use crate::header_name::HeaderName;
use crate::message::Message;
use crate::params::Params;
use crate::text::{list, number, offset_in, split_first, trim};
use crate::via::Via;

impl Message {
    /// The first Via, the hop the message came from (§20.42).
    ///
    /// # Errors
    /// As [`Via::parse`], with the offset in the message.
    pub fn top_via(&self) -> Result<Via<'_>, ParseError> {
        let value = self
            .raw(HeaderName::Via)
            .find_map(|value| Some(split_first(value)?.0));
        let value = value.ok_or_else(|| self.missing(HeaderName::Via))?;
        Via::parse(value).map_err(|e| self.locate(e, HeaderName::Via, value))
    }

    /// Every Via, from the last hop to the first.
    pub fn vias(&self) -> impl Iterator<Item = Result<Via<'_>, ParseError>> {
        self.list(HeaderName::Via)
            .map(|value| Via::parse(value).map_err(|e| self.locate(e, HeaderName::Via, value)))
    }

    /// From: the sender, by its own account (§20.20).
    ///
    /// # Errors
    /// As [`NameAddr::parse`], with the offset in the message.
    pub fn from(&self) -> Result<NameAddr<'_>, ParseError> {
        self.read(HeaderName::From, NameAddr::parse)
    }

    /// To: the recipient (§20.39); in a REGISTER, the address-of-record.
    ///
    /// # Errors
    /// As [`NameAddr::parse`], with the offset in the message.
    pub fn to(&self) -> Result<NameAddr<'_>, ParseError> {
        self.read(HeaderName::To, NameAddr::parse)
    }

    /// The tag of the From or the To (§19.3), if it has one.
    pub fn tag(&self, name: HeaderName) -> Option<&str> {
        let value = self.value(name)?;
        // A tag is read often. Without a quote behind the last bracket, only parameters follow it.
        match memrchr(b'>', value).map(|at| &value[at + 1..]) {
            Some(params) if !params.contains(&b'"') => {
                tag(Params::new(str::from_utf8(trim(params)).ok()?))
            }
            _ => NameAddr::parse(value).ok()?.tag(),
        }
    }

    /// Call-ID (§20.8), compared byte by byte.
    ///
    /// # Errors
    /// It is missing, empty, more than one word, or not UTF-8.
    pub fn call_id(&self) -> Result<&str, ParseError> {
        self.read(HeaderName::CallId, |value| {
            let fault = |what, at| ParseError::new("Call-ID", what, at);
            let text = std::str::from_utf8(value)
                .map_err(|e| fault("bytes are not UTF-8", e.valid_up_to()))?;
            match memchr3(b' ', b'\t', b'\r', value) {
                None if text.is_empty() => Err(fault("empty", 0)),
                None => Ok(text),
                Some(at) => Err(fault("more than one word", at)), // a fold begins with CR
            }
        })
    }

    /// CSeq (§20.16).
    ///
    /// # Errors
    /// As [`CSeq::parse`], with the offset in the message.
    pub fn cseq(&self) -> Result<CSeq, ParseError> {
        self.read(HeaderName::CSeq, CSeq::parse)
    }

    /// Max-Forwards (§20.22), if there is one.
    ///
    /// # Errors
    /// It is not a number from 0 to 255.
    pub fn max_forwards(&self) -> Result<Option<u8>, ParseError> {
        let fault = ParseError::new("Max-Forwards", "not a number from 0 to 255", 0);
        self.read_optional(HeaderName::MaxForwards, |value| number(value).ok_or(fault))
    }

    /// Expires in seconds (§20.19). A malformed one counts as missing, as §10.2.1.1 has it for a
    /// malformed `expires` parameter. More than 32 bits becomes `u32::MAX`.
    pub fn expires(&self) -> Option<u32> {
        self.value(HeaderName::Expires).and_then(delta_seconds)
    }

    /// Content-Length in bytes (§20.14), if there is one.
    ///
    /// # Errors
    /// It is not a number of 32 bits, or two differ.
    pub fn content_length(&self) -> Result<Option<u32>, ParseError> {
        let mut found = None;
        for value in self.raw(HeaderName::ContentLength) {
            let fault = |what| {
                let error = ParseError::new("Content-Length", what, 0);
                self.locate(error, HeaderName::ContentLength, value)
            };
            let length = number(value).ok_or_else(|| fault("not a number of 32 bits"))?;
            if found.is_some_and(|other| other != length) {
                return Err(fault("two different values"));
            }
            found = Some(length);
        }
        Ok(found)
    }

    /// Every Contact (§20.10).
    ///
    /// # Errors
    /// As [`Contact::parse`], or `*` beside another value.
    pub fn contacts(&self) -> Result<Contacts<'_>, ParseError> {
        let mut contacts = Vec::new();
        let mut star = None;
        for value in self.list(HeaderName::Contact) {
            let beside = star.or((value == b"*" && !contacts.is_empty()).then_some(value));
            if let Some(star) = beside {
                let error = ParseError::new("Contact", "* beside another Contact", 0);
                return Err(self.locate(error, HeaderName::Contact, star));
            }
            if value == b"*" {
                star = Some(value);
                continue;
            }
            let contact = Contact::parse(value);
            contacts.push(contact.map_err(|e| self.locate(e, HeaderName::Contact, value))?);
        }
        Ok(match star {
            Some(_) => Contacts::Star,
            None => Contacts::List(contacts),
        })
    }

    /// Every Route from the first to be visited on (§20.34).
    pub fn routes(&self) -> impl Iterator<Item = Result<NameAddr<'_>, ParseError>> {
        self.list(HeaderName::Route).map(|value| {
            NameAddr::parse(value).map_err(|e| self.locate(e, HeaderName::Route, value))
        })
    }

    /// Refuses an address of Contact, Route or Record-Route whose display name is ambiguous, even
    /// if it is only relayed: the next hop might read another address ([`NameAddr::parse`]). From
    /// and To are always read. True if one of them may be a `sips` URI.
    pub(crate) fn check_addresses(&self) -> Result<bool, ParseError> {
        let mut names_sips = false;
        for field in &self.fields {
            let Some(name @ (HeaderName::Contact | HeaderName::Route | HeaderName::RecordRoute)) =
                field.name
            else {
                continue;
            };
            for value in list(self.bytes(&field.value)) {
                if let Some(uri) = value.strip_prefix(b"<") {
                    names_sips |= may_be_sips(uri);
                } else if value != b"*" {
                    let read = NameAddr::parse(value);
                    let address = read.map_err(|e| self.locate(e, name, value))?;
                    names_sips |= may_be_sips(address.uri.as_bytes());
                }
            }
        }
        Ok(names_sips)
    }

    /// Turns a fault in a part of a header field, such as its URI, into a fault of the whole
    /// message: named after the header, with the offset from the first byte of the message.
    pub fn locate(
        &self,
        error: ParseError,
        name: HeaderName,
        part: impl AsRef<[u8]>,
    ) -> ParseError {
        error.within(name.as_str(), offset_in(&self.buffer, part.as_ref()))
    }

    /// Reads the header field of that name, which must be there.
    fn read<'a, T>(
        &'a self,
        name: HeaderName,
        parse: impl FnOnce(&'a [u8]) -> Result<T, ParseError>,
    ) -> Result<T, ParseError> {
        self.read_optional(name, parse)?
            .ok_or_else(|| self.missing(name))
    }

    fn read_optional<'a, T>(
        &'a self,
        name: HeaderName,
        parse: impl FnOnce(&'a [u8]) -> Result<T, ParseError>,
    ) -> Result<Option<T>, ParseError> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let read = parse(value).map(Some);
        read.map_err(|e| self.locate(e, name, value))
    }

    /// A missing header field is reported right after the start line.
    fn missing(&self, name: HeaderName) -> ParseError {
        ParseError::new(name.as_str(), "missing", self.start_line.end as usize)
    }
}
