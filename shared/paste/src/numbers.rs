//! Which numbers at the start of lines are line numbers.

use crate::line::Line;

/// Fewer lines that count up may be a list, or chance.
const FEWEST_NUMBERED: usize = 3;

/// A numbered line may be wrapped into this many further lines.
const MOST_WRAPPED: usize = 3;

/// Takes off line numbers that count up.
pub(crate) fn without(lines: &mut [Line]) {
    let mut run: Vec<(usize, u64, usize)> = Vec::new();
    for index in 0..=lines.len() {
        let line = lines.get(index);
        let numbered = line.and_then(|line| number(&line.text));
        if let (Some((value, start)), Some((_, before, _))) = (numbered, run.last())
            && value == before + 1
        {
            run.push((index, value, start));
            continue;
        }
        let last = run.last().map_or(0, |(at, ..)| *at);
        let goes_on = numbered.is_none() && line.is_some() && index - last <= MOST_WRAPPED;
        if !run.is_empty() && goes_on {
            continue;
        }
        if run.len() >= FEWEST_NUMBERED {
            for (at, _, start) in &run {
                let rest = lines[*at].text[*start..].trim_start_matches([':', '.', ')', '|']);
                lines[*at].text = rest.to_owned();
            }
        }
        run.clear();
        run.extend(numbered.map(|(value, start)| (index, value, start)));
    }
}

/// The number that a line begins with, and where the rest of the line begins.
fn number(line: &str) -> Option<(u64, usize)> {
    let text = line.trim_start();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let value = text[..digits].parse().ok()?;
    let rest = &text[digits..];
    let ends = rest.is_empty() || rest.starts_with([' ', ':', '.', ')', '|']);
    ends.then_some((value, line.len() - rest.len()))
}

#[cfg(test)]
mod tests {
    use crate::clean::lines;

    fn cleaned(text: &str) -> Vec<String> {
        lines(text).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn line_numbers_that_count_up_go_and_other_numbers_stay() {
        let numbered = "9 To: <sip:10@h>\n10 CSeq: 1 INVITE\n11  nonce=\"x\"";
        assert_eq!(cleaned(numbered)[2].trim(), "nonce=\"x\"");
        let beside = format!("a list\nof words\nand more\n\nof them\n{numbered}\nexpires 12\n5 x");
        assert_eq!(cleaned(&beside)[7].trim(), "nonce=\"x\"");
        assert_eq!(cleaned(&beside)[9], "5 x");
        let value = "Expires: 3\n34fd11b1 x";
        assert_eq!(cleaned(value)[1], "34fd11b1 x");
    }
}
