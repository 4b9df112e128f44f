//! `add`, `passwd`, `rm`, `show`: the subscribers.

use std::collections::HashMap;

use serde_json::{Value, json};
use sip_database::{Kept, Offer, Subscriber, Table, User};

use crate::bindings::natural;
use crate::database::open;
use crate::failure::Failure;
use crate::flags::Flags;
use crate::namesakes::Namesakes;
use crate::password;
use crate::report::{listing, note, report, warning};
use crate::values::UserName;
use crate::verbs::{NewUser, Password};

/// `add`.
pub(crate) fn add(new: &NewUser, flags: &Flags) -> Result<(), Failure> {
    let mut admin = open(flags)?;
    let user = new.user.user(&flags.domain);
    let password = password::read(Some(&new.password))?;
    let before = Namesakes::of(&admin, Some(&user.name))?;
    let kept = admin.add_subscriber(&user, &password)?;
    if new.email.is_some() {
        note(
            flags,
            "the e-mail address is not kept: the table subscriber has no column for it",
        );
    }
    report_kept("added", &user, kept, flags)?;
    if let Some(text) = Namesakes::of(&admin, Some(&user.name))?.warning(&before) {
        warning(flags, text);
    }
    Ok(())
}

/// `passwd`.
pub(crate) fn passwd(new: &Password, flags: &Flags) -> Result<(), Failure> {
    let mut admin = open(flags)?;
    // First, so that nobody types a password for a user who does not exist.
    let domain = new.user.domain(&flags.domain);
    let user = admin.subscriber(&new.user.name, domain)?.user;
    let password = password::read(new.password.as_ref())?;
    let kept = admin.change_password(&user, &password)?;
    report_kept("changed", &user, kept, flags)
}

/// Reports what was done, and what is stored of the password.
fn report_kept(done: &str, user: &User, kept: Kept, flags: &Flags) -> Result<(), Failure> {
    let stored = match kept {
        Kept::Password => {
            "stored: the password itself, because a hash needs a domain; with --domain D only \
             hashes are stored"
                .to_owned()
        }
        _ => format!(
            "stored: HA1 and HA1B, hashes of the password for the domain {}, of MD5 and SHA-256\n  \
             not stored: the password itself",
            user.domain
        ),
    };
    let text = format!("{done} {user}\n  {stored}");
    report(flags, json_of(user, kept), text)
}

/// `rm`.
pub(crate) fn rm(user: &UserName, flags: &Flags) -> Result<(), Failure> {
    let mut admin = open(flags)?;
    let domain = user.domain(&flags.domain);
    let user = admin.subscriber(&user.name, domain)?.user;
    let aliases = admin.remove_subscriber(&user)?;
    let and = match aliases {
        0 => String::new(),
        1 => " and 1 alias".to_owned(),
        _ => format!(" and {aliases} aliases"),
    };
    let User { name, domain } = &user;
    let json = json!({"username": name, "domain": domain, "removed": true, "aliases": aliases});
    report(flags, json, format!("removed {user}{and}"))?;
    note(
        flags,
        format!(
            "its phones still get calls until their registrations expire; `sipctl ul rm {}` ends that now",
            User::new(name, "")
        ),
    );
    Ok(())
}

/// `show`.
pub(crate) fn show(user: Option<&UserName>, flags: &Flags) -> Result<(), Failure> {
    let admin = open(flags)?;
    let name = user.map(|user| user.name.as_str());
    let domain = match user {
        Some(user) => user.domain(&flags.domain),
        None => flags.domain.as_deref(),
    };
    let mut found = admin.subscribers(name, domain)?;
    found.sort_by_cached_key(|subscriber| natural(&subscriber.user.name));
    if let Some(user) = user
        && found.is_empty()
    {
        let user = user.user(&flags.domain);
        return Err(Failure::Refused(format!("user {user} does not exist")));
    }
    let mut aliases: HashMap<String, Vec<String>> = HashMap::new();
    for row in admin.aliases(name)? {
        let of = aliases.entry(row.user.name).or_default();
        of.push(row.alias.to_string());
    }
    let has_offers = found.iter().any(|subscriber| subscriber.offer.is_some());
    let mut table = match has_offers {
        true => Table::new(&["USER", "DOMAIN", "KEPT", "OFFER", "ALIASES"]),
        false => Table::new(&["USER", "DOMAIN", "KEPT", "ALIASES"]),
    };
    let mut rows = Vec::new();
    for Subscriber { user, kept, offer } in &found {
        let aliases = aliases.get(&user.name).map_or(&[][..], Vec::as_slice);
        let words = aliases.join(" ");
        let offer = offer.map(Offer::as_str);
        let mut cells = vec![user.name.as_str(), &user.domain, word_for(*kept)];
        cells.extend(has_offers.then_some(offer.unwrap_or("-")));
        cells.push(&words);
        table.row(&cells);
        let mut row = json_of(user, *kept);
        row["offer"] = json!(offer);
        row["aliases"] = json!(aliases);
        rows.push(row);
    }
    let below = match found.len() {
        0 => "no users; add one with `sipctl add USER PASSWORD --domain D`".to_owned(),
        1 => "1 user".to_owned(),
        count => format!("{count} users"),
    };
    listing(flags, rows, &table, below)
}

fn json_of(user: &User, kept: Kept) -> Value {
    json!({"username": user.name, "domain": user.domain, "kept": word_for(kept)})
}

fn word_for(kept: Kept) -> &'static str {
    match kept {
        Kept::Hashes => "HA1",
        Kept::Md5 => "HA1 of MD5",
        Kept::Password => "password",
        Kept::Both => "password and HA1",
        Kept::Nothing => "nothing",
    }
}
