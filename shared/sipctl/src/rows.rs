//! The rows of a file, read strictly (RFC 4180), one per line.
//!
//! Names and passwords have no line ends, so a quote that is open at the end of its line was never
//! closed. A lenient reader would take the next rows for a part of that value.

use std::io::{self, BufRead, ErrorKind};

/// A line longer than this holds no user: four values of the longest take a tenth of it.
const MAX_LINE: usize = 16 * 1024;

/// A row: its line, from 1, and its values, or why they cannot be separated.
pub(crate) struct Row {
    pub(crate) line: i64,
    pub(crate) values: Result<Vec<String>, &'static str>,
}

/// The rows of a file, without its empty lines.
pub(crate) struct Rows<R> {
    input: R,
    line: i64,
    bytes: Vec<u8>,
    /// A line feed that comes next ends no other line.
    after_return: bool,
}

impl<R: BufRead> Rows<R> {
    pub(crate) fn of(input: R) -> Self {
        Self {
            input,
            line: 0,
            bytes: Vec::new(),
            after_return: false,
        }
    }

    /// Reads a line, or a part of one that is too long, and returns whether there was one. It ends
    /// as in Unix or Windows, or with the carriage return that spreadsheets on a Mac write.
    fn read_line(&mut self) -> io::Result<bool> {
        self.bytes.clear();
        let mut is_there = false;
        loop {
            let buffer = match self.input.fill_buf() {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                read => read?,
            };
            let Some(first) = buffer.first() else {
                return Ok(is_there);
            };
            if self.after_return {
                self.after_return = false;
                if *first == b'\n' {
                    self.input.consume(1);
                    continue;
                }
            }
            is_there = true;
            let end = buffer.iter().position(|byte| b"\r\n".contains(byte));
            let part = &buffer[..end.unwrap_or(buffer.len())];
            let room = (MAX_LINE + 1).saturating_sub(self.bytes.len());
            self.bytes.extend_from_slice(&part[..part.len().min(room)]);
            let Some(end) = end else {
                let read = buffer.len();
                self.input.consume(read);
                continue;
            };
            self.after_return = buffer[end] == b'\r';
            self.input.consume(end + 1);
            return Ok(true);
        }
    }

    fn values(&self) -> Result<Vec<String>, &'static str> {
        if self.bytes.len() > MAX_LINE {
            return Err("the line is too long");
        }
        let line = std::str::from_utf8(&self.bytes).map_err(|_| "not UTF-8")?;
        let mut rest = match self.line {
            1 => line.trim_start_matches('\u{feff}'),
            _ => line,
        };
        let mut values = Vec::new();
        loop {
            let (value, after) = value(rest)?;
            values.push(value);
            match after.strip_prefix(',') {
                Some(next) => rest = next,
                None => return Ok(values),
            }
        }
    }
}

impl<R: BufRead> Iterator for Rows<R> {
    type Item = io::Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.read_line() {
                Ok(true) => self.line += 1,
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
            if !self.bytes.is_empty() {
                return Some(Ok(Row {
                    line: self.line,
                    values: self.values(),
                }));
            }
        }
    }
}

const INSIDE: &str = "there is a double quote inside a value: put the value in double quotes, and \
    write each quote inside it twice";

/// The value at the start, and what comes after it: a comma, or nothing.
fn value(text: &str) -> Result<(String, &str), &'static str> {
    let Some(mut inside) = text.strip_prefix('"') else {
        let (value, after) = text.split_at(text.find(',').unwrap_or(text.len()));
        if value.contains('"') {
            return Err(INSIDE);
        }
        return Ok((value.to_owned(), after));
    };
    let mut value = String::new();
    loop {
        let closed = inside.split_once('"');
        let (before, after) = closed.ok_or("a double quote is never closed")?;
        value += before;
        match after.strip_prefix('"') {
            Some(more) => (value, inside) = (value + "\"", more),
            None if after.is_empty() || after.starts_with(',') => return Ok((value, after)),
            None => return Err(INSIDE),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    /// The rows, their values between bars, read in pieces of so many bytes.
    fn rows(text: &[u8], piece: usize) -> Vec<(i64, String)> {
        let rows = Rows::of(BufReader::with_capacity(piece, text));
        let shown = |row: io::Result<Row>| {
            let Row { line, values } = row.unwrap();
            let values = values.map_or_else(str::to_owned, |values| values.join("|"));
            (line, values)
        };
        rows.map(shown).collect()
    }

    #[test]
    fn values_are_separated_whatever_ends_a_line() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["\u{feff}10,a b", "", "11,\"a,\"\"b\"\"\",", "\"\",12"].join(end);
            let wanted = [(1, "10|a b"), (3, "11|a,\"b\"|"), (4, "|12")];
            let wanted = wanted.map(|(line, values)| (line, values.to_owned()));
            for piece in [1, 2, 3, 100] {
                assert_eq!(rows(text.as_bytes(), piece), wanted, "{end:?} {piece}");
                let ended = format!("{text}{end}");
                assert_eq!(rows(ended.as_bytes(), piece), wanted, "{end:?} {piece}");
            }
        }
    }

    #[test]
    fn what_a_quote_leaves_unclear_is_not_guessed() {
        for (text, why) in [
            ("10,\"abc", "a double quote is never closed"),
            ("10,\"", "a double quote is never closed"),
            ("10,\"abc\"\"", "a double quote is never closed"),
            ("10,a\"b", INSIDE),
            ("10, \"ab\"", INSIDE),
            ("10,\"a\"b", INSIDE),
            ("10,\"a\" ", INSIDE),
        ] {
            let text = format!("{text}\n11,x");
            let wanted = [(1, why.to_owned()), (2, "11|x".to_owned())];
            assert_eq!(rows(text.as_bytes(), 7), wanted, "{text}");
        }
    }

    #[test]
    fn a_line_without_an_end_takes_no_memory_along() {
        let mut text = vec![b'x'; MAX_LINE + 2];
        text.extend_from_slice(b"\n11,x");
        let wanted = [
            (1, "the line is too long".to_owned()),
            (2, "11|x".to_owned()),
        ];
        assert_eq!(rows(&text, 100), wanted);
        let mut rows = Rows::of(&text[..]);
        rows.next();
        assert!(rows.bytes.capacity() < 4 * MAX_LINE);
    }
}
