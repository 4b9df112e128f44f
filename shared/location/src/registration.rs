//! What a REGISTER asks for. It is read and checked before any binding is touched, so that a refusal
//! changes nothing (RFC 3261 §10.3).

use std::borrow::Cow;
use std::time::{SystemTime, UNIX_EPOCH};

use sip_message::{
    Contact, Contacts, Flow, HeaderName, Params, ParseError, Q, Reply, Request, Uri,
};

use crate::address::address_of_record;
use crate::matching::Identity;
use crate::nat::way_back;
use crate::settings::Settings;

/// The longest texts that are kept, in bytes: the widths of Kamailio's columns.
const MAX_CONTACT: usize = 512;
const MAX_PARAMS: usize = 512;
const MAX_CALL_ID: usize = 255;
const MAX_USER_AGENT: usize = 255;

/// What a REGISTER asks for.
pub(crate) struct Registration<'a> {
    pub(crate) aor: Cow<'a, str>,
    pub(crate) call_id: &'a str,
    pub(crate) cseq: u32,
    pub(crate) user_agent: Cow<'a, str>,
    /// When it came, in seconds since 1970.
    pub(crate) now: u32,
    pub(crate) wish: Wish<'a>,
}

pub(crate) enum Wish<'a> {
    /// `Contact: *` with `Expires: 0`: remove every binding.
    RemoveAll,
    /// Each in turn; an empty list is a query.
    Contacts(Vec<Wanted<'a>>),
}

/// One Contact of a REGISTER.
pub(crate) struct Wanted<'a> {
    pub(crate) uri: &'a str,
    /// The parameters without `expires`, on one line.
    pub(crate) params: Cow<'a, str>,
    pub(crate) q: Q,
    /// For how many seconds; 0 removes.
    pub(crate) expires: u32,
    pub(crate) flow: Option<Flow>,
}

impl<'a> Registration<'a> {
    /// Reads a REGISTER.
    ///
    /// # Errors
    /// 404 for a To without a user, 400 for malformed or too long texts, 403 for more contacts than
    /// an address-of-record may have, 423 for too short a time.
    pub(crate) fn read(request: &'a Request, settings: &Settings) -> Result<Self, Reply> {
        let aor = aor(request)?;
        let call_id = request.call_id().map_err(bad)?;
        if call_id.len() > MAX_CALL_ID {
            return Err(bad_request("Call-ID: longer than 255 bytes"));
        }
        Ok(Self {
            aor,
            call_id,
            cseq: request.cseq().map_err(bad)?.number,
            user_agent: request
                .value(HeaderName::UserAgent)
                .map(user_agent)
                .unwrap_or_default(),
            now: seconds(request.arrival().at),
            wish: Wish::read(request, settings)?,
        })
    }
}

/// The address-of-record in To (§10.3 step 5).
fn aor(request: &Request) -> Result<Cow<'_, str>, Reply> {
    let to = request.to().map_err(bad)?;
    let uri = to.parse_uri();
    let uri = uri.map_err(|e| bad(request.locate(e, HeaderName::To, to.uri)))?;
    if uri.sip().is_none() {
        return Err(bad_request("To: URI that is not sip")); // §10.2, RFC 4475 §3.3.4
    }
    // An address-of-record that is not one of this domain.
    let why = "the To has no user that could register";
    address_of_record(&uri).ok_or_else(|| Reply::of(404).because(why))
}

impl<'a> Wish<'a> {
    /// Whether it asks for no change.
    pub(crate) fn is_query(&self) -> bool {
        matches!(self, Self::Contacts(contacts) if contacts.is_empty())
    }

    fn read(request: &'a Request, settings: &Settings) -> Result<Self, Reply> {
        match request.contacts().map_err(bad)? {
            Contacts::Star if request.expires() == Some(0) => Ok(Self::RemoveAll),
            Contacts::Star => Err(bad_request("Contact: * without Expires: 0")),
            Contacts::List(contacts) => {
                // Twice the limit, because a phone may list its old contacts to remove them.
                if contacts.len() > 2 * settings.limits.contacts {
                    return Err(too_many(settings.limits.contacts));
                }
                let want = |contact| Wanted::read(request, contact, settings);
                let contacts: Vec<_> = contacts.into_iter().map(want).collect::<Result<_, _>>()?;
                if names_a_flow_twice(&contacts) {
                    let fault = "Contact: one +sip.instance and reg-id registered twice";
                    return Err(bad_request(fault));
                }
                Ok(Self::Contacts(contacts))
            }
        }
    }
}

