//! What a reader types: the commands of a page, and what the page says they print.

use crate::block::{Lines, Place, marker};

/// A command of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// Its line in the page, from 1.
    pub line: usize,
    /// What is typed; empty where a block shows only what the server has printed since its start.
    pub command: String,
    /// What the page says it prints, where it does. `...` is any text, and any lines on a line of
    /// its own.
    pub prints: Option<String>,
}

/// The commands of a page, in its order:
///
/// - the lines of `sh` blocks; one that ends in `\` goes on;
/// - the lines of `console` blocks that begin with `$`, with the output below them; a block without
///   such a line is a piece of the server's log;
/// - the `cargo ...` within sentences, unless a word of it is a placeholder in capitals.
///
/// Blocks below a marker are not among them.
pub fn typed(page: &str) -> Vec<Typed> {
    let mut commands: Vec<Typed> = Vec::new();
    let mut lines = Lines::new(page);
    let (mut language, mut goes_on) = ("", false);
    while let Some((line, place)) = lines.next_line() {
        match place {
            Place::Opens(number) => {
                language = line.trim().trim_matches('`');
                if language == "console" {
                    commands.push(Typed::new(number, "", Some(String::new())));
                }
            }
            Place::Inside(number) if language == "sh" => {
                let part = line.trim();
                let more = part.ends_with('\\');
                let part = part.trim_end_matches('\\').trim_end();
                match commands.last_mut() {
                    Some(last) if goes_on => last.command = format!("{} {part}", last.command),
                    _ if part.is_empty() || part.starts_with('#') => {}
                    _ => commands.push(Typed::new(number, part, None)),
                }
                goes_on = more;
            }
            Place::Inside(number) if language == "console" => {
                if let Some(command) = line.strip_prefix("$ ") {
                    // The block began with a command: nothing is above it.
                    commands.pop_if(|last| last.is_blank());
                    commands.push(Typed::new(number, command.trim(), Some(String::new())));
                } else if let Some(Typed {
                    prints: Some(text), ..
                }) = commands.last_mut()
                {
                    text.push_str(line);
                }
            }
            Place::Text(_) if marker(line).is_some() => lines.skip_owned(),
            Place::Text(number) => {
                let spans = line.split('`').skip(1).step_by(2);
                let whole = spans.filter(|s| s.starts_with("cargo ") && !has_placeholder(s));
                commands.extend(whole.map(|span| Typed::new(number, span, None)));
            }
            _ => {}
        }
    }
    commands
}

/// Whether what was printed is what a page says: `...` is any text within a line, and any number of
/// lines on a line of its own. Spaces at the ends of lines do not count.
pub fn is_printed(says: &str, printed: &str) -> bool {
    let [says, printed] = [says, printed].map(|text| {
        let lines = text.trim_end().lines().map(str::trim_end);
        lines.collect::<Vec<_>>()
    });
    are_lines(&says, &printed)
}

fn are_lines(says: &[&str], printed: &[&str]) -> bool {
    match (says, printed) {
        ([], []) => true,
        (["...", rest @ ..], _) => (0..=printed.len()).any(|n| are_lines(rest, &printed[n..])),
        ([line, says @ ..], [is, printed @ ..]) => is_line(line, is) && are_lines(says, printed),
        _ => false,
    }
}

fn is_line(says: &str, line: &str) -> bool {
    match says.split_once("...") {
        None => says == line,
        Some((begin, rest)) => line.strip_prefix(begin).is_some_and(|line| {
            let mut ends = line.char_indices().map(|(at, _)| at).chain([line.len()]);
            ends.any(|at| is_line(rest, &line[at..]))
        }),
    }
}

impl Typed {
    fn new(line: usize, command: &str, prints: Option<String>) -> Self {
        Self {
            line,
            command: command.to_owned(),
            prints,
        }
    }

    fn is_blank(&self) -> bool {
        self.command.is_empty() && self.prints.as_deref() == Some("")
    }
}

fn has_placeholder(command: &str) -> bool {
    let capitals = |word: &str| word.bytes().all(|b| b.is_ascii_uppercase() || b == b'.');
    command
        .split([' ', '-'])
        .any(|w| !w.is_empty() && capitals(w))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_the_lines_of_sh_blocks() {
        let page = "```sh\n# a remark\ncargo run \\\n  -- demo\nls\n```\n```text\nno\n```\n";
        let expected = [
            Typed::new(3, "cargo run -- demo", None),
            Typed::new(5, "ls", None),
        ];
        assert_eq!(typed(page), expected);
    }

    #[test]
    fn commands_inside_sentences_are_found_too() {
        let page = "Type `cargo run`, not `cargo x check N` or `-- demo`.\n";
        assert_eq!(typed(page), [Typed::new(1, "cargo run", None)]);
    }

    #[test]
    fn a_console_block_shows_what_commands_print() {
        let page = "```console\n$ ls\na\nb\n$ pwd\n```\n```console\nlog\n```\n\
                    <!-- x: run x -->\n```console\n$ generated\n```\n";
        let expected = [
            Typed::new(2, "ls", Some("a\nb\n".to_owned())),
            Typed::new(5, "pwd", Some(String::new())),
            Typed::new(7, "", Some("log\n".to_owned())),
        ];
        assert_eq!(typed(page), expected);
    }

    #[test]
    fn three_dots_are_any_text_or_any_lines() {
        let printed = "12:00 REGISTER\n12:01 401 no\nend  \n";
        for says in [
            "...",
            "...REGISTER\n...\nend",
            "12:... REG...\n... 401 ...\nend",
        ] {
            assert!(is_printed(says, printed), "{says}");
        }
        for says in [
            "",
            "...INVITE\n...",
            "...REGISTER\nend",
            "...\n... 200 ...\n...",
        ] {
            assert!(!is_printed(says, printed), "{says}");
        }
    }
}
