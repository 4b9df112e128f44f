//! `offer`: which digest algorithms a user is offered.

use serde_json::json;
use sip_database::{Offer, User};

use crate::database::open;
use crate::failure::Failure;
use crate::flags::Flags;
use crate::report::report;
use crate::values::{OwnOffer, UserName};

/// `offer`.
pub(crate) fn set(
    user: &UserName,
    OwnOffer(offer): OwnOffer,
    flags: &Flags,
) -> Result<(), Failure> {
    let mut admin = open(flags)?;
    let user = admin
        .subscriber(&user.name, user.domain(&flags.domain))?
        .user;
    admin.set_offer(&user, offer)?;
    let User { name, domain } = &user;
    let json = json!({"username": name, "domain": domain, "offer": offer.map(Offer::as_str)});
    let text = match offer {
        Some(offer) => format!(
            "{user} is offered {offer} from its next right answer on\n  \
             until then, and to anybody else who uses the name, the server offers what it offers all"
        ),
        None => format!("{user} is offered what the server offers all"),
    };
    report(flags, json, text)
}
