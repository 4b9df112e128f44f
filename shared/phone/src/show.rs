//! What a person sees of the wire: one line per message, or all of it, and the digest.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io::Write;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use anstyle::{AnsiColor, Style};
use sip_message::{Arrival, Flow, HeaderName, Packet, printable};
use sip_server::Direction;
use sip_stage::{colour_of, coloured, private_file, summary};

use crate::explain::{self, Known};
use crate::flags;
use crate::realms::Realms;

const QUIET: Style = Style::new().dimmed();
const EXPLANATION: Style = AnsiColor::Yellow.on_default();

/// How many messages are remembered, to recognise repetitions.
const REMEMBERED: usize = 32;

/// Shows messages on standard output.
pub(crate) struct Show {
    detail: Detail,
    explains: bool,
    known: Known,
    save: Option<PathBuf>,
    /// Whose messages these are, with a space before, if the command is several phones.
    name: String,
    shown: VecDeque<(Direction, Vec<u8>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Detail {
    Nothing,
    Line,
    Whole,
}

impl Show {
    pub(crate) fn new(flags: &flags::Show, realms: Realms) -> Self {
        let detail = if flags.quiet {
            Detail::Nothing
        } else if flags.trace {
            Detail::Whole
        } else {
            Detail::Line
        };
        let known = Known {
            realms,
            show_password: flags.show_password,
        };
        Self {
            detail,
            explains: flags.explain,
            known,
            save: flags.save.clone(),
            name: flags
                .name
                .as_ref()
                .map(|name| format!(" {name}"))
                .unwrap_or_default(),
            shown: VecDeque::new(),
        }
    }

    /// Shows a message that came in or goes out.
    pub(crate) fn message(
        &mut self,
        direction: Direction,
        flow: &Flow,
        at: SystemTime,
        bytes: &[u8],
    ) {
        let arrival = Arrival { flow: *flow, at };
        let packet = sip_message::parse(bytes.to_vec(), arrival).ok();
        if direction == Direction::Out {
            self.keep(packet.as_ref(), bytes);
        }
        if self.detail == Detail::Nothing {
            return;
        }
        let is_new = self.is_new(direction, bytes);
        let arrow = match direction {
            Direction::In => "<-",
            Direction::Out => "->",
        };
        let peer = peer(flow);
        let style = colour_of(bytes);
        let name = &self.name;
        let mut text = format!("{QUIET}{}{QUIET:#}{name} {arrow} {peer}", Clock(at));
        // Writing to a String cannot fail.
        let _ = match self.detail {
            Detail::Whole if is_new => writeln!(text, "\n{}", coloured(bytes, "")),
            _ => {
                let again = if is_new { "" } else { " (again)" };
                writeln!(text, "  {style}{}{style:#}{again}", summary(bytes))
            }
        };
        if self.explains && is_new {
            let explanation = match &packet {
                Some(Packet::Response(response)) => explain::challenge(response),
                Some(Packet::Request(request)) => match direction {
                    Direction::Out => explain::credentials(request, &self.known),
                    Direction::In => explain::left_over(request),
                },
                None => String::new(),
            };
            for line in explanation.lines() {
                let _ = writeln!(text, "    {EXPLANATION}{line}{EXPLANATION:#}");
            }
        }
        print(&text);
    }

    fn is_new(&mut self, direction: Direction, bytes: &[u8]) -> bool {
        let is = |(d, b): &(Direction, Vec<u8>)| *d == direction && b == bytes;
        if self.shown.iter().any(is) {
            return false;
        }
        if self.shown.len() == REMEMBERED {
            self.shown.pop_front();
        }
        self.shown.push_back((direction, bytes.to_vec()));
        true
    }

    /// Keeps a request with credentials for `phone replay`.
    fn keep(&self, packet: Option<&Packet>, bytes: &[u8]) {
        let (Some(path), Some(Packet::Request(request))) = (&self.save, packet) else {
            return;
        };
        let has = |name| request.value(name).is_some();
        if (has(HeaderName::Authorization) || has(HeaderName::ProxyAuthorization))
            && let Err(error) = private_file(path).and_then(|mut file| file.write_all(bytes))
        {
            anstream::eprintln!(
                "{EXPLANATION}warning{EXPLANATION:#}: {}: {error}",
                path.display()
            );
        }
    }
}

/// Writes to standard output. If its reader is gone, the error is of no use.
pub(crate) fn print(text: &str) {
    let mut out = anstream::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Text from a stranger with each line indented and safe for a terminal.
pub(crate) fn quoted(text: &[u8]) -> String {
    let lines = text.trim_ascii_end().split(|b| *b == b'\n');
    let lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    lines
        .map(|line| format!("  {}\n", printable(line)))
        .collect()
}

fn peer(flow: &Flow) -> String {
    format!("{} {}", flow.remote, flow.transport)
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
