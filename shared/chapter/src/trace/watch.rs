//! The threads that print and capture what the server does.

use std::fs::File;
use std::io;
use std::path::Path;

use sip_server::Observer;
use sip_stage::private_file;

use super::capture::PcapFile;
use super::ladders::Ladders;
use super::queue::{LastWords, Queue};
use super::sink::{Detail, Paint, Printer};
use super::{Capture, Observers, Trace};
use crate::failure::Failure;
use crate::flags::Flags;

/// The threads that write what was seen.
pub(crate) struct Watch(Vec<LastWords>);

impl Watch {
    /// Starts what the flags ask for, and returns the observer that the server reports to.
    ///
    /// # Errors
    /// If the capture file cannot be written.
    pub(crate) fn start(flags: &Flags) -> Result<(Box<dyn Observer>, Self), Failure> {
        let detail = if flags.quiet {
            Detail::NotesOnly
        } else if flags.trace {
            Detail::Whole
        } else {
            Detail::Line
        };
        let failed = |e: io::Error| Failure::of("cannot start a thread", e);
        let printer = Printer::new(io::stdout(), detail, Paint::of_stdout());
        let (queue, printed) = Queue::start("trace", printer).map_err(failed)?;
        let trace = Trace::new(queue, detail, flags.log_rate);
        let mut observers: Vec<Box<dyn Observer>> = vec![Box::new(trace)];
        let mut threads = vec![printed];
        if flags.ladder {
            let ladders = Ladders::new(io::stdout());
            let (queue, drawn) = Queue::start("ladder", ladders).map_err(failed)?;
            observers.push(Box::new(Capture(queue)));
            threads.push(drawn);
        }
        if let Some(path) = &flags.pcap {
            let (queue, captured) = Queue::start("pcap", create(path)?).map_err(failed)?;
            observers.push(Box::new(Capture(queue)));
            threads.push(captured);
        }
        Ok((Box::new(Observers(observers)), Self(threads)))
    }

    /// Waits until what the server reported is written. The observer must be gone.
    pub(crate) fn finish(self) {
        self.0.into_iter().for_each(LastWords::wait);
    }
}

fn create(path: &Path) -> Result<PcapFile<File>, Failure> {
    private_file(path)
        .and_then(PcapFile::new)
        .map_err(|error| Failure::of(format!("--pcap {}", path.display()), error))
}
