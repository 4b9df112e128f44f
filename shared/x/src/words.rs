//! A command line of a page, cut into words.

use crate::failure::Failure;

/// The word for the bar between two programs. No page can contain it.
pub(crate) const PIPE: &str = "\0";

/// The words of a command line; quotes hold words together, a bar between programs is a word of
/// its own, and nothing else of a shell is known.
pub(crate) fn words(line: &str) -> Result<Vec<String>, Failure> {
    let mut words: Vec<String> = Vec::new();
    let (mut quote, mut inside) = (None, false);
    for c in line.chars() {
        match (c, quote) {
            ('\'' | '"', None) => {
                quote = Some(c);
                if !inside {
                    words.push(String::new());
                    inside = true;
                }
            }
            (c, Some(open)) if c == open => quote = None,
            (c, None) if c.is_whitespace() => inside = false,
            ('|', None) => {
                words.push(PIPE.to_owned());
                inside = false;
            }
            ('>' | '<' | '&' | ';' | '$' | '`', None) => {
                return Err(Failure::new(format!("`{c}` needs a shell")));
            }
            (c, _) => {
                if !inside {
                    words.push(String::new());
                    inside = true;
                }
                if let Some(word) = words.last_mut() {
                    word.push(c);
                }
            }
        }
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_words_together() {
        let found = words("sqlite3 sip.db \"select a from 'b'\" x").unwrap();
        assert_eq!(found, ["sqlite3", "sip.db", "select a from 'b'", "x"]);
    }

    #[test]
    fn a_command_that_needs_a_shell_is_refused() {
        assert_eq!(words("a > b").unwrap_err().to_string(), "`>` needs a shell");
    }
}
