//! Accepting connections, no more than there may be.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Sleep, sleep};

/// How long to wait where accepting fails for want of files or memory; until then, peers wait
/// in the kernel's queue.
const BREATH: Duration = Duration::from_millis(100);

/// The TCP listener of one address.
#[derive(Debug)]
pub(crate) struct Door {
    listener: TcpListener,
    breath: Option<Pin<Box<Sleep>>>,
}

/// A connection as it was accepted.
pub(crate) struct Caller {
    pub(crate) stream: TcpStream,
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
}

impl Door {
    pub(crate) fn new(listener: std::net::TcpListener) -> io::Result<Self> {
        Ok(Self {
            listener: TcpListener::from_std(listener)?,
            breath: None,
        })
    }

    /// The next connection. Never an error: those are of one peer, or pass.
    pub(crate) fn poll_accept(&mut self, context: &mut Context<'_>) -> Poll<Caller> {
        loop {
            if let Some(breath) = &mut self.breath {
                ready!(breath.as_mut().poll(context));
                self.breath = None;
            }
            match ready!(self.listener.poll_accept(context)) {
                Ok((stream, remote)) => {
                    // One that is gone already has no address.
                    if let Ok(local) = stream.local_addr()
                        && stream.set_nodelay(true).is_ok()
                    {
                        return Poll::Ready(Caller {
                            stream,
                            local,
                            remote,
                        });
                    }
                }
                Err(e) if is_of_one_peer(&e) => {}
                Err(_) => self.breath = Some(Box::pin(sleep(BREATH))),
            }
        }
    }
}

/// Whether accepting failed because that peer went away, so that the next may be tried.
fn is_of_one_peer(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::Interrupted
    )
}
