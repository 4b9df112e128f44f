//! What a server is given besides its network and its script.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, SystemTime};

use sip_message::Reply;
use tokio::time::Instant;

use crate::entropy::Entropy;
use crate::myself::Myself;
use crate::network::Observer;
use crate::response::Response;
use crate::way::PrivateTargets;

/// The time of day, passed in: the system's, or one that begins at a given moment and runs
/// with tokio's clock, which a test can pause.
#[derive(Debug, Clone, Copy, Default)]
pub struct Clock(Option<(SystemTime, Instant)>);

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that shows `start` now.
    pub fn starting_at(start: SystemTime) -> Self {
        Self(Some((start, Instant::now())))
    }

    /// The time of day.
    pub fn now(&self) -> SystemTime {
        match self.0 {
            Some((start, began)) => start + began.elapsed(),
            None => SystemTime::now(),
        }
    }
}

/// The timers of RFC 3261 §17.1.1.1, table 4.
#[derive(Debug, Clone, Copy)]
pub struct Timers {
    /// T1, the round trip estimate: 500 ms.
    pub t1: Duration,
    /// T2, the longest interval between retransmissions: 4 s.
    pub t2: Duration,
    /// T4, the longest time a message stays in the network: 5 s.
    pub t4: Duration,
    /// Timer C, how long a relayed INVITE may ring without a word: 181 s, as it must be larger
    /// than three minutes (§16.6 step 11).
    pub c: Duration,
    /// How long it may ring in all, however often the callee says that it rings: 10 minutes.
    /// §16.8 lets a proxy end the call when Timer C fires; this bounds what resets it.
    pub ring: Duration,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            t1: Duration::from_millis(500),
            t2: Duration::from_secs(4),
            t4: Duration::from_secs(5),
            c: Duration::from_secs(181),
            ring: Duration::from_secs(600),
        }
    }
}

/// What the server holds at most; beyond its share, a source's or a user's requests get 503, and
/// its oldest finished transactions are forgotten. A share is as much as is free for all others.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Transactions under way at one time.
    pub transactions: usize,
    /// Bytes of messages held by transactions under way.
    pub open_bytes: usize,
    /// Scripts that wait at one time, for a disk or a name.
    pub waiting_scripts: usize,
    /// Bytes of finished transactions kept for retransmissions.
    pub finished_bytes: usize,
    /// Branches one request may fork into (RFC 5393 Max-Breadth).
    pub breadth: u32,
    /// Dialogs of calls that go on, in the table of calls. A call beyond it is served all the same:
    /// its Route proves itself for 12 hours, but follows no moving phone and does not end with the
    /// call. Each takes about 400 bytes.
    pub calls: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            transactions: 65_536,
            open_bytes: 128 << 20,
            waiting_scripts: 16_384,
            finished_bytes: 8 << 20,
            breadth: 60,
            calls: 65_536,
        }
    }
}

/// Counters since the start, for the control socket.
#[derive(Debug, Default)]
pub struct Stats {
    /// Requests received, retransmissions included.
    pub requests: AtomicU64,
    /// Responses received.
    pub responses: AtomicU64,
    /// Messages sent.
    pub sent: AtomicU64,
    /// Retransmissions absorbed.
    pub retransmissions: AtomicU64,
    /// Messages that could not be parsed.
    pub malformed: AtomicU64,
    /// Responses that matched nothing and were dropped.
    pub stray: AtomicU64,
    /// Requests shed with 503.
    pub shed: AtomicU64,
    /// Transactions under way now.
    pub transactions: AtomicU64,
    /// Calls in the table of calls now.
    pub calls: AtomicU64,
}

/// What is done to every response before it is passed on (`onreply_route` of Kamailio): also to a
/// provisional one, and to each that a fork chooses the best from.
///
/// A refusal takes the place of a final response from 300 on. A provisional response that is refused is
/// dropped; a 2xx is passed on with the changes made to it, as its call goes on.
pub struct OnReply(pub Box<Judge>);

/// Changes a response, or refuses it with what is answered in its place.
pub type Judge = dyn Fn(&mut Response) -> Result<(), Reply>;

/// Passes every response on as it came.
impl Default for OnReply {
    fn default() -> Self {
        Self(Box::new(|_| Ok(())))
    }
}

/// What a server is given besides its network and its script.
pub struct Settings {
    /// Who it is.
    pub myself: Myself,
    /// The time of day.
    pub clock: Clock,
    /// Branches and connection numbers.
    pub entropy: Box<dyn Entropy>,
    /// The observer that watches.
    pub observer: Box<dyn Observer>,
    /// RFC 3261's timers.
    pub timers: Timers,
    /// What it holds at most.
    pub limits: Limits,
    /// Which private addresses requests may be sent to.
    pub private_targets: PrivateTargets,
    /// Counted here.
    pub stats: Arc<Stats>,
    /// What is done to responses.
    pub on_reply: OnReply,
}
