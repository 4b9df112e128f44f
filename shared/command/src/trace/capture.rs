use std::io::{self, Write};

use super::queue::{Seen, Sink};

/// A pcap file of what was seen.
pub(crate) struct PcapFile<W: Write>(W);

impl<W: Write> PcapFile<W> {
    pub(crate) fn new(out: W) -> io::Result<Self> {
        Ok(Self(out))
    }
}

impl<W: Write + Send + 'static> Sink for PcapFile<W> {
    fn write(&mut self, _seen: Seen) -> io::Result<()> {
        Ok(())
    }

    fn lost(&mut self, _: u64) -> io::Result<()> {
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
