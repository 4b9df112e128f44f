//! Waiting for a transaction: the promise of its outcome, and the tickets of those who wait.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use sip_location::JournalError;

/// The outcome of one transaction, and the tasks that wait for it.
#[derive(Debug, Default)]
pub(crate) struct Outcome(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    outcome: Option<Result<(), JournalError>>,
    waiting: Vec<Waker>,
}

/// The duty to report an outcome. If the thread dies with it, dropping it reports that, so that
/// nobody waits for ever.
pub(crate) struct Promise(pub(crate) Arc<Outcome>);

impl Promise {
    pub(crate) fn keep(self, outcome: Result<(), JournalError>) {
        self.0.report(outcome);
    }
}

impl Drop for Promise {
    /// Does nothing to a promise that was kept.
    fn drop(&mut self) {
        self.0.report(Err(died()));
    }
}

/// Why waiting ends if the thread dies. No known input makes it panic.
pub(crate) fn died() -> JournalError {
    JournalError::failed("the thread that writes the database died: restart the server")
}

impl Outcome {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reports the outcome, once. Every task is woken before the first can look: a server that
    /// wakes finds all of them done, and does not go back to sleep after each.
    fn report(&self, outcome: Result<(), JournalError>) {
        let mut state = self.state();
        state.outcome.get_or_insert(outcome);
        state.waiting.drain(..).for_each(Waker::wake);
    }
}

/// Waits for the transaction that some changes are part of.
pub(crate) struct Ticket {
    outcome: Result<Arc<Outcome>, JournalError>,
    /// Wakes the writer's thread, if this ticket has to.
    writer: Option<Waker>,
    has_yielded: bool,
    /// The place of this ticket's task among those that wait.
    place: Option<usize>,
}

impl Ticket {
    /// For changes in the queue. `writer` wakes the thread, where it may not know of them.
    pub(crate) fn queued(outcome: Arc<Outcome>, writer: Option<Waker>) -> Self {
        Self {
            outcome: Ok(outcome),
            writer,
            has_yielded: false,
            place: None,
        }
    }

    /// For changes that were not taken.
    pub(crate) fn refused(error: JournalError) -> Self {
        Self {
            outcome: Err(error),
            writer: None,
            has_yielded: true,
            place: None,
        }
    }

    fn wake_writer(&mut self) {
        if let Some(writer) = self.writer.take() {
            writer.wake();
        }
    }
}

impl Drop for Ticket {
    /// Changes in the queue are written even if nobody waits for them.
    fn drop(&mut self) {
        self.wake_writer();
    }
}

impl Future for Ticket {
    type Output = Result<(), JournalError>;

    /// The first poll lets other tasks go first; only the second wakes the writer. So all that
    /// came together is one transaction.
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if this.writer.is_some() && !this.has_yielded {
            this.has_yielded = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        this.wake_writer();
        let outcome = match &this.outcome {
            Ok(outcome) => outcome,
            Err(error) => return Poll::Ready(Err(error.clone())),
        };
        let mut state = outcome.state();
        if let Some(outcome) = &state.outcome {
            return Poll::Ready(outcome.clone());
        }
        match this.place {
            Some(place) => state.waiting[place].clone_from(context.waker()),
            None => {
                this.place = Some(state.waiting.len());
                state.waiting.push(context.waker().clone());
            }
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests;
