//! What a log puts before each line, such as a time, a machine and a process.

use crate::anchors;
use crate::line::Line;

/// Takes the prefix off lines that do not begin a known header field: the rest of a wrapped one, or
/// one with an unknown name. The prefix is what comes before the header field above, with any
/// digits.
pub(crate) fn without(lines: &mut [Line]) {
    let mut above = String::new();
    for line in lines {
        match anchors::first_known(&line.text) {
            Some(at) => {
                above.clear();
                above.push_str(&line.text[..at]);
            }
            None => {
                if let Some(end) = behind(&line.text, &above) {
                    line.text.drain(..end);
                }
            }
        }
    }
}

/// Where a line goes on after a prefix of this shape: the same characters, any digits.
fn behind(line: &str, prefix: &str) -> Option<usize> {
    if prefix.is_empty() {
        return None;
    }
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let (mut line_at, mut at) = (0, 0);
    while let Some(wanted) = prefix[at..].chars().next() {
        let rest = &line[line_at..];
        let here = digits(rest);
        let there = digits(&prefix[at..]);
        if here > 0 && there > 0 {
            (line_at, at) = (line_at + here, at + there);
        } else if rest.starts_with(wanted) {
            (line_at, at) = (line_at + wanted.len_utf8(), at + wanted.len_utf8());
        } else {
            // The space at the end of an empty line is often lost.
            let is_end = rest.is_empty() && prefix[at..].trim().is_empty();
            return (is_end && !line.trim().is_empty()).then_some(line.len());
        }
    }
    Some(line_at)
}

#[cfg(test)]
mod tests {
    use crate::clean::lines;

    fn cleaned(text: &str) -> Vec<String> {
        lines(text).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn a_prefix_goes_from_wrapped_lines_too() {
        let text = "10:00:01 a[9]: To: <sip:10@h>\n10:00:02 a[10]: nonce=\"x\"\n10:00:03 a[11]:";
        assert_eq!(cleaned(text)[1..], ["nonce=\"x\"", ""]);
    }

    #[test]
    fn a_prefix_that_looks_like_a_header_field_goes_too() {
        let text = "INFO: log: To: <sip:10@h>\nINFO: log: nonce=\"x\"";
        assert_eq!(cleaned(text)[1], "nonce=\"x\"");
    }

    #[test]
    fn lines_of_another_shape_stay() {
        let text = "10:00:01 a: To: <sip:10@h>\n10:00 nonce=\"x\"\nFrom: x\n10:00:01 a: y";
        assert_eq!(cleaned(text)[1], "10:00 nonce=\"x\"");
        assert_eq!(cleaned(text)[3], "10:00:01 a: y");
    }
}
