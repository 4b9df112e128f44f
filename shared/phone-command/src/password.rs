use sip_message::Uri;

use crate::failure::Failure;
use crate::flags::Flags;
use crate::realms::Realms;
use crate::typed::Realm;

/// The passwords as they are to be used: typed unseen or from a pipe for `-`, and wrong where
/// wrong ones are asked for.
pub(crate) fn of(flags: &Flags) -> Result<Realms, Failure> {
    let account = &flags.account;
    let used = |password: String| match flags.lies.wrong_password {
        true => format!("not-{password}"),
        false => password,
    };
    let password = match account.password.as_deref() {
        Some("-") => Some(read("--password -", "Password: ")?),
        None if flags.lies.wrong_password => Some(String::new()),
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
    let hosts = names.into_iter().flatten().filter_map(|name| host(name));
    let password = password.map(used);
    Ok(Realms::new(hosts.collect(), password.as_deref(), &realms))
}

/// The host of a server or a domain, which is the realm of most.
fn host(text: &str) -> Option<String> {
    let uri = format!("sip:{text}");
    let host = Uri::parse(&uri).ok()?.sip()?.host.to_string();
    Some(host)
}

fn read(flag: &str, prompt: &str) -> Result<String, Failure> {
    let read = sip_password::read(prompt);
    let read = read.map_err(|error| Failure::new(format!("{flag}: {error}")))?;
    let given = read.filter(|password| !password.is_empty());
    given.ok_or_else(|| Failure::usage(format!("{flag}: no password came")))
}