/// Whether two contacts would be registered for one flow, which has one contact (RFC 5626 §6). A
/// phone that moves removes the other one in the same REGISTER.
fn names_a_flow_twice(contacts: &[Wanted<'_>]) -> bool {
    let registered = || contacts.iter().filter(|contact| contact.expires > 0);
    registered().enumerate().any(|(at, one)| {
        let mut others = registered().skip(at + 1);
        others.any(|other| one.identity().is_same_flow(&other.identity()))
    })
}

impl<'a> Wanted<'a> {
    /// What distinguishes it from other contacts of its address-of-record.
    pub(crate) fn identity(&self) -> Identity<'_> {
        Identity::new(self.uri, &self.params)
    }

    fn read(
        request: &'a Request,
        contact: Contact<'a>,
        settings: &Settings,
    ) -> Result<Self, Reply> {
        let uri = contact.address.parse_uri();
        let locate = |e| request.locate(e, HeaderName::Contact, contact.address.uri);
        let uri = uri.map_err(|e| bad(locate(e)))?;
        let sip = match &uri {
            Uri::Sip(sip) if !sip.secure => sip,
            Uri::Sip(_) => {
                return Err(bad_request("Contact: sips URI, but this server has no TLS"));
            }
            _ => return Err(bad_request("Contact: URI that is not sip")),
        };
        let params = keepable(contact.address.params)?;
        if contact.address.uri.len() > MAX_CONTACT || params.len() > MAX_PARAMS {
            return Err(bad_request("Contact: longer than 512 bytes"));
        }
        Ok(Self {
            uri: contact.address.uri,
            params,
            q: contact.q,
            expires: granted(request, &contact, settings)?,
            flow: way_back(request, sip),
        })
    }
}

/// The time that a Contact gets: its own `expires`, otherwise that of the Expires header field,
/// otherwise the default (§10.2.1.1); at most the maximum (§10.3 step 7).
fn granted(request: &Request, contact: &Contact<'_>, settings: &Settings) -> Result<u32, Reply> {
    let expiry = settings.expiry;
    let asked = match contact.expires {
        None if contact.address.params.has("expires") => None,
        None => request.expires(),
        own => own,
    };
    match asked.unwrap_or(expiry.default) {
        0 => Ok(0),
        brief if brief < expiry.min => Err(Reply::of(423)
            .with("Min-Expires", expiry.min.to_string())
            .because(format!(
                "asked for {brief} s, the minimum is {} s",
                expiry.min
            ))),
        asked => Ok(asked.min(expiry.max)),
    }
}

/// The parameters as they are kept and echoed: without `expires`, which counts down, and on one
/// line.
fn keepable(params: Params<'_>) -> Result<Cow<'_, str>, Reply> {
    let text = params.as_str();
    let is_control = |b: u8| b < b' ' || b == 0x7f;
    let folds = text.bytes().any(is_control);
    if folds
        && text
            .bytes()
            .any(|b| is_control(b) && !b"\t\r\n".contains(&b))
    {
        return Err(bad_request("Contact: control byte in a parameter"));
    }
    if !folds && !params.has("expires") {
        return Ok(Cow::Borrowed(text));
    }
    let stays = |(name, _): &(&str, _)| !name.eq_ignore_ascii_case("expires");
    let mut others = params.iter().filter(stays).peekable();
    if others.peek().is_none() {
        return Ok(Cow::Borrowed(""));
    }
    let mut kept = String::with_capacity(text.len());
    for (name, value) in others {
        kept.push(';');
        kept.push_str(name);
        if let Some(value) = value {
            kept.push('=');
            kept.push_str(value);
        }
    }
    if folds {
        kept = kept
            .split(['\r', '\n', '\t'])
            .filter(|piece| !piece.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
    }
    Ok(Cow::Owned(kept))
}

/// The User-Agent as it is kept: printable and bounded.
fn user_agent(value: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(&value[..value.len().min(MAX_USER_AGENT)]);
    if text.contains(char::is_control) {
        Cow::Owned(text.chars().filter(|c| !c.is_control()).collect())
    } else {
        text
    }
}

/// A moment in seconds since 1970; 32 bits last until 2106.
pub(crate) fn seconds(at: SystemTime) -> u32 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    u32::try_from(since.as_secs()).unwrap_or(u32::MAX)
}

pub(crate) fn too_many(limit: usize) -> Reply {
    Reply::new(403, "Too Many Contacts").because(format!("more than {limit} contacts"))
}

fn bad(error: ParseError) -> Reply {
    bad_request(error.to_string())
}

/// 400 with the fault as its reason phrase: the developer of the phone sees it in a trace, and it
/// also appears in the log.
fn bad_request(fault: impl Into<Cow<'static, str>>) -> Reply {
    Reply::new(400, fault)
}
