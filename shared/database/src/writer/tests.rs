//! The thread: it writes what comes, and its end leaves nobody waiting.

use std::pin::Pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use super::*;
use crate::queue::MOMENT;

/// Far longer than anything here takes: a test that waits this long has found a bug.
const FOR_EVER: Duration = Duration::from_secs(30);

/// Whether the ticket has its answer, without a wait.
fn answer(ticket: &mut Ticket) -> Poll<Result<(), JournalError>> {
    Pin::new(ticket).poll(&mut Context::from_waker(Waker::noop()))
}

fn change() -> Vec<Change> {
    vec![Change::Delete("sip-1".to_owned())]
}

/// Reports how many changes each transaction has, and begins none before it may.
struct Counting {
    sizes: Sender<usize>,
    may_begin: Option<Receiver<()>>,
}

impl Work for Counting {
    fn write(&mut self, changes: Vec<Change>) -> Result<(), JournalError> {
        self.sizes.send(changes.len()).unwrap();
        if let Some(may_begin) = &self.may_begin {
            may_begin.recv().expect("the panic of this test");
        }
        Ok(())
    }

    fn purge(&mut self, _: Purge) -> Option<Purge> {
        None
    }

    fn check_files(&mut self) {}
}

/// A writer, and the sizes of its transactions.
fn counting() -> (Writer, Receiver<usize>) {
    let (sizes, transactions) = channel();
    let may_begin = None;
    let work = Counting { sizes, may_begin };
    let writer = Writer::start(work, 8192, Clock::default()).unwrap();
    (writer, transactions)
}

/// The same, but a transaction waits in the middle until the test sends something.
fn held() -> (Writer, Receiver<usize>, Sender<()>) {
    let (sizes, transactions) = channel();
    let (begin, may_begin) = channel();
    let may_begin = Some(may_begin);
    let work = Counting { sizes, may_begin };
    let writer = Writer::start(work, 8192, Clock::default()).unwrap();
    (writer, transactions, begin)
}

#[test]
fn changes_are_written_even_if_nobody_waits() {
    let (writer, transactions) = counting();
    for _ in 0..3 {
        drop(writer.write(change()));
        assert_eq!(transactions.recv_timeout(FOR_EVER), Ok(1));
    }
}

#[test]
fn what_comes_during_a_transaction_is_one_transaction() {
    let (writer, transactions, begin) = held();
    let first = writer.write(change());
    drop(first);
    assert_eq!(transactions.recv_timeout(FOR_EVER), Ok(1));
    let mut tickets: Vec<Ticket> = (0..5).map(|_| writer.write(change())).collect();
    begin.send(()).unwrap();
    begin.send(()).unwrap();
    while answer(&mut tickets[0]).is_pending() {
        std::thread::yield_now();
    }
    assert_eq!(transactions.recv_timeout(FOR_EVER), Ok(5));
    for ticket in &mut tickets[1..] {
        assert!(matches!(answer(ticket), Poll::Ready(Ok(()))));
    }
}

#[test]
fn the_thread_waits_as_long_as_the_queue_says_by_the_clock_it_was_given() {
    let (sizes, transactions) = channel();
    let may_begin = None;
    let work = Counting { sizes, may_begin };
    let hands = Arc::new(Mutex::new((Instant::now(), 0)));
    let face = Arc::clone(&hands);
    let clock = Clock::new(move || {
        let mut hands = face.lock().unwrap();
        hands.1 += 1;
        hands.0
    });
    // A thread that has read the clock once more has decided once more.
    let decide = |times| {
        let enough = hands.lock().unwrap().1 + times;
        while hands.lock().unwrap().1 < enough {
            std::thread::yield_now();
        }
    };
    let writer = Writer::start(work, 8192, clock).unwrap();
    while hands.lock().unwrap().1 < 2 {
        std::thread::yield_now();
    }
    drop((0..3).map(|_| writer.write(change())).collect::<Vec<_>>());
    assert_eq!(transactions.recv_timeout(FOR_EVER), Ok(3));
    drop(writer.write(change()));
    decide(5);
    assert!(transactions.try_recv().is_err(), "no time has passed");
    hands.lock().unwrap().0 += MOMENT;
    assert_eq!(transactions.recv_timeout(FOR_EVER), Ok(1));
}

#[test]
fn when_the_thread_panics_every_wait_ends_in_an_error() {
    let (mut writer, transactions, begin) = held();
    let mut written = writer.write(change());
    assert!(answer(&mut written).is_pending() && answer(&mut written).is_pending());
    assert_eq!(transactions.recv_timeout(FOR_EVER), Ok(1));
    let mut queued = writer.write(change());
    assert!(answer(&mut written).is_pending() && answer(&mut queued).is_pending());
    drop(begin);
    assert!(writer.thread.take().unwrap().join().is_err());
    let mut late = writer.write(change());
    for ticket in [&mut written, &mut queued, &mut late] {
        let Poll::Ready(Err(error)) = answer(ticket) else {
            panic!("still waiting");
        };
        assert_eq!(error.to_string(), died().to_string());
    }
}
