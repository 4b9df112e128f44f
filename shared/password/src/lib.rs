//! A password for a command: typed without an echo, or a line of a pipe. A command line is no
//! place for one, as every list of processes shows it.

mod silence;

use std::io::{self, BufRead, IsTerminal};

/// More bytes than any password has.
const MAX_LINE: u64 = 4096;

/// The next line of standard input without its end, `None` where it has ended; where it is a
/// terminal, what is typed there.
///
/// # Errors
/// When it cannot be read or is not UTF-8, or Ctrl-C is typed.
pub fn read(prompt: &str) -> io::Result<Option<String>> {
    let stdin = io::stdin();
    match stdin.is_terminal() {
        true => ask(prompt).map(Some),
        false => line(stdin.lock()),
    }
}

/// What is typed at the terminal, which need not be standard input.
///
/// # Errors
/// When there is no terminal, or Ctrl-C is typed.
pub fn ask(prompt: &str) -> io::Result<String> {
    silence::heard_afterwards(|| rpassword::prompt_password(prompt))
}

fn line(input: impl BufRead) -> io::Result<Option<String>> {
    let mut line = String::new();
    if input.take(MAX_LINE).read_line(&mut line)? == 0 {
        return Ok(None);
    }
    line.truncate(line.trim_end_matches(['\r', '\n']).len());
    Ok(Some(line))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::io::Read;

    use super::*;

    #[test]
    fn a_line_is_the_password_without_its_end() {
        for (input, password) in [
            ("secret\n", Some("secret")),
            ("secret\r\nmore", Some("secret")),
            ("two words", Some("two words")),
            ("\n", Some("")),
            ("", None),
        ] {
            assert_eq!(line(input.as_bytes()).unwrap().as_deref(), password);
        }
    }

    #[test]
    fn a_pipe_that_never_ends_is_not_read_for_ever() {
        let endless = io::BufReader::new(io::repeat(b'x').take(1 << 20));
        assert_eq!(line(endless).unwrap().unwrap().len(), 4096);
    }
}
