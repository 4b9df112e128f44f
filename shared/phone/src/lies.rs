//! What the lies of the command line change in a request.

use sip_user_agent::{Draft, Ids};

use crate::failure::Failure;
use crate::flags::Lies;
use crate::line::Line;
use crate::typed::whole_uri;

impl Line {
    /// A request of an honest phone with the lies of the command line.
    pub(crate) fn lie(&self, mut draft: Draft, takes_contact: bool) -> Draft {
        if let Some(to) = &self.lies.to {
            draft = draft.to(format!("<{to}>"));
        }
        if let Some(from) = &self.lies.from {
            let tag = self.phone.with_ids(Ids::tag);
            draft = draft.from(format!("<{from}>;tag={tag}"));
        }
        match &self.lies.contact {
            Some(contact) if takes_contact && contact == "*" => draft.contact("*"),
            Some(contact) if takes_contact => draft.contact(format!("<{contact}>")),
            _ => draft,
        }
    }
}

impl Lies {
    /// Whether the lies change a header field of a replayed request.
    pub(crate) fn changes_a_field(&self) -> bool {
        self.to.is_some() || self.from.is_some() || self.contact.is_some()
    }

    /// A flag that a replayed request cannot obey, because it keeps its credentials.
    pub(crate) fn about_credentials(&self) -> Option<&'static str> {
        let flags = [
            ("--wrong-password", self.wrong_password),
            ("--username", self.username.is_some()),
            ("--wrong-realm", self.wrong_realm.is_some()),
        ];
        let set = flags.into_iter().find(|(_, is_set)| *is_set);
        set.map(|(flag, _)| flag)
    }

    /// The lies with every user made a URI.
    pub(crate) fn whole(self, domain: &str) -> Result<Self, Failure> {
        let whole = |uri: Option<String>| uri.map(|uri| whole_uri(&uri, domain)).transpose();
        let contact = match self.contact.as_deref() {
            Some("*") => self.contact,
            _ => whole(self.contact)?,
        };
        Ok(Self {
            to: whole(self.to)?,
            from: whole(self.from)?,
            contact,
            ..self
        })
    }
}
