use crate::failure::Failure;
use crate::flags::Flags;

/// The password as it is to be used: typed unseen or from a pipe for `-`, and wrong where a
/// wrong one is asked for.
pub(crate) fn of(flags: &Flags) -> Result<Option<String>, Failure> {
    let password = match flags.account.password.as_deref() {
        Some("-") => Some(read()?),
        given => given.map(str::to_owned),
    };
    Ok(match flags.lies.wrong_password {
        true => Some(format!("not-{}", password.unwrap_or_default())),
        false => password,
    })
}

fn read() -> Result<String, Failure> {
    let read = sip_password::read("Password: ");
    let read = read.map_err(|error| Failure::new(format!("--password -: {error}")))?;
    let given = read.filter(|password| !password.is_empty());
    given.ok_or_else(|| Failure::usage("--password -: no password came"))
}
