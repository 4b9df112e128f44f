//! A capture file for Wireshark.

use std::io::{self, BufWriter, Write};

use sip_stage::PcapWriter;

use super::queue::{Seen, Sink};
use crate::failure::warn;

/// A packet is written in one piece up to this size, in bytes.
const PACKET: usize = 72 << 10;

/// A file for Wireshark with every message.
pub(crate) struct PcapFile<W: Write>(PcapWriter<BufWriter<W>>);

impl<W: Write> PcapFile<W> {
    /// Begins the file.
    pub(crate) fn new(out: W) -> io::Result<Self> {
        PcapWriter::new(BufWriter::with_capacity(PACKET, out)).map(Self)
    }
}

impl<W: Write + Send + 'static> Sink for PcapFile<W> {
    /// Each packet goes to the file at once and whole, so that the file can be opened while the
    /// server runs, and after it was killed.
    fn write(&mut self, seen: Seen) -> io::Result<()> {
        if let Seen::Message {
            direction,
            flow,
            at,
            bytes,
        } = seen
        {
            let written = self.0.write(direction, &flow, at, &bytes);
            if let Err(error) = written.and_then(|()| self.0.flush()) {
                warn(&format!(
                    "the capture file cannot be written and ends here: {error}"
                ));
                return Err(error);
            }
        }
        Ok(())
    }

    fn say(&mut self, _: &str) -> io::Result<()> {
        Ok(()) // a capture holds every message
    }

    fn lost(&mut self, entries: u64) -> io::Result<()> {
        warn(&format!(
            "the disk is slow: {entries} messages are missing from the capture file"
        ));
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
