//! What requests and responses both need, checked once.

use crate::cseq::CSeq;
use crate::error::ParseError;
use crate::header_name::HeaderName;
use crate::message::Message;

/// What is read where requests and responses are checked.
pub(crate) struct Common {
    pub(crate) cseq: CSeq,
    /// From or To may be a `sips` URI.
    pub(crate) names_sips: bool,
}

/// Whether a URI may be of the scheme `sips`: that of nearly all others is shorter.
pub(crate) fn may_be_sips(uri: &[u8]) -> bool {
    matches!(uri, [_, _, _, b's' | b'S', b':', ..])
}

impl Message {
    /// Checks what requests and responses both need. `uri` was checked before; From and To mostly
    /// repeat it or each other.
    pub(crate) fn check_common(&self, uri: &str) -> Result<Common, ParseError> {
        if self
            .vias()
            .try_fold(0, |count, via| via.map(|_| count + 1))?
            == 0
        {
            self.top_via()?;
        }
        let (from, to) = (self.from()?, self.to()?);
        let known = [uri, from.uri];
        for (name, address, known) in [
            (HeaderName::From, from, &known[..1]),
            (HeaderName::To, to, &known[..]),
        ] {
            if !known.contains(&address.uri) {
                let read = address.parse_uri();
                read.map_err(|e| self.locate(e, name, address.uri))?;
            }
            // §25.1 tag-param: an empty one would be neither inside nor outside a dialog.
            if address.params.value("tag").is_some_and(str::is_empty) {
                let error = ParseError::new(name.as_str(), "empty tag", 0);
                return Err(self.locate(error, name, address.params.as_str()));
            }
        }
        self.call_id()?;
        Ok(Common {
            cseq: self.cseq()?,
            names_sips: may_be_sips(from.uri.as_bytes()) || may_be_sips(to.uri.as_bytes()),
        })
    }
}
