use std::io::{self, IsTerminal};
use std::path::PathBuf;

use crate::failure::Failure;
use crate::verbs::Typed;

/// The password that was typed on the command line; without one, or with `-`, it is asked for
/// twice without an echo, or is one line of a standard input that is no terminal.
pub(crate) fn read(typed: Option<&Typed>) -> Result<String, Failure> {
    match typed {
        Some(Typed(password)) if password != "-" => return Ok(password.clone()),
        _ => {}
    }
    let [first, again] = asked().map_err(|error| Failure::Input {
        path: PathBuf::from("standard input"),
        error,
    })?;
    match first == again {
        true => Ok(first),
        false => {
            let why = "the two passwords differ; nothing was changed";
            Err(Failure::Refused(why.to_owned()))
        }
    }
}

/// The password, and the same again: nobody sees what is typed without an echo.
fn asked() -> io::Result<[String; 2]> {
    let first = sip_password::read("Password: ")?.unwrap_or_default();
    let again = match io::stdin().is_terminal() {
        true => sip_password::ask("Once more: ")?,
        false => first.clone(),
    };
    Ok([first, again])
}
