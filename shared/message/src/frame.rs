use std::fmt;

/// What a stream carried next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// One whole message.
    Message(Vec<u8>),
    /// A double CRLF: the peer asks whether we live, a CRLF answers it (RFC 5626 §3.5.1).
    Ping,
}

/// Why a stream can no longer be read; the connection is to be closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameError {
    /// What is wrong.
    pub fault: &'static str,
    /// The head that could not be framed, so that a request in it can be answered.
    pub head: Option<Vec<u8>>,
}

/// Cuts a byte stream into messages (RFC 3261 §18.3): by Content-Length, which a stream needs.
#[derive(Debug, Default)]
pub struct Framer {
    buffer: Vec<u8>,
}

impl Framer {
    /// Adds what was read from the stream.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next frame that is whole, `None` until more has been read.
    ///
    /// # Errors
    /// When the stream cannot be framed any more: no or a broken Content-Length, two that
    /// differ, or a message larger than [`crate::MAX_MESSAGE`].
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FrameError> {
        Err(FrameError {
            fault: "not yet framed",
            head: None,
        })
    }
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.fault)
    }
}

impl std::error::Error for FrameError {}
