//! Waiting for a transaction: the promise of its outcome, and the tickets of those who wait.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use sip_location::JournalError;

use crate::writer::died;

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
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    use super::*;

    fn poll(ticket: &mut Ticket, waker: &Waker) -> Poll<Result<(), JournalError>> {
        Pin::new(ticket).poll(&mut Context::from_waker(waker))
    }

    /// Counts how often it was woken, and how often a task could have looked at that moment.
    #[derive(Default)]
    struct Count {
        outcome: Arc<Outcome>,
        woken: AtomicUsize,
        could_look: AtomicUsize,
    }

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.woken.fetch_add(1, Ordering::SeqCst);
            if self.outcome.0.try_lock().is_ok() {
                self.could_look.fetch_add(1, Ordering::SeqCst);
            }
        }
    }

    impl Count {
        fn woken(&self) -> usize {
            self.woken.load(Ordering::SeqCst)
        }
    }

    #[test]
    fn every_task_is_woken_before_the_first_can_look() {
        let count = Arc::new(Count::default());
        let waker = Waker::from(Arc::clone(&count));
        let mut tickets = [0; 5].map(|_| Ticket::queued(Arc::clone(&count.outcome), None));
        for ticket in &mut tickets {
            assert!(poll(ticket, &waker).is_pending());
        }
        Promise(Arc::clone(&count.outcome)).keep(Ok(()));
        assert_eq!(count.woken(), 5);
        assert_eq!(count.could_look.load(Ordering::SeqCst), 0);
        for ticket in &mut tickets {
            assert!(matches!(poll(ticket, &waker), Poll::Ready(Ok(()))));
        }
    }

    #[test]
    fn the_task_that_looked_last_is_woken() {
        let count = Arc::new(Count::default());
        let mut ticket = Ticket::queued(Arc::clone(&count.outcome), None);
        for waker in [Waker::noop(), &Waker::from(Arc::clone(&count))] {
            assert!(poll(&mut ticket, waker).is_pending());
        }
        Promise(Arc::clone(&count.outcome)).keep(Ok(()));
        assert_eq!(count.woken(), 1);
    }

    #[test]
    fn the_writer_is_woken_once_others_could_go_first() {
        let writer = Arc::new(Count::default());
        let task = Arc::new(Count::default());
        let waker = Waker::from(Arc::clone(&task));
        let mut ticket = Ticket::queued(Arc::default(), Some(Arc::clone(&writer).into()));
        assert!(poll(&mut ticket, &waker).is_pending());
        assert_eq!((task.woken(), writer.woken()), (1, 0));
        assert!(poll(&mut ticket, &waker).is_pending());
        assert!(poll(&mut ticket, &waker).is_pending());
        drop(ticket);
        assert_eq!((task.woken(), writer.woken()), (1, 1));
    }

    #[test]
    fn a_ticket_that_is_given_up_wakes_the_writer() {
        let writer = Arc::new(Count::default());
        drop(Ticket::queued(
            Arc::default(),
            Some(Arc::clone(&writer).into()),
        ));
        assert_eq!(writer.woken(), 1);
    }

    #[test]
    fn a_promise_that_is_dropped_reports_that_the_thread_died() {
        let outcome = Arc::new(Outcome::default());
        let mut ticket = Ticket::queued(Arc::clone(&outcome), None);
        drop(Promise(outcome));
        let Poll::Ready(Err(error)) = poll(&mut ticket, Waker::noop()) else {
            panic!("still waiting");
        };
        assert_eq!(error.to_string(), died().to_string());
    }
}
