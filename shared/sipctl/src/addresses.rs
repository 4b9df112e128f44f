//! `address`: the addresses that the server trusts without a password.

use std::net::IpAddr;

use serde_json::{Value, json};
use sip_auth::Reloaded;
use sip_control::{Refusal, method};
use sip_database::{Address, AddressRow, AdminError, Table};
use sip_message::printable;

use crate::client::Client;
use crate::database::open;
use crate::failure::Failure;
use crate::flags::Flags;
use crate::report::{listing, note, report, warning};
use crate::verbs::Addresses;

/// Carries one verb out.
pub(crate) fn run(verb: &Addresses, flags: &Flags) -> Result<(), Failure> {
    match verb {
        &Addresses::Add {
            group,
            ip,
            mask,
            port,
            ref tag,
        } => {
            let mask = mask.unwrap_or(if ip.is_ipv4() { 32 } else { 128 });
            let address = Address::new(group, ip, mask, port, tag)?;
            let id = open(flags)?.add_address(&address)?;
            warn(port, flags);
            added(id, group, &format!("{ip}/{mask}"), port, flags)
        }
        Addresses::Show { group } => show(*group, flags),
        &Addresses::Rm { first, ip, mask } => rm(first, ip.zip(mask), flags),
        Addresses::Reload => reload(flags),
    }
}

fn warn(port: u16, flags: &Flags) {
    if port != 0 {
        warning(
            flags,
            format!(
                "the port is the one the caller sends from: a call from any port but {port} is \
                 refused; 0 allows every port"
            ),
        );
    }
}

fn added(id: i64, group: i32, network: &str, port: u16, flags: &Flags) -> Result<(), Failure> {
    let from = match port {
        0 => "any port".to_owned(),
        port => format!("port {port}"),
    };
    let text = format!("added {network} from {from} to group {group}, with ID {id}");
    report(flags, json!({"id": id, "group": group}), text)?;
    reload_is_needed(flags);
    Ok(())
}

fn reload_is_needed(flags: &Flags) {
    note(
        flags,
        "a running server uses the change after `sipctl address reload`",
    );
}

fn show(group: Option<i32>, flags: &Flags) -> Result<(), Failure> {
    let found = open(flags)?.addresses(group)?;
    let mut table = Table::new(&["ID", "GROUP", "IP", "MASK", "PORT", "TAG"]);
    let mut rows = Vec::new();
    for AddressRow {
        id,
        group,
        ip,
        mask,
        port,
        tag,
    } in &found
    {
        let any = if port == "0" { "any" } else { port };
        table.row(&[&id.to_string(), group, ip, mask, any, tag]);
        rows.push(json!({
            "id": id, "grp": number(group), "ip_addr": ip, "mask": number(mask),
            "port": number(port), "tag": tag,
        }));
    }
    let below = match (found.len(), group) {
        (0, None) => "no addresses".to_owned(),
        (0, Some(group)) => format!("no addresses in group {group}"),
        (1, _) => "1 row".to_owned(),
        (count, _) => format!("{count} rows"),
    };
    listing(flags, rows, &table, below)
}

/// A number if it is one: a column holds whatever was written there.
fn number(text: &str) -> Value {
    text.parse::<i64>()
        .map_or_else(|_| text.into(), Value::from)
}

fn rm(first: i32, network: Option<(IpAddr, u8)>, flags: &Flags) -> Result<(), Failure> {
    let mut admin = open(flags)?;
    let (removed, what) = match network {
        None => {
            let what = format!("row {first}");
            (admin.remove_address(first.into()).map(|()| 1), what)
        }
        Some((ip, mask)) => {
            let what = format!("{ip}/{mask} in group {first}");
            (admin.remove_addresses(first, ip, mask), what)
        }
    };
    let removed = removed.map_err(|error| match error {
        AdminError::NoAddress => Failure::Refused(format!(
            "{what} does not exist; `sipctl address show` lists them all"
        )),
        other => other.into(),
    })?;
    let rows = match removed {
        1 => String::new(),
        count => format!(", {count} rows"),
    };
    report(
        flags,
        json!({"removed": removed}),
        format!("removed {what}{rows}"),
    )?;
    reload_is_needed(flags);
    Ok(())
}

fn reload(flags: &Flags) -> Result<(), Failure> {
    let asked = Client::connect(&flags.control).and_then(|mut server| {
        let result = server.call(method::ADDRESS_RELOAD, &[])?;
        Ok((server.read::<Reloaded>(&result)?, result))
    });
    let (reloaded, result) = asked.map_err(why_not_reloaded)?;
    for why in reloaded.refused.iter().chain(&reloaded.doubted) {
        warning(flags, printable(why.as_bytes()));
    }
    let text = match reloaded.loaded {
        1 => "the server has read the addresses again: 1 row".to_owned(),
        count => format!("the server has read the addresses again: {count} rows"),
    };
    report(flags, result, text)
}

fn why_not_reloaded(failure: Failure) -> Failure {
    match failure {
        Failure::NoServer { path, .. } => Failure::Refused(format!(
            "no server answers at {}; if none is running, there is nothing to do, because a server \
             reads the addresses when it starts; else name its socket with --control PATH",
            path.display()
        )),
        Failure::Server(refusal) if refusal.code == Refusal::NO_METHOD => Failure::Refused(
            "the running server does not use addresses: they come in a later chapter".to_owned(),
        ),
        other => other,
    }
}
