//! The group commit: changes wait in a queue, and a thread writes all that wait at once.
//!
//! While one transaction syncs, the next collects. So a sync is shared by as many phones as
//! come in the time it takes, and a lone phone waits for nobody. The queue is the order.

use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread::JoinHandle;

use sip_location::{Change, JournalError};

use crate::batch::Store;
use crate::load::Purge;

/// The thread and the queue to it. Dropping it writes what waits and ends the thread.
#[derive(Debug)]
pub(crate) struct Writer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    queue: Mutex<Queue>,
    came: Condvar,
    limit: usize,
}

/// What waits to be written.
#[derive(Debug, Default)]
struct Queue {
    changes: Vec<Change>,
    batch: Arc<Batch>,
    purge: Option<Purge>,
    /// The thread shall end.
    ended: bool,
    /// The thread is no more.
    gone: bool,
}

/// What the thread does next.
enum Work {
    Write(Vec<Change>, Promise),
    Purge(Purge),
}

/// The changes of one transaction, and who waits for it.
#[derive(Debug, Default)]
struct Batch(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    outcome: Option<Result<(), JournalError>>,
    waiting: Vec<Waker>,
}

/// The duty to tell everyone who waits for a batch what became of it. If the thread dies with
/// it, they are told that, so that no wait is for ever.
struct Promise(Arc<Batch>);

impl Writer {
    /// Starts the thread. At most `limit` changes wait.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start(store: Store, limit: usize) -> std::io::Result<Self> {
        Self::run(limit, move |shared| shared.work(store))
    }

    fn run(limit: usize, work: impl FnOnce(&Shared) + Send + 'static) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            came: Condvar::new(),
            limit,
        });
        let last = LastWords(Arc::clone(&shared));
        let thread = std::thread::Builder::new()
            .name("database".to_owned())
            .spawn(move || work(&last.0))?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// Queues changes. The future ends with the transaction they are part of.
    pub(crate) fn write(&self, changes: Vec<Change>) -> Ticket {
        let mut queue = self.shared.lock();
        if queue.gone {
            return Ticket(Err(died()));
        }
        if queue.changes.len() + changes.len() > self.shared.limit {
            return Ticket(Err(JournalError::Busy));
        }
        let idle = queue.changes.is_empty();
        queue.changes.extend(changes);
        let ticket = Ticket(Ok(Arc::clone(&queue.batch)));
        drop(queue);
        if idle {
            self.shared.came.notify_one();
        }
        ticket
    }

    /// Removes expired rows, whenever there is nothing else to do.
    pub(crate) fn purge(&self, purge: Purge) {
        self.shared.lock().purge = Some(purge);
        self.shared.came.notify_one();
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.shared.lock().ended = true;
        self.shared.came.notify_one();
        if let Some(thread) = self.thread.take() {
            // If it panicked, those who waited have been told.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The thread: takes all that waits, writes it, tells everyone, until the end.
    fn work(&self, mut store: Store) {
        while let Some(work) = self.take() {
            match work {
                Work::Write(changes, promise) => {
                    let outcome = store.commit(changes);
                    promise.keep(outcome.map_err(|error| JournalError::Failed(error.to_string())));
                }
                // A purge that fails is given up: its rows are never loaded, and the next start
                // purges again.
                Work::Purge(purge) => {
                    self.lock().purge = purge.step(store.connection()).unwrap_or_default();
                }
            }
        }
    }

    /// Waits for work, changes before all; `None` at the end, when all is written.
    fn take(&self) -> Option<Work> {
        let mut queue = self.lock();
        loop {
            if !queue.changes.is_empty() {
                let changes = std::mem::take(&mut queue.changes);
                let promise = Promise(std::mem::take(&mut queue.batch));
                return Some(Work::Write(changes, promise));
            }
            if queue.ended {
                return None;
            }
            if let Some(purge) = queue.purge.take() {
                return Some(Work::Purge(purge));
            }
            queue = self
                .came
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// The thread's hold on the queue: when it lets go, whoever still waits is told, and whoever
/// comes later at once.
struct LastWords(Arc<Shared>);

impl Drop for LastWords {
    fn drop(&mut self) {
        let mut queue = self.0.lock();
        queue.gone = true;
        queue.changes.clear();
        let batch = std::mem::take(&mut queue.batch);
        drop(queue);
        drop(Promise(batch));
    }
}

impl Promise {
    fn keep(self, outcome: Result<(), JournalError>) {
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
fn died() -> JournalError {
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
pub(crate) struct Ticket(Result<Arc<Batch>, JournalError>);

impl Future for Ticket {
    type Output = Result<(), JournalError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let batch = match &self.0 {
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

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Whether the ticket has got its answer, without a wait.
    fn answer(ticket: &mut Ticket) -> Poll<Result<(), JournalError>> {
        Pin::new(ticket).poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn when_the_thread_panics_every_wait_ends_in_an_error() {
        let (die, told_to_die) = mpsc::channel();
        let mut writer = Writer::run(8192, move |shared| {
            let at_work = shared.take();
            told_to_die.recv().unwrap();
            assert!(at_work.is_none(), "the panic of this test");
        })
        .unwrap();
        let change = || vec![Change::Delete("sip-1".to_owned())];
        let mut written = writer.write(change());
        while !writer.shared.lock().changes.is_empty() {
            std::thread::yield_now();
        }
        let mut queued = writer.write(change());
        assert!(answer(&mut written).is_pending() && answer(&mut queued).is_pending());
        die.send(()).unwrap();
        assert!(writer.thread.take().unwrap().join().is_err());
        let mut late = writer.write(change());
        for ticket in [&mut written, &mut queued, &mut late] {
            assert_eq!(answer(ticket), Poll::Ready(Err(died())));
        }
    }
}
