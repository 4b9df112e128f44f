//! The group commit: changes wait in a queue, and a thread writes all that wait at once.
//!
//! While one transaction syncs, the next collects, and none begins before the server has worked
//! through what came together. Those who were just answered often come back at once, behind them
//! whoever waited for a place; so after a transaction of several the next waits a moment for as
//! many as were under way. A sync is what costs most, and all of them share it; a lone phone
//! waits for nobody. The queue is the order.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use sip_location::{Change, JournalError};

use crate::batch::Store;
use crate::load::Purge;
use crate::queue::Queue;
use crate::ticket::{Promise, Ticket, died};

/// How long the thread waits for as many as were under way: 1 ms, which no phone notices, and
/// about what three syncs take on a disk of flash.
const MOMENT: Duration = Duration::from_millis(1);

/// How often the thread looks after the file while there is nothing to write.
const LOOK: Duration = Duration::from_secs(1);

/// The thread and the queue to it. Dropping it writes what waits and ends the thread.
#[derive(Debug)]
pub(crate) struct Writer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    queue: Mutex<Queue>,
    came: Arc<Condvar>,
    limit: usize,
    moment: Duration,
}

/// What the thread does next.
enum Work {
    Write(Vec<Change>, Promise),
    Purge(Purge),
    Look,
}

impl Writer {
    /// Starts the thread. At most `limit` changes wait.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start(store: Store, limit: usize) -> std::io::Result<Self> {
        Self::run(limit, MOMENT, move |shared| shared.work(store))
    }

    fn run(
        limit: usize,
        moment: Duration,
        work: impl FnOnce(&Shared) + Send + 'static,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            came: Arc::default(),
            limit,
            moment,
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

    /// Queues changes. The future ends with the transaction they are part of, which begins once
    /// whoever waits has let others go first: a server works through what came together, and
    /// only then waits, so that all of it is one transaction.
    pub(crate) fn write(&self, changes: Vec<Change>) -> Ticket {
        let mut queue = self.shared.lock();
        if queue.gone {
            return Ticket::refused(died());
        }
        if queue.changes.len() + changes.len() > self.shared.limit {
            return Ticket::refused(JournalError::Busy);
        }
        let untold = queue.add(changes).then(|| Arc::clone(&self.shared.came));
        Ticket::queued(Arc::clone(&queue.batch), untold)
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
                    let left = store.connection().and_then(|file| purge.step(file));
                    self.lock().purge = left.unwrap_or_default();
                }
                Work::Look => store.look(),
            }
        }
    }

    /// Waits a moment for as many as were under way when the last transaction ended: those it
    /// wrote, and those that came meanwhile.
    fn collect(&self) -> MutexGuard<'_, Queue> {
        let mut queue = self.lock();
        queue.wanted += queue.changes.len();
        let (mut queue, _) = self
            .came
            .wait_timeout_while(queue, self.moment, |queue| {
                !queue.suffices() && !queue.ended
            })
            .unwrap_or_else(PoisonError::into_inner);
        queue.wanted = 0;
        queue
    }

    /// Waits for work, changes before all; `None` at the end, when all is written.
    fn take(&self) -> Option<Work> {
        let mut queue = self.collect();
        loop {
            if let Some((changes, promise)) = queue.take() {
                return Some(Work::Write(changes, promise));
            }
            if queue.ended {
                return None;
            }
            if let Some(purge) = queue.purge.take() {
                return Some(Work::Purge(purge));
            }
            let (next, wait) = self
                .came
                .wait_timeout(queue, LOOK)
                .unwrap_or_else(PoisonError::into_inner);
            if wait.timed_out() && next.is_idle() {
                return Some(Work::Look);
            }
            queue = next;
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

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::sync::mpsc;
    use std::task::{Context, Poll, Waker};

    use super::*;

    /// Whether the ticket has got its answer, without a wait.
    fn answer(ticket: &mut Ticket) -> Poll<Result<(), JournalError>> {
        Pin::new(ticket).poll(&mut Context::from_waker(Waker::noop()))
    }

    /// For a thread to do what it can.
    const LONG: Duration = Duration::from_millis(50);

    fn change() -> Vec<Change> {
        vec![Change::Delete("sip-1".to_owned())]
    }

    /// A writer that only says how many changes each of its transactions would have had, and has
    /// nothing to do.
    fn counting(moment: Duration) -> (Writer, mpsc::Receiver<usize>) {
        let (tell, told) = mpsc::channel();
        let work = move |shared: &Shared| {
            while let Some(work) = shared.take() {
                if let Work::Write(changes, promise) = work {
                    tell.send(changes.len()).unwrap();
                    promise.keep(Ok(()));
                }
            }
        };
        let writer = Writer::run(8192, moment, work).unwrap();
        drop(writer.write(change()));
        assert_eq!(told.recv(), Ok(1));
        std::thread::sleep(LONG);
        (writer, told)
    }

    #[test]
    fn what_comes_before_the_first_waits_is_one_transaction() {
        let (writer, transactions) = counting(MOMENT);
        let (mut one, mut two) = (writer.write(change()), writer.write(change()));
        assert!(answer(&mut one).is_pending() && answer(&mut two).is_pending());
        let three = writer.write(change());
        let early = transactions.recv_timeout(LONG);
        assert!(early.is_err(), "{early:?}");
        while answer(&mut one).is_pending() {
            std::thread::yield_now();
        }
        assert_eq!(transactions.recv(), Ok(3));
        assert_eq!(answer(&mut two), Poll::Ready(Ok(())));
        drop(three);
    }

    #[test]
    fn after_several_the_next_transaction_waits_for_as_many() {
        let (writer, transactions) = counting(100 * LONG);
        drop((0..3).map(|_| writer.write(change())).collect::<Vec<_>>());
        assert_eq!(transactions.recv_timeout(50 * LONG), Ok(3));
        drop(writer.write(change()));
        drop(writer.write(change()));
        let early = transactions.recv_timeout(LONG);
        assert!(early.is_err(), "{early:?}");
        // If the thread was slow, the two had come before it began to wait, and count as well.
        let enough = (3..=5).find(|count| {
            drop(writer.write(change()));
            transactions.recv_timeout(10 * LONG) == Ok(*count)
        });
        assert!(enough.is_some());
    }

    #[test]
    fn it_waits_a_moment_and_no_longer() {
        let (writer, transactions) = counting(LONG);
        drop((0..3).map(|_| writer.write(change())).collect::<Vec<_>>());
        assert_eq!(transactions.recv(), Ok(3));
        drop(writer.write(change()));
        assert_eq!(transactions.recv_timeout(100 * LONG), Ok(1));
    }

    #[test]
    fn after_one_alone_the_next_does_not_wait() {
        let (writer, transactions) = counting(100 * LONG);
        drop(writer.write(change()));
        assert_eq!(transactions.recv_timeout(50 * LONG), Ok(1));
    }

    #[test]
    fn what_nobody_waits_for_is_written_all_the_same() {
        let (writer, transactions) = counting(MOMENT);
        drop(writer.write(change()));
        assert_eq!(transactions.recv_timeout(100 * LONG), Ok(1));
    }

    #[test]
    fn when_the_thread_panics_every_wait_ends_in_an_error() {
        let (die, told_to_die) = mpsc::channel();
        let mut writer = Writer::run(8192, MOMENT, move |shared| {
            let at_work = shared.take();
            told_to_die.recv().unwrap();
            assert!(at_work.is_none(), "the panic of this test");
        })
        .unwrap();
        let mut written = writer.write(change());
        assert!(answer(&mut written).is_pending() && answer(&mut written).is_pending());
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
