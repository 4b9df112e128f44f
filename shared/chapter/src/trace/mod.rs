//! What a running server shows: its messages and its refusals, its calls as ladders, and the same
//! messages for Wireshark. Other threads do the writing, so a slow terminal or disk costs the server only a
//! copy.

mod calls;
mod capture;
mod facts;
mod ladders;
mod limit;
mod queue;
mod sink;
mod unsaid;
mod watch;

use std::fmt;
use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use sip_message::Flow;
use sip_server::{Direction, Observer};

use limit::{LineLimit, Rate, shortened};
use queue::Queue;
use sink::Detail;
pub(crate) use watch::Watch;

/// Notes of one source and of all: refusals and trouble, of which a person reads a few.
const NOTES: Rate = Rate {
    a_second: 10,
    burst: 40,
};
const ALL_NOTES: Rate = Rate {
    a_second: 10 * BUSY_SOURCES,
    burst: 40 * BUSY_SOURCES,
};

/// How long a burst after a pause may be, in seconds of the usual rate: what a carrier sends in a
/// busy minute.
const BURST_SECONDS: u32 = 20;

/// The limit of all sources together is that of so many sources.
const BUSY_SOURCES: u32 = 10;

/// The trace on standard output.
struct Trace {
    queue: Queue,
    notes: LineLimit,
    /// `None` shows every message.
    messages: Option<LineLimit>,
    shows_messages: bool,
    /// The last second in which something came.
    second: u64,
}

impl Trace {
    /// Writes to `queue`. `detail` says whether messages are shown too, and `rate` how many each
    /// second of one source; 0 is all.
    fn new(queue: Queue, detail: Detail, rate: u32) -> Self {
        let each = Rate {
            a_second: rate,
            burst: rate.saturating_mul(BURST_SECONDS),
        };
        let all = Rate {
            a_second: each.a_second.saturating_mul(BUSY_SOURCES),
            burst: each.burst.saturating_mul(BUSY_SOURCES),
        };
        Self {
            queue,
            notes: LineLimit::new(NOTES, ALL_NOTES),
            messages: (rate > 0).then(|| LineLimit::new(each, all)),
            shows_messages: detail != Detail::NotesOnly,
            second: 0,
        }
    }

    /// Reports once a second what was not shown.
    fn catch_up(&mut self, at: SystemTime) {
        let second = at.duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
        if second == self.second {
            return;
        }
        self.second = second;
        for line in self.queue.unsaid().take() {
            self.queue.note(at, line);
        }
    }
}

impl Observer for Trace {
    fn message(&mut self, direction: Direction, flow: &Flow, at: SystemTime, bytes: &[u8]) {
        if !self.shows_messages {
            return;
        }
        self.catch_up(at);
        let from = flow.remote.ip();
        let limit = self.messages.as_mut();
        if limit.is_none_or(|limit| limit.allows(from, at)) {
            self.queue.message(direction, flow, at, bytes);
        } else {
            self.queue.unsaid().count(from);
        }
    }

    fn note(&mut self, at: SystemTime, from: SocketAddr, text: fmt::Arguments<'_>) {
        self.catch_up(at);
        if self.notes.allows(from.ip(), at) {
            self.queue.note(at, shortened(text.to_string()));
        } else {
            self.queue.unsaid().count(from.ip());
        }
    }
}

/// Passes every message on: to a file, or to what draws ladders.
struct Capture(Queue);

impl Observer for Capture {
    fn message(&mut self, direction: Direction, flow: &Flow, at: SystemTime, bytes: &[u8]) {
        self.0.message(direction, flow, at, bytes);
    }

    fn note(&mut self, _: SystemTime, _: SocketAddr, _: fmt::Arguments<'_>) {}
}

/// Several observers of the same server.
struct Observers(Vec<Box<dyn Observer>>);

impl Observer for Observers {
    fn message(&mut self, direction: Direction, flow: &Flow, at: SystemTime, bytes: &[u8]) {
        for observer in &mut self.0 {
            observer.message(direction, flow, at, bytes);
        }
    }

    fn note(&mut self, at: SystemTime, from: SocketAddr, text: fmt::Arguments<'_>) {
        for observer in &mut self.0 {
            observer.note(at, from, text);
        }
    }
}
