//! Which passwords the phone uses, and for which realms.

use sip_message::Uri;

use crate::failure::Failure;
use crate::flags::{Account, Lies};
use crate::realms::Realms;
use crate::typed::Realm;

/// The passwords of the command line: for `-` typed unseen or read from a pipe, and made wrong for
/// `--wrong-password`.
pub(crate) fn of(account: &Account, lies: &Lies) -> Result<Realms, Failure> {
    let used = |password: String| {
        if lies.wrong_password {
            return format!("not-{password}");
        }
        password
    };
    let password = match account.password.as_deref() {
        Some("-") => Some(read("--password -", "Password: ")?),
        None if lies.wrong_password => Some(String::new()),
        given => given.map(str::to_owned),
    };
    let mut realms = Vec::new();
    for realm in &account.realm {
        let name = realm.name.clone();
        let password = match realm.password.as_deref() {
            Some("-") => {
                let prompt = format!("Password for {name}: ");
                Some(read(&format!("--realm {name}=-"), &prompt)?)
            }
            given => given.map(str::to_owned),
        };
        let password = password.map(used);
        realms.push(Realm { name, password });
    }
    let names = [Some(&account.server), account.domain.as_ref()];
    let hosts = names.into_iter().flatten().flat_map(|name| hosts(name));
    let password = password.map(used);
    Ok(Realms::new(hosts.collect(), password.as_deref(), &realms))
}

/// The host of a server or a domain, which most of them use as their realm. For `localhost` also
/// its addresses, as the phone's domain is one of them.
fn hosts(text: &str) -> Vec<String> {
    let uri = format!("sip:{text}");
    let uri = Uri::parse(&uri).ok();
    let host = uri.and_then(|uri| Some(uri.sip()?.host.to_string()));
    match host.as_deref() {
        Some("localhost") => ["localhost", "127.0.0.1", "[::1]"]
            .map(str::to_owned)
            .into(),
        _ => host.into_iter().collect(),
    }
}

fn read(flag: &str, prompt: &str) -> Result<String, Failure> {
    let read = sip_password::read(prompt);
    let read = read.map_err(|error| Failure::caused(error).of(flag))?;
    let given = read.filter(|password| !password.is_empty());
    given.ok_or_else(|| Failure::usage("the password is empty").of(flag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_realm_of_a_server_is_its_host_without_the_port() {
        assert_eq!(hosts("127.0.0.1:5070"), ["127.0.0.1"]);
        assert_eq!(hosts("example.com"), ["example.com"]);
        assert_eq!(hosts("[::1]:5070"), ["[::1]"]);
        assert_eq!(hosts("localhost:5070"), ["localhost", "127.0.0.1", "[::1]"]);
    }
}
