//! `alias`: other names of users.

use serde_json::json;
use sip_database::Table;

use crate::database::open;
use crate::failure::Failure;
use crate::flags::Flags;
use crate::report::{listing, report};
use crate::values::UserName;
use crate::verbs::Aliases;

/// Carries one verb out.
pub(crate) fn run(verb: &Aliases, flags: &Flags) -> Result<(), Failure> {
    match verb {
        Aliases::Add { alias, user } => add(alias, user, flags),
        Aliases::Rm { alias } => rm(alias, flags),
        Aliases::Show { name } => show(name.as_ref(), flags),
    }
}

fn add(alias: &UserName, user: &UserName, flags: &Flags) -> Result<(), Failure> {
    let mut admin = open(flags)?;
    let alias = alias.user(&flags.domain);
    let user = user.user(&flags.domain);
    admin.add_alias(&alias, &user)?;
    let json = json!({
        "alias": alias.name, "alias_domain": alias.domain,
        "username": user.name, "domain": user.domain,
    });
    report(
        flags,
        json,
        format!("added {alias} as another name of {user}"),
    )
}

fn rm(alias: &UserName, flags: &Flags) -> Result<(), Failure> {
    let domain = alias.domain(&flags.domain);
    let count = open(flags)?.remove_alias(&alias.name, domain)?;
    let alias = alias.user(&flags.domain);
    let json = json!({"alias": alias.name, "removed": count});
    let text = match count {
        1 => format!("removed {alias}"),
        _ => format!("removed {alias}, which was there {count} times"),
    };
    report(flags, json, text)
}

fn show(name: Option<&UserName>, flags: &Flags) -> Result<(), Failure> {
    let mut found = open(flags)?.aliases(name.map(|name| name.name.as_str()))?;
    let domain = match name {
        Some(name) => name.domain(&flags.domain),
        None => flags.domain.as_deref(),
    };
    if let Some(domain) = domain {
        found.retain(|row| row.alias.domain == domain);
    }
    if let Some(name) = name
        && found.is_empty()
    {
        let name = name.user(&flags.domain);
        return Err(Failure::Refused(format!(
            "{name} is not an alias and has no aliases"
        )));
    }
    let mut table = Table::new(&["ALIAS", "USER"]);
    let mut rows = Vec::new();
    for row in &found {
        table.row(&[&row.alias.to_string(), &row.user.to_string()]);
        rows.push(json!({
            "alias": row.alias.name, "alias_domain": row.alias.domain,
            "username": row.user.name, "domain": row.user.domain,
        }));
    }
    let below = match found.len() {
        0 => "no aliases".to_owned(),
        1 => "1 alias".to_owned(),
        count => format!("{count} aliases"),
    };
    listing(flags, rows, &table, below)
}
