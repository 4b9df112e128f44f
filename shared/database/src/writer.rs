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
    ended: bool,
}

/// What the thread does next.
enum Work {
    Write(Vec<Change>, Arc<Batch>),
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

impl Writer {
    /// Starts the thread. At most `limit` changes wait.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start(store: Store, limit: usize) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            came: Condvar::new(),
            limit,
        });
        let queue = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("database".to_owned())
            .spawn(move || queue.work(store))?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// Queues changes. The future ends with the transaction they are part of.
    pub(crate) fn write(&self, changes: Vec<Change>) -> Ticket {
        let mut queue = self.shared.lock();
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
            // It does not panic; if it did, there is nothing left to do about it here.
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
                Work::Write(changes, batch) => {
                    let outcome = store.commit(changes);
                    batch.end(outcome.map_err(|error| JournalError::Failed(error.to_string())));
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
                return Some(Work::Write(changes, std::mem::take(&mut queue.batch)));
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

impl Batch {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells everyone who waits. The outcome stands before the first is woken, so that a server
    /// that wakes finds all of them done.
    fn end(&self, outcome: Result<(), JournalError>) {
        let waiting = {
            let mut state = self.state();
            state.outcome = Some(outcome);
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
