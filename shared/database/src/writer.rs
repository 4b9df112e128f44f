//! The group commit: changes wait in a queue, and a thread writes all that wait at once.
//!
//! While one transaction syncs, the next one collects. [`crate::queue`] decides what the thread
//! does next; this is the thread. The queue is the order of the changes.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Wake;
use std::thread::JoinHandle;

use sip_location::{Change, JournalError};

use crate::clock::Clock;
use crate::load::Purge;
use crate::queue::{Next, Queue, Task};
use crate::ticket::{Promise, Ticket, died};

/// The thread and its queue. Dropping it writes what waits and ends the thread.
#[derive(Debug)]
pub(crate) struct Writer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    queue: Mutex<Queue>,
    came: Arc<Came>,
    limit: usize,
    clock: Clock,
}

/// Wakes the thread.
#[derive(Debug, Default)]
struct Came(Condvar);

impl Wake for Came {
    fn wake(self: Arc<Self>) {
        self.0.notify_one();
    }
}

/// What the thread does. In tests something simpler than [`crate::store::Store`] does it.
pub(crate) trait Work: Send + 'static {
    fn write(&mut self, changes: Vec<Change>) -> Result<(), JournalError>;
    /// Removes the next expired rows, and returns what is left to do.
    fn purge(&mut self, purge: Purge) -> Option<Purge>;
    fn check_files(&mut self);
}

impl Writer {
    /// Starts the thread. At most `limit` changes wait.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub(crate) fn start(work: impl Work, limit: usize, clock: Clock) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            queue: Mutex::new(Queue::new(clock.now())),
            came: Arc::default(),
            limit,
            clock,
        });
        let last = LastWords(Arc::clone(&shared));
        let thread = std::thread::Builder::new()
            .name("database".to_owned())
            .spawn(move || last.0.run(work))?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// Queues changes. The ticket waits for the transaction they are part of.
    pub(crate) fn write(&self, changes: Vec<Change>) -> Ticket {
        let mut queue = self.shared.lock();
        if queue.gone {
            return Ticket::refused(died());
        }
        if queue.changes.len() + changes.len() > self.shared.limit {
            return Ticket::refused(JournalError::Busy);
        }
        let is_awaited = queue.add(changes);
        let writer = is_awaited.then(|| Arc::clone(&self.shared.came).into());
        Ticket::queued(Arc::clone(&queue.outcome), writer)
    }

    /// Removes expired rows whenever there is nothing to write.
    pub(crate) fn purge(&self, purge: Purge) {
        self.shared.lock().purge = Some(purge);
        self.shared.came.wake_by_ref();
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.shared.lock().ended = true;
        self.shared.came.wake_by_ref();
        if let Some(thread) = self.thread.take() {
            // If it panicked, every ticket has its error already.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, mut work: impl Work) {
        loop {
            match self.next() {
                Task::Write(changes, promise) => promise.keep(work.write(changes)),
                Task::Purge(purge) => {
                    let left = work.purge(purge);
                    self.lock().purge = left;
                }
                Task::CheckFiles => work.check_files(),
                Task::End => return,
            }
            self.lock().done(self.clock.now());
        }
    }

    /// Waits until there is something to do.
    fn next(&self) -> Task {
        let mut queue = self.lock();
        loop {
            let now = self.clock.now();
            let until = match queue.next(now) {
                Next::Do(task) => return task,
                Next::Wait(until) => until,
            };
            let time = until.saturating_duration_since(now);
            let waited = self.came.0.wait_timeout(queue, time);
            (queue, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// The thread's hold on the queue. When the thread lets go, every ticket gets its error, and later
/// ones get it at once.
struct LastWords(Arc<Shared>);

impl Drop for LastWords {
    fn drop(&mut self) {
        let mut queue = self.0.lock();
        queue.gone = true;
        queue.changes.clear();
        let outcome = std::mem::take(&mut queue.outcome);
        drop(queue);
        drop(Promise(outcome));
    }
}

#[cfg(test)]
mod tests;
