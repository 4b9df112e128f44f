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

    /// Tells everyone who waits, once. All are woken before the first can look: a server that
    /// wakes finds all of them done, where it would go back to sleep after each.
    fn end(&self, outcome: Result<(), JournalError>) {
        let mut state = self.state();
        state.outcome.get_or_insert(outcome);
        state.waiting.drain(..).for_each(Waker::wake);
    }
}

/// Waits for the transaction some changes are part of.
pub(crate) struct Ticket {
    batch: Result<Arc<Batch>, JournalError>,
    /// What wakes the thread, if that is this one's to do.
    untold: Option<Arc<Condvar>>,
    has_yielded: bool,
    /// Which of those who wait this one is.
    place: Option<usize>,
}

impl Ticket {
    /// For changes that are queued. `untold` is what wakes the thread, where it may not know yet.
    pub(crate) fn queued(batch: Arc<Batch>, untold: Option<Arc<Condvar>>) -> Self {
        Self {
            batch: Ok(batch),
            untold,
            has_yielded: false,
            place: None,
        }
    }

    /// For changes that are not.
    pub(crate) fn refused(error: JournalError) -> Self {
        Self {
            batch: Err(error),
            untold: None,
            has_yielded: true,
            place: None,
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

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if this.untold.is_some() && !std::mem::replace(&mut this.has_yielded, true) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        this.tell();
        let batch = match &this.batch {
            Ok(batch) => batch,
            Err(error) => return Poll::Ready(Err(error.clone())),
        };
        let mut state = batch.state();
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
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;
    use std::thread;
    use std::time::Duration;

    use super::*;

    fn poll(ticket: &mut Ticket, waker: &Waker) -> Poll<Result<(), JournalError>> {
        Pin::new(ticket).poll(&mut Context::from_waker(waker))
    }

    /// Counts how often it was woken, and takes its time about it.
    #[derive(Default)]
    struct Slow(AtomicUsize);

    impl Wake for Slow {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
            thread::sleep(Duration::from_millis(20));
        }
    }

    #[test]
    fn whoever_looks_once_it_is_done_finds_that_all_were_woken() {
        let (batch, woken) = (Arc::new(Batch::default()), Arc::new(Slow::default()));
        let waker = Waker::from(Arc::clone(&woken));
        let mut tickets = [0; 5].map(|_| Ticket::queued(Arc::clone(&batch), None));
        for ticket in &mut tickets {
            assert!(poll(ticket, &waker).is_pending());
        }
        let thread = thread::spawn(move || batch.end(Ok(())));
        while poll(&mut tickets[0], &waker).is_pending() {
            thread::yield_now();
        }
        assert_eq!(woken.0.load(Ordering::SeqCst), 5);
        thread.join().unwrap();
    }

    #[test]
    fn who_looked_last_is_woken() {
        let (batch, woken) = (Arc::new(Batch::default()), Arc::new(Slow::default()));
        let mut ticket = Ticket::queued(Arc::clone(&batch), None);
        for waker in [Waker::noop(), &Waker::from(Arc::clone(&woken))] {
            assert!(poll(&mut ticket, waker).is_pending());
        }
        batch.end(Ok(()));
        assert_eq!(woken.0.load(Ordering::SeqCst), 1);
    }
}
