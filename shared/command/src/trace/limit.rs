use std::time::{SystemTime, UNIX_EPOCH};

/// Notes shown in one second. A person reads a few; a flood of refused requests must not fill
/// the disk that the log goes to.
const NOTES_A_SECOND: u32 = 50;

/// What is shown of a long line: its beginning, where it stands who did what, and its end, where
/// a note gives its reason. Between them may be a field as long as a message: fifty of those a
/// second would fill a disk, too.
const BEGINNING: usize = 700;
const END: usize = 200;

/// A line without its middle, where it is a long one.
pub(crate) fn shortened(line: String) -> String {
    if line.len() <= BEGINNING + END {
        return line;
    }
    let boundary = |from: usize| (from..line.len()).find(|at| line.is_char_boundary(*at));
    let begins = boundary(BEGINNING).unwrap_or(line.len());
    let ends = boundary(line.len() - END).unwrap_or(line.len());
    let left_out = ends - begins;
    format!(
        "{}… {left_out} bytes not shown …{}",
        &line[..begins],
        &line[ends..]
    )
}

/// Lets the first notes of each second through.
#[derive(Debug, Default)]
pub(crate) struct NoteLimit {
    second: u64,
    shown: u32,
}

/// What becomes of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is shown.
    Show,
    /// It is shown, the first of its second: the moment to say how many were held.
    ShowAfterPause,
    /// It is only counted.
    Hold,
}

impl NoteLimit {
    /// Whether a note of that moment may be shown.
    pub(crate) fn judge(&mut self, at: SystemTime) -> Verdict {
        let second = at.duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
        if second != self.second {
            *self = Self { second, shown: 1 };
            return Verdict::ShowAfterPause;
        }
        if self.shown == NOTES_A_SECOND {
            return Verdict::Hold;
        }
        self.shown += 1;
        Verdict::Show
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_long_line_loses_its_middle() {
        for piece in ["x", "é", "€", "\u{1f4de}"] {
            let long = format!("11 refused: user {}: no such user", piece.repeat(60_000));
            let line = shortened(long.clone());
            assert!(line.len() < 1_000, "{}", line.len());
            assert!(line.starts_with("11 refused: user "), "{line}");
            assert!(line.ends_with(": no such user"), "{line}");
            let (_, rest) = line.split_once("… ").unwrap();
            let (left_out, _) = rest.split_once(" bytes not shown …").unwrap();
            let shown = line.len() - format!("… {left_out} bytes not shown …").len();
            assert_eq!(left_out.parse::<usize>().unwrap() + shown, long.len());
        }
        for whole in [String::new(), "é".repeat(450)] {
            assert_eq!(shortened(whole.clone()), whole);
        }
    }

    #[test]
    fn a_flood_of_notes_is_cut_and_the_next_second_is_heard_again() {
        let mut limit = NoteLimit::default();
        let now = UNIX_EPOCH + Duration::from_secs(1_176_998_384);
        let judged: Vec<Verdict> = (0..10_000).map(|_| limit.judge(now)).collect();
        let held = judged.iter().filter(|v| **v == Verdict::Hold).count();
        assert_eq!(held, 10_000 - 50);
        assert_eq!(judged[0], Verdict::ShowAfterPause);
        let next = limit.judge(now + Duration::from_secs(1));
        assert_eq!(next, Verdict::ShowAfterPause);
    }
}
