//! What wakes the tasks that wait, and what wakes the writer.

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
