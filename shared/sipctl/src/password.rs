use std::io::{self, BufRead, IsTerminal};
use std::path::PathBuf;

use crate::failure::Failure;
use crate::verbs::Typed;

/// Longer than any password that is taken.
const MAX_LINE: u64 = 4096;

/// The password that was typed on the command line; without one, or with `-`, it is asked for
/// twice without an echo, or is one line of a standard input that is no terminal.
pub(crate) fn read(typed: Option<&Typed>) -> Result<String, Failure> {
    match typed {
        Some(Typed(password)) if password != "-" => return Ok(password.clone()),
        _ => {}
    }
    let stdin = io::stdin();
    let read = match stdin.is_terminal() {
        true => ask(),
        false => line(stdin.lock()).map(Some),
    };
    let read = read.map_err(|error| Failure::Input {
        path: PathBuf::from("standard input"),
        error,
    })?;
    read.ok_or_else(|| Failure::Refused("the two passwords differ; nothing was changed".to_owned()))
}

/// `None` when the two differ.
fn ask() -> io::Result<Option<String>> {
    let first = rpassword::prompt_password("Password: ")?;
    let again = rpassword::prompt_password("Once more: ")?;
    Ok((first == again).then_some(first))
}

fn line(input: impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    input.take(MAX_LINE).read_line(&mut line)?;
    let end = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(end);
    Ok(line)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn a_line_of_standard_input_is_the_password_without_its_end() {
        for (input, password) in [
            ("secret\n", "secret"),
            ("secret\r\nmore", "secret"),
            ("two words", "two words"),
            ("", ""),
        ] {
            assert_eq!(line(input.as_bytes()).unwrap(), password);
        }
        let endless = io::repeat(b'x').take(1 << 20);
        assert_eq!(line(io::BufReader::new(endless)).unwrap().len(), 4096);
    }
}
