//! `--ladder`: each call and registration as an arrow diagram when it is over.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use sip_server::Direction;
use sip_stage::{Entry, Fate, Node, Recorded, Recording};

use super::calls::{Call, Calls, Stage};
use super::facts::Observed;
use super::queue::{Seen, Sink};

/// Ladders drawn each second; further ones are counted, so that a flood does not fill the screen.
const A_SECOND: u32 = 10;

/// Follows the calls and registrations of a server, and draws them.
pub(crate) struct Ladders<W: Write> {
    out: W,
    calls: Calls,
    /// When the quiet ones were last looked for.
    looked: SystemTime,
    /// Ladders drawn since then, and those left out.
    drawn: u32,
    left_out: u64,
    lost: u64,
}

impl<W: Write + Send + 'static> Ladders<W> {
    /// Draws on `out`.
    pub(crate) fn new(out: W) -> Self {
        Self {
            out,
            calls: Calls::default(),
            looked: SystemTime::UNIX_EPOCH,
            drawn: 0,
            left_out: 0,
            lost: 0,
        }
    }

    /// Once a second: draws what is over because nothing more came, and reports what is missing.
    fn look(&mut self, now: SystemTime) -> io::Result<()> {
        let since = now.duration_since(self.looked).unwrap_or_default();
        if since < Duration::from_secs(1) {
            return Ok(());
        }
        self.looked = now;
        self.drawn = 0;
        for call in self.calls.quiet(now) {
            self.draw(&call)?;
        }
        let not_drawn = std::mem::take(&mut self.left_out) + self.calls.take_given_up();
        let lost = std::mem::take(&mut self.lost);
        if not_drawn > 0 {
            writeln!(
                self.out,
                "… {not_drawn} calls and registrations not drawn: too many at one time"
            )?;
        }
        if lost > 0 {
            writeln!(
                self.out,
                "… {lost} messages are missing in the ladders: the terminal is slow"
            )?;
        }
        Ok(())
    }

    fn draw(&mut self, call: &Call) -> io::Result<()> {
        if self.drawn == A_SECOND {
            self.left_out += 1;
            return Ok(());
        }
        self.drawn += 1;
        // In one piece, so that no line of the log comes between.
        self.out.write_all(drawn(call).as_bytes())
    }
}

impl<W: Write + Send + 'static> Sink for Ladders<W> {
    fn write(&mut self, seen: Seen) -> io::Result<()> {
        let Seen::Message {
            direction,
            flow,
            at,
            bytes,
        } = seen
        else {
            return Ok(());
        };
        self.look(at)?;
        let message = Observed::read(direction, flow, at, bytes);
        match message.and_then(|message| self.calls.see(message)) {
            Some(over) => self.draw(&over),
            None => Ok(()),
        }
    }

    fn say(&mut self, _: &str) -> io::Result<()> {
        Ok(()) // the log says it
    }

    fn lost(&mut self, entries: u64) -> io::Result<()> {
        self.lost += entries;
        Ok(())
    }

    fn idle(&mut self) -> io::Result<bool> {
        self.look(SystemTime::now())?;
        Ok(self.calls.waits() || self.left_out > 0)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The title, the ladder, and what is missing in it.
fn drawn(call: &Call) -> String {
    let recording = recording(call);
    let missing = match call.left_out {
        0 => String::new(),
        count => format!("… {count} more messages of it not shown\n"),
    };
    format!("\n{}\n\n{}{missing}\n", recording.title, recording.ladder())
}

fn title(call: &Call) -> String {
    let Call {
        from, to, stage, ..
    } = call;
    let what = if call.is_registration {
        let unregisters = call
            .messages
            .iter()
            .any(|message| message.facts.unregisters);
        let verb = if unregisters {
            "unregisters"
        } else {
            "registers"
        };
        format!("{to} {verb}")
    } else {
        format!("{from} calls {to}")
    };
    let seconds = |from: SystemTime, to: SystemTime| {
        to.duration_since(from).unwrap_or_default().as_secs_f64()
    };
    match (stage, call.answered) {
        (Stage::Over(None), Some(answered)) => {
            format!(
                "{what}: they talked for {:.1} s",
                seconds(answered, call.last)
            )
        }
        (Stage::Over(Some(status)), _) => format!("{what}: {status}"),
        (Stage::Challenged(status), _) => format!("{what}: {status}, and no answer to it came"),
        (Stage::Refused(status), _) => format!("{what}: {status}, and the ACK never came"),
        _ => format!("{what}: no answer came"),
    }
}

/// The call with its parties in lanes, the server second, as the exchanges of the book.
fn recording(call: &Call) -> Recording {
    let start = call
        .messages
        .first()
        .map_or(call.last, |message| message.at);
    let mut nodes: Vec<Node> = Vec::new();
    let mut entries = Vec::new();
    for message in &call.messages {
        let there = lane(&mut nodes, message.flow.remote, message.user_there());
        if nodes.len() == 1 {
            let name = "server".to_owned();
            let address = message.flow.local;
            nodes.push(Node { name, address });
        }
        entries.push(Entry::Message(recorded(message, there, start)));
    }
    Recording {
        name: String::new(),
        title: title(call),
        start,
        nodes,
        entries,
        decisions: Vec::new(),
        broke_off: None,
    }
}

/// The lane of the server: the second, after the one who began.
const SERVER: usize = 1;

/// The lane of a peer. The first message to or from it gives it its name.
fn lane(nodes: &mut Vec<Node>, address: SocketAddr, user: &str) -> usize {
    let mut known = nodes.iter().enumerate();
    let known = known.find(|(at, node)| *at != SERVER && node.address == address);
    if let Some((at, _)) = known {
        return at;
    }
    let name = user.to_owned();
    nodes.push(Node { name, address });
    nodes.len() - 1
}

fn recorded(message: &Observed, there: usize, start: SystemTime) -> Recorded {
    let (local, remote) = (message.flow.local, message.flow.remote);
    let (from, to, sender, receiver) = match message.direction {
        Direction::In => (remote, local, there, SERVER),
        Direction::Out => (local, remote, SERVER, there),
    };
    Recorded {
        at: message.at.duration_since(start).unwrap_or_default(),
        from,
        to,
        sender,
        receiver: Some(receiver),
        transport: message.flow.transport,
        connection: message.flow.connection,
        bytes: message.bytes.clone(),
        fate: Fate::Delivered,
        explanation: None,
    }
}

#[cfg(test)]
mod tests;
