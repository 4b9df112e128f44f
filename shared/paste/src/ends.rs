//! Which marks at the ends of lines were printed by a program.

use crate::anchors;
use crate::line::Line;

/// `^M$` and `$` of `cat -A`, `^M` of `cat -v`, the carriage return as rsyslog and programs write
/// it, ngrep's dot for it, and the line end inside a cell of a PostgreSQL table.
const MARKS: [&str; 8] = ["^M$", "$", "^M", "#015", "\\r", "<CR>", CELL, "."];

/// The line end inside a cell.
const CELL: &str = " +";

/// Takes the mark off the lines of each paragraph in which most header fields end in it. There the
/// empty line of a message is a mark too, so a message is one paragraph.
pub(crate) fn without(lines: &mut [Line]) {
    // A PostgreSQL table has a mark after a mark.
    for _ in 0..2 {
        without_one(lines);
    }
}

fn without_one(lines: &mut [Line]) {
    let is_empty = |line: &Line| line.text.trim().is_empty();
    for paragraph in lines.split_mut(is_empty) {
        let is_marked = |line: &Line| MARKS.iter().any(|mark| line.text.ends_with(mark));
        if !paragraph.iter().any(is_marked) {
            continue;
        }
        let begins_field = |line: &&Line| anchors::first(&line.text).is_some();
        let fields: Vec<&Line> = paragraph.iter().filter(begins_field).collect();
        let mark = MARKS.into_iter().find(|mark| {
            let marked = fields.iter().filter(|line| line.text.ends_with(mark));
            marked.count() * 2 > fields.len()
        });
        let Some(mark) = mark else { continue };
        for line in paragraph {
            if let Some(text) = line.text.strip_suffix(mark) {
                // A cell is as wide as its longest line; in a body, spaces count.
                let text = if mark == CELL { text.trim_end() } else { text };
                line.text = text.replace("^I", " ");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::clean::lines;

    fn cleaned(text: &str) -> Vec<String> {
        lines(text).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn a_dot_for_each_carriage_return_goes_and_a_dot_of_one_line_stays() {
        let text = "Content-Type: application/sdp.\nTo: <sip:10@h>.\n.\nv=0.";
        let lines = ["Content-Type: application/sdp", "To: <sip:10@h>", "", "v=0"];
        assert_eq!(cleaned(text), lines);
        assert_eq!(cleaned("To: x\nSubject: y.\nVia: z")[1], "Subject: y.");
    }

    #[test]
    fn a_paragraph_is_judged_by_itself() {
        let text = "To: x\nVia: y\nFrom: z\nCSeq: 1\n\nTo: <sip:10@h>.\nVia: z.\n.\n\nOne: two.";
        assert_eq!(cleaned(text)[5..8], ["To: <sip:10@h>", "Via: z", ""]);
    }

    #[test]
    fn the_marks_of_cat_go() {
        let text = "To:^I<sip:10@h>^M$\nVia: z^M$\n^M$\nv=0^M$\n";
        assert_eq!(cleaned(text)[..4], ["To: <sip:10@h>", "Via: z", "", "v=0"]);
        assert_eq!(cleaned("To: a$\nVia: z$")[0], "To: a");
    }
}
