//! What waits: a script that has not decided yet, or the look-up of names.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use sip_message::Reply;
use tokio::time::{Instant, sleep_until};

use crate::action::Action;
use crate::protocol::Departure;
use crate::request::Request;
use crate::shares::Share;
use crate::way::Found;

/// How long a script may wait: after 64*T1 the client has given up (RFC 3261 §17.1).
const PATIENCE: Duration = Duration::from_secs(32);

/// What a wait ended with.
pub(super) enum Done {
    /// The script has decided.
    Decided(Box<Request>, Result<Action, Reply>),
    /// The names of the hops are looked up.
    Found(Departure, Found),
}

/// A script or a look-up that waits, and the place it has among them.
pub(super) struct Waiting<'a> {
    run: Pin<Box<dyn Future<Output = Done> + 'a>>,
    _place: Share,
}

impl<'a> Waiting<'a> {
    pub(super) fn new(run: Pin<Box<dyn Future<Output = Done> + 'a>>, place: Share) -> Self {
        Self { run, _place: place }
    }
}

impl Future for Waiting<'_> {
    type Output = Done;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Done> {
        self.run.as_mut().poll(context)
    }
}

/// The decision of a script that began at this moment, or a 500 when it has waited too long. The
/// timeout is set when the script first waits, as most never do.
pub(super) async fn patiently(
    script: impl Future<Output = Result<Action, Reply>>,
    began: Instant,
) -> Result<Action, Reply> {
    let mut script = pin!(script);
    let mut timeout = None;
    poll_fn(|context| {
        if let Poll::Ready(decision) = script.as_mut().poll(context) {
            return Poll::Ready(decision);
        }
        let timeout = timeout.get_or_insert_with(|| Box::pin(sleep_until(began + PATIENCE)));
        let too_late = Reply::of(500).because("the script waited too long");
        timeout.as_mut().poll(context).map(|()| Err(too_late))
    })
    .await
}
