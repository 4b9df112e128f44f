//! Text filled into lines.

/// The longest line.
const WIDTH: usize = 100;

/// The words of a text in lines, the first behind `first` and the others behind `next`.
pub(crate) fn filled(text: &str, first: &str, next: &str) -> String {
    let mut out = String::new();
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in text.split_whitespace() {
        let length = line.chars().count() + 1 + word.chars().count();
        if is_empty {
            line += word;
        } else if length > WIDTH {
            out += &(line + "\n");
            line = format!("{next}{word}");
        } else {
            line = format!("{line} {word}");
        }
        is_empty = false;
    }
    out + &line + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_go_into_lines_that_are_not_too_long() {
        let text = filled(&"abc\n defgh ".repeat(12), "1. ", "   ");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{text}");
        assert!(lines[0].starts_with("1. abc defgh abc"), "{text}");
        assert!(lines[1].starts_with("   "), "{text}");
        assert!(lines.iter().all(|line| line.len() <= WIDTH), "{text}");
    }
}
