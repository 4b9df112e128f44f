//! How messages and notes look on a terminal.

use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use anstream::adapter::strip_str;
use anstyle::{AnsiColor, Style};
use sip_message::{Flow, printable};
use sip_server::Direction;
use sip_stage::{colour_of, coloured, summary};

use super::limit::shortened;
use super::queue::{Seen, Sink};

/// Refusals and trouble.
const NOTE: Style = AnsiColor::Yellow.on_default();

/// Whether there is colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    /// A terminal that wants it.
    Colour,
    /// A file, a pipe, or a person who set NO_COLOR.
    Plain,
}

impl Paint {
    /// What standard output wants.
    pub(crate) fn of_stdout() -> Self {
        match anstream::AutoStream::choice(&io::stdout()) {
            anstream::ColorChoice::Never => Self::Plain,
            _ => Self::Colour,
        }
    }
}

/// How much of each message is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Nothing; refusals and trouble alone are shown.
    NotesOnly,
    /// One line.
    Line,
    /// Every line of it.
    Whole,
}

/// Writes what was seen for a person to read.
pub(crate) struct Printer<W: Write> {
    out: BufWriter<W>,
    detail: Detail,
    paint: Paint,
}

impl<W: Write + Send + 'static> Printer<W> {
    /// Prints to `out`.
    pub(crate) fn new(out: W, detail: Detail, paint: Paint) -> Self {
        Self {
            out: BufWriter::with_capacity(64 << 10, out),
            detail,
            paint,
        }
    }

    fn print(&mut self, text: &str) -> io::Result<()> {
        match self.paint {
            Paint::Colour => self.out.write_all(text.as_bytes()),
            Paint::Plain => write!(self.out, "{}", strip_str(text)),
        }
    }
}

