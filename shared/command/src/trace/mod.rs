//! What a running server shows: its messages and its refusals, and the same messages for
//! Wireshark. Writing happens on threads of its own, so that a slow terminal or disk costs the
//! server nothing but a copy.

mod capture;
mod limit;
mod queue;
mod sink;
mod watch;

use std::fmt;
use std::time::SystemTime;

use sip_message::Flow;
use sip_server::{Direction, Observer};

use limit::{NoteLimit, Verdict, shortened};
use queue::Queue;
use sink::Detail;
pub(crate) use watch::Watch;

/// The trace on standard output.
struct Trace {
    queue: Queue,
    limit: NoteLimit,
    messages: bool,
}

impl Trace {
    /// Shows what `queue` is given; `detail` says whether that is messages too.
    fn new(queue: Queue, detail: Detail) -> Self {
        Self {
            queue,
            limit: NoteLimit::default(),
            messages: detail != Detail::NotesOnly,
        }
    }
}

impl Observer for Trace {
    fn message(&mut self, direction: Direction, flow: &Flow, at: SystemTime, bytes: &[u8]) {
        if self.messages {
            self.queue.message(direction, flow, at, bytes);
        }
    }

    fn note(&mut self, at: SystemTime, text: fmt::Arguments<'_>) {
        match self.limit.judge(at) {
            Verdict::Show => self.queue.note(at, shortened(text.to_string())),
            Verdict::Hold => self.queue.count_unsaid(),
            Verdict::ShowAfterPause => {
                match self.queue.take_unsaid() {
                    0 => {}
                    count => self.queue.note(at, sink::not_shown(count)),
                }
                self.queue.note(at, shortened(text.to_string()));
            }
        }
    }
}

/// A file of every message.
struct Capture(Queue);

impl Observer for Capture {
    fn message(&mut self, direction: Direction, flow: &Flow, at: SystemTime, bytes: &[u8]) {
        self.0.message(direction, flow, at, bytes);
    }

    fn note(&mut self, _: SystemTime, _: fmt::Arguments<'_>) {}
}

/// Several who watch the same server.
struct Observers(Vec<Box<dyn Observer>>);

impl Observer for Observers {
    fn message(&mut self, direction: Direction, flow: &Flow, at: SystemTime, bytes: &[u8]) {
        for observer in &mut self.0 {
            observer.message(direction, flow, at, bytes);
        }
    }

    fn note(&mut self, at: SystemTime, text: fmt::Arguments<'_>) {
        for observer in &mut self.0 {
            observer.note(at, text);
        }
    }
}
