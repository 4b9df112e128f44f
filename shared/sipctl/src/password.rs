//! A password from the command line, the terminal or standard input.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use crate::failure::Failure;
use crate::values::Typed;

/// The password from the command line. Without one, or with `-`, the user types it twice without
/// an echo; if standard input is not a terminal, it is one line of it.
pub(crate) fn read(typed: Option<&Typed>) -> Result<String, Failure> {
    if let Some(Typed(password)) = typed
        && password != "-"
    {
        return Ok(password.clone());
    }
    let [first, again] = asked().map_err(|error| Failure::Input {
        path: PathBuf::from("standard input"),
        error,
    })?;
    if first != again {
        let why = "the two passwords differ; nothing was changed";
        return Err(Failure::Refused(why.to_owned()));
    }
    Ok(first)
}

/// The password, typed twice: nobody sees what they type without an echo.
fn asked() -> io::Result<[String; 2]> {
    let first = sip_password::read("Password: ")?.unwrap_or_default();
    let again = if io::stdin().is_terminal() {
        sip_password::ask("Once more: ")?
    } else {
        first.clone()
    };
    Ok([first, again])
}
