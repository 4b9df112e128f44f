//! Waiting for a transaction: who waits, and who owes them an answer.

use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use sip_location::JournalError;

/// The changes of one transaction, and who waits for it.
#[derive(Debug, Default)]
pub(crate) struct Batch(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    outcome: Option<Result<(), JournalError>>,
    waiting: Vec<Waker>,
}

/// The duty to tell everyone who waits for a batch what became of it. If the thread dies with
/// it, they are told that, so that no wait is for ever.
pub(crate) struct Promise(pub(crate) Arc<Batch>);

impl Promise {
    pub(crate) fn keep(self, outcome: Result<(), JournalError>) {
        self.0.end(outcome);
    }
}

impl Drop for Promise {
    /// Nothing happens to a promise that was kept.
    fn drop(&mut self) {
        self.0.end(Err(died()));
    }
}

/// The thread panics at nothing that is known. What is told all the same.
pub(crate) fn died() -> JournalError {
    JournalError::Failed("the thread that writes the database died: restart the server".to_owned())
}

impl Batch {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells everyone who waits, once. The outcome stands before the first is woken, so that a
    /// server that wakes finds all of them done.
    fn end(&self, outcome: Result<(), JournalError>) {
        let waiting = {
            let mut state = self.state();
            state.outcome.get_or_insert(outcome);
            std::mem::take(&mut state.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }
}

/// Waits for the transaction some changes are part of.
pub(crate) struct Ticket {
    batch: Result<Arc<Batch>, JournalError>,
    /// What wakes the thread, if that is this one's to do.
    untold: Option<Arc<Condvar>>,
    has_yielded: bool,
}

impl Ticket {
    /// For changes that are queued. `untold` is what wakes the thread, where it may not know yet.
    pub(crate) fn queued(batch: Arc<Batch>, untold: Option<Arc<Condvar>>) -> Self {
        Self {
            batch: Ok(batch),
            untold,
            has_yielded: false,
        }
    }

    /// For changes that are not.
    pub(crate) fn refused(error: JournalError) -> Self {
        Self {
            batch: Err(error),
            untold: None,
            has_yielded: true,
        }
    }

    fn tell(&mut self) {
        if let Some(came) = self.untold.take() {
            came.notify_one();
        }
    }
}

impl Drop for Ticket {
    /// Whoever waited gave up; what is queued is written all the same.
    fn drop(&mut self) {
        self.tell();
    }
}

impl Future for Ticket {
    type Output = Result<(), JournalError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.untold.is_some() && !std::mem::replace(&mut self.has_yielded, true) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.tell();
        let batch = match &self.batch {
            Ok(batch) => batch,
            Err(error) => return Poll::Ready(Err(error.clone())),
        };
        let mut state = batch.state();
        if let Some(outcome) = &state.outcome {
            return Poll::Ready(outcome.clone());
        }
        if !state
            .waiting
            .iter()
            .any(|waker| waker.will_wake(context.waker()))
        {
            state.waiting.push(context.waker().clone());
        }
        Poll::Pending
    }
}