impl<W: Write + Send + 'static> Sink for Printer<W> {
    fn write(&mut self, seen: Seen) -> io::Result<()> {
        let text = match seen {
            Seen::Message {
                direction,
                flow,
                at,
                bytes,
            } => message(self.detail, direction, &flow, at, &bytes),
            Seen::Note { at, text } => {
                let text = printable(text.as_bytes());
                format!("{} {NOTE}!  {text}{NOTE:#}\n", Clock(at))
            }
        };
        self.print(&text)
    }

    fn say(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.out, "{line}")
    }

    fn lost(&mut self, entries: u64) -> io::Result<()> {
        writeln!(self.out, "{}", not_shown(entries))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A message as it is shown, in colour.
fn message(
    detail: Detail,
    direction: Direction,
    flow: &Flow,
    at: SystemTime,
    bytes: &[u8],
) -> String {
    let arrow = match direction {
        Direction::In => "<-",
        Direction::Out => "->",
    };
    let Flow {
        transport, remote, ..
    } = flow;
    let mut text = format!("{} {arrow} {remote} {transport}", Clock(at));
    let style = colour_of(bytes);
    // Writing to a String cannot fail.
    let _ = match detail {
        Detail::Whole => writeln!(text, "\n{}", coloured(bytes, "")),
        _ => writeln!(text, "  {style}{}{style:#}", shortened(summary(bytes))),
    };
    text
}

/// The line in place of those that a slow reader did not take.
fn not_shown(entries: u64) -> String {
    match entries {
        1 => "… 1 line not shown".to_owned(),
        _ => format!("… {entries} lines not shown"),
    }
}

/// The time of day in UTC, to the millisecond.
struct Clock(SystemTime);

impl std::fmt::Display for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let since = self.0.duration_since(UNIX_EPOCH).unwrap_or_default();
        let day = since.as_secs() % 86_400;
        let (hours, minutes, seconds) = (day / 3600, day / 60 % 60, day % 60);
        let millis = since.subsec_millis();
        write!(f, "{hours:02}:{minutes:02}:{seconds:02}.{millis:03}")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sip_message::fixture;

    use super::*;

    const REGISTER: &str = "REGISTER sip:192.168.1.15 SIP/2.0\r\n\
        Via: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bK1\r\n\
        From: <sip:10@192.168.1.15>;tag=a\r\n\
        To: <sip:10@192.168.1.15>\r\n\
        Call-ID: c@192.168.1.10\r\n\
        CSeq: 1 REGISTER\r\n\
        Subject: \x1b[31mred\r\n\
        Content-Length: 0\r\n\r\n";

    /// 2007-04-19 15:59:44.250 UTC, the time in the OpenSER paper's first nonce.
    fn at() -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(1_176_998_384_250)
    }

    fn flow() -> Flow {
        fixture::flow("192.168.1.15:5060", "192.168.1.10:5060")
    }

    fn print(detail: Detail, paint: Paint, seen: Seen) -> String {
        let mut printer = Printer::new(Vec::new(), detail, paint);
        printer.write(seen).unwrap();
        printer.flush().unwrap();
        String::from_utf8(printer.out.into_inner().unwrap()).unwrap()
    }

    fn came(bytes: &str) -> Seen {
        Seen::Message {
            direction: Direction::In,
            flow: flow(),
            at: at(),
            bytes: bytes.into(),
        }
    }

    fn reply() -> String {
        REGISTER.replace(
            "REGISTER sip:192.168.1.15 SIP/2.0",
            "SIP/2.0 401 Unauthorized",
        )
    }

    #[test]
    fn a_message_is_one_line() {
        let line = print(Detail::Line, Paint::Plain, came(REGISTER));
        let expected = format!(
            "15:59:44.250 <- 192.168.1.10:5060 UDP  {}\n",
            summary(REGISTER.as_bytes())
        );
        assert_eq!(line, expected);
        assert!(line.contains("REGISTER 10@192.168.1.15"), "{line}");
    }

    #[test]
    fn a_message_with_a_long_name_is_a_short_line() {
        let long = REGISTER.replace("sip:10@", &format!("sip:{}@", "1".repeat(20_000)));
        let line = print(Detail::Line, Paint::Plain, came(&long));
        assert!(line.len() < 1_100, "{}", line.len());
        assert!(line.contains("REGISTER 111"), "{line}");
    }

    #[test]
    fn a_reply_is_shown_with_what_it_answers() {
        let line = print(Detail::Line, Paint::Plain, came(&reply()));
        let expected = "15:59:44.250 <- 192.168.1.10:5060 UDP  401 Unauthorized (REGISTER)\n";
        assert_eq!(line, expected);
    }

    #[test]
    fn an_info_shows_the_key_that_was_pressed() {
        let body = "Signal=3\r\nDuration=180\r\n";
        let info = REGISTER
            .replace("REGISTER", "INFO")
            .replace(
                "Subject: \x1b[31mred",
                "Content-Type: application/dtmf-relay",
            )
            .replace(
                "Content-Length: 0",
                &format!("Content-Length: {}", body.len()),
            );
        let line = print(Detail::Line, Paint::Plain, came(&(info + body)));
        assert!(line.contains("DTMF digit 3"), "{line}");
    }

    #[test]
    fn with_trace_on_the_whole_message_is_shown_and_its_control_bytes_are_harmless() {
        let text = print(Detail::Whole, Paint::Plain, came(REGISTER));
        let shown = REGISTER.trim_end().replace('\x1b', "\\u{1b}");
        let shown = shown.replace("\r\n", "\n");
        let expected = format!("15:59:44.250 <- 192.168.1.10:5060 UDP\n{shown}\n\n");
        assert_eq!(text, expected);
    }

    #[test]
    fn requests_are_green_and_replies_cyan() {
        let green = print(Detail::Line, Paint::Colour, came(REGISTER));
        assert!(green.contains("\x1b[32mREGISTER"), "{green:?}");
        let cyan = print(Detail::Line, Paint::Colour, came(&reply()));
        assert!(cyan.contains("\x1b[36m401"), "{cyan:?}");
    }

    #[test]
    fn a_note_cannot_move_the_cursor() {
        let seen = Seen::Note {
            at: at(),
            text: "403 to 10: \x1b[2Jboo\nforged line".to_owned(),
        };
        let line = print(Detail::Line, Paint::Plain, seen);
        assert_eq!(
            line,
            "15:59:44.250 !  403 to 10: \\u{1b}[2Jboo\\nforged line\n"
        );
    }
}
