//! What stands around the lines of a message that was copied from somewhere.

use std::collections::HashMap;

use super::anchors;
use super::characters::characters;
use super::letters::Letters;

/// A line of the text and its number, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) number: usize,
    pub(crate) text: String,
}

/// The lines without line numbers, quote marks, colours and prefixes of logs.
pub(crate) fn lines(text: &str) -> Vec<Line> {
    let text = characters(text);
    let letters = Letters::of(&text);
    let mut lines = Vec::new();
    for (index, line) in text.split('\n').enumerate() {
        let number = index + 1;
        let line = line.strip_suffix('\r').unwrap_or(line);
        let held = letters.lines(line).into_iter();
        lines.extend(held.map(|text| Line { number, text }));
    }
    without_dots(&mut lines);
    without_marks(&mut lines);
    without_numbers(&mut lines);
    without_prefix(&mut lines);
    lines
}

/// ngrep prints each carriage return as a dot.
fn without_dots(lines: &mut [Line]) {
    let (mut with, mut without) = (0, 0);
    for line in lines
        .iter()
        .filter(|line| anchors::first(&line.text).is_some())
    {
        match line.text.ends_with('.') {
            true => with += 1,
            false => without += 1,
        }
    }
    if with > without {
        for line in lines {
            if line.text.ends_with('.') {
                line.text.pop();
            }
        }
    }
}

/// `> `, `| ` and the like, as mail and tables put before a line.
fn without_marks(lines: &mut [Line]) {
    for line in lines {
        let text = line.text.trim_start();
        if text.starts_with(['>', '|', '»', '#', '│', '║']) {
            let rest = text.trim_start_matches(['>', '|', '»', '#', '│', '║', ' ']);
            line.text = rest.trim_end_matches(['|', '│', '║', ' ']).to_owned();
        }
    }
}

/// Line numbers that count up.
fn without_numbers(lines: &mut [Line]) {
    let numbered: Vec<(usize, u64, usize)> = lines
        .iter()
        .enumerate()
        .filter_map(|(index, line)| {
            let text = line.text.trim_start();
            let digits = text.bytes().take_while(u8::is_ascii_digit).count();
            let number = text[..digits].parse().ok()?;
            let rest = &text[digits..];
            let ends = rest.is_empty() || rest.starts_with([' ', ':', '.', ')', '|']);
            let start = line.text.len() - rest.len();
            ends.then_some((index, number, start))
        })
        .collect();
    let counts_up = numbered.windows(2).all(|pair| pair[0].1 + 1 == pair[1].1);
    let filled = lines
        .iter()
        .filter(|line| !line.text.trim().is_empty())
        .count();
    if numbered.len() >= 3 && counts_up && numbered.len() * 5 >= filled * 4 {
        for (index, _, start) in numbered {
            let rest = lines[index].text[start..].trim_start_matches([':', '.', ')', '|']);
            lines[index].text = rest.to_owned();
        }
    }
}

/// The prefix that most header fields of the text stand behind, as wide in every line.
fn without_prefix(lines: &mut [Line]) {
    let widths: Vec<usize> = lines
        .iter()
        .filter_map(|line| anchors::first(&line.text).map(|found| found.at))
        .collect();
    let mut counts: HashMap<usize, usize> = HashMap::new();
    for width in &widths {
        *counts.entry(*width).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    let Some((width, _)) = most.filter(|(w, count)| *w > 0 && count * 2 > widths.len()) else {
        return;
    };
    for line in lines {
        let has_anchor = anchors::first(&line.text).is_some();
        if !has_anchor && line.text.is_char_boundary(width) && line.text.len() >= width {
            line.text.drain(..width);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(text: &str) -> Vec<String> {
        lines(text).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn line_numbers_that_count_up_go_and_other_numbers_stay() {
        let numbered = "9 To: <sip:10@h>\n10 CSeq: 1 INVITE\n11  nonce=\"x\"";
        assert_eq!(cleaned(numbered)[2].trim(), "nonce=\"x\"");
        let value = "Expires: 3\n34fd11b1 x";
        assert_eq!(cleaned(value)[1], "34fd11b1 x");
    }

    #[test]
    fn a_prefix_of_one_width_goes_from_wrapped_lines_too() {
        let text = "10:00:01 To: <sip:10@h>\n10:00:01 Authorization: Digest\n10:00:01 nonce=\"x\"";
        assert_eq!(cleaned(text)[2], "nonce=\"x\"");
    }

    #[test]
    fn a_dot_for_each_carriage_return_goes_and_a_dot_of_one_line_stays() {
        let text = "Content-Type: application/sdp.\nTo: <sip:10@h>.\n.\nv=0.";
        let lines = ["Content-Type: application/sdp", "To: <sip:10@h>", "", "v=0"];
        assert_eq!(cleaned(text), lines);
        assert_eq!(cleaned("To: x\nSubject: y.\nVia: z")[1], "Subject: y.");
    }

    #[test]
    fn colours_and_blanks_that_are_none_go() {
        assert_eq!(cleaned("\x1b[1;32mTo:\x1b[0m\u{a0}x\u{200b}"), ["To: x"]);
    }
}
