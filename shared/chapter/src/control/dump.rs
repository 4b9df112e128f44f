//! `ul.dump`: every binding, which is too much to hold at once.
//!
//! A thread of its own writes the JSON and waits for the client after each piece.

use std::cell::Cell;
use std::io::{self, BufWriter, Write};

use serde::ser::{Serialize, SerializeSeq, Serializer};
use sip_control::{Answer, BriefEntry, Dump, Id, RecordEntry};
use sip_location::Binding;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::methods::Running;
use super::record::record;

/// The size of a piece, in bytes.
const PIECE: usize = 64 << 10;

/// Pieces that may wait for the client.
const WAITING: usize = 2;

/// Starts to write the answer; `brief` names the addresses-of-record only. It ends when the
/// pieces have all been taken, or the receiver is dropped.
pub(crate) fn start(running: &Running, brief: bool, id: Id) -> Receiver<Vec<u8>> {
    let (pieces, taken) = channel(WAITING);
    let running = running.clone();
    tokio::task::spawn_blocking(move || {
        let mut out = BufWriter::with_capacity(PIECE, Pieces(pieces));
        // Fails if the client has gone.
        let _ = write(&running, brief, id, &mut out).and_then(|()| out.flush());
    });
    taken
}

fn write(running: &Running, brief: bool, id: Id, out: &mut impl Write) -> io::Result<()> {
    let count = Cell::new(0);
    let records = Records {
        bindings: Cell::new(Some(running.location.dump(running.clock.now()))),
        brief,
        now: running.now(),
        count: &count,
    };
    let answer = Answer::new(id, Ok(Dump::new(records, &count)));
    serde_json::to_writer(&mut *out, &answer)?;
    out.write_all(b"\n")
}

/// The addresses-of-record of a dump, made while they are written.
struct Records<'a, I> {
    /// Bindings of one address-of-record follow each other. `None` once they are written.
    bindings: Cell<Option<I>>,
    brief: bool,
    now: u32,
    /// The records that are written.
    count: &'a Cell<u64>,
}

impl<I: Iterator<Item = Binding>> Serialize for Records<'_, I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        let mut bindings = self.bindings.take().into_iter().flatten().peekable();
        while let Some(first) = bindings.next() {
            let mut same = vec![first];
            while let Some(next) = bindings.next_if(|next| next.aor == same[0].aor) {
                same.push(next);
            }
            let aor = &same[0].aor;
            if self.brief {
                list.serialize_element(&BriefEntry { aor: aor.into() })?;
            } else {
                let info = record(aor, &same, self.now);
                list.serialize_element(&RecordEntry { info })?;
            }
            self.count.set(self.count.get() + 1);
        }
        list.end()
    }
}

/// Where the writing thread puts its pieces.
struct Pieces(Sender<Vec<u8>>);

impl Write for Pieces {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let sent = self.0.blocking_send(piece.to_vec());
        sent.map_err(|_| io::ErrorKind::BrokenPipe)?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
