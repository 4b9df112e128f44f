//! A password for a command: typed without an echo, or a line from a pipe. It does not belong on a
//! command line, which every list of processes shows.

mod silence;

use std::io::{self, BufRead, ErrorKind, IsTerminal};

/// More bytes than a password has.
const MAX_LINE: u64 = 4096;

/// The next line of standard input without its line end, or what is typed there if it is a
/// terminal. `None` if standard input has ended.
///
/// # Errors
/// When it cannot be read, when the line is not UTF-8 or too long for a password, or when Ctrl-C
/// is typed.
pub fn read(prompt: &str) -> io::Result<Option<String>> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        ask(prompt).map(Some)
    } else {
        line(stdin.lock())
    }
}

/// What is typed at the terminal, even if standard input is something else.
///
/// # Errors
/// When the program has no terminal, or Ctrl-C is typed.
pub fn ask(prompt: &str) -> io::Result<String> {
    silence::heard_afterwards(|| rpassword::prompt_password(prompt))
}

fn line(input: impl BufRead) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    let length = input.take(MAX_LINE + 1).read_until(b'\n', &mut line)?;
    if length as u64 > MAX_LINE {
        let fault = format!("the line has more than {MAX_LINE} bytes: that is not a password");
        return Err(io::Error::new(ErrorKind::InvalidData, fault));
    }
    if length == 0 {
        return Ok(None);
    }
    let not_text = |_| io::Error::new(ErrorKind::InvalidData, "the password is not UTF-8");
    let mut line = String::from_utf8(line).map_err(not_text)?;
    line.truncate(line.trim_end_matches(['\r', '\n']).len());
    Ok(Some(line))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

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
    fn a_pipe_without_a_line_end_is_not_read_for_ever() {
        let endless = io::BufReader::new(io::repeat(b'x').take(1 << 20));
        let error = line(endless).unwrap_err();
        assert!(error.to_string().contains("more than 4096"), "{error}");
        let longest = "x".repeat(4095) + "\n";
        assert_eq!(line(longest.as_bytes()).unwrap().unwrap().len(), 4095);
        assert!(line(&b"\xff\n"[..]).is_err());
    }
}
