//! When changes are written, by a clock of the test's own.

use std::time::SystemTime;

use super::*;

const MILLISECOND: Duration = Duration::from_millis(1);

/// A queue, and the time when it began.
fn queue() -> (Queue, Instant) {
    let now = Instant::now();
    (Queue::new(now), now)
}

fn add(queue: &mut Queue, count: usize) -> bool {
    queue.add(vec![Change::Delete("sip-1".to_owned()); count])
}

/// How many changes are written at `now`; otherwise until when the thread waits.
fn written(queue: &mut Queue, now: Instant) -> Result<usize, Instant> {
    match queue.next(now) {
        Next::Do(Task::Write(changes, promise)) => {
            promise.keep(Ok(()));
            Ok(changes.len())
        }
        Next::Wait(until) => Err(until),
        Next::Do(_) => panic!("neither written nor waited"),
    }
}

#[test]
fn all_that_waits_is_one_transaction() {
    let (mut queue, now) = queue();
    for _ in 0..3 {
        add(&mut queue, 1);
    }
    assert_eq!(written(&mut queue, now), Ok(3));
}

#[test]
fn only_the_first_change_wakes_an_idle_thread() {
    let (mut queue, now) = queue();
    assert!(written(&mut queue, now).is_err());
    assert!(!add(&mut queue, 0));
    assert!(add(&mut queue, 1));
    assert!(!add(&mut queue, 1));
}

#[test]
fn after_several_the_next_transaction_waits_for_as_many() {
    let (mut queue, now) = queue();
    add(&mut queue, 3);
    assert_eq!(written(&mut queue, now), Ok(3));
    // One came during the transaction, so four were under way.
    add(&mut queue, 1);
    queue.done(now);
    for _ in 0..2 {
        assert!(!add(&mut queue, 1));
        assert!(written(&mut queue, now).is_err());
    }
    assert!(add(&mut queue, 1), "the fourth wakes the thread");
    assert_eq!(written(&mut queue, now), Ok(4));
}

#[test]
fn it_waits_a_millisecond_and_no_longer() {
    let (mut queue, now) = queue();
    add(&mut queue, 3);
    assert_eq!(written(&mut queue, now), Ok(3));
    queue.done(now);
    add(&mut queue, 1);
    let until = now + MILLISECOND;
    assert_eq!(written(&mut queue, now), Err(until));
    let just_before = until.checked_sub(Duration::from_nanos(1)).unwrap();
    assert_eq!(written(&mut queue, just_before), Err(until));
    assert_eq!(written(&mut queue, until), Ok(1));
}

#[test]
fn after_one_alone_the_next_does_not_wait() {
    let (mut queue, now) = queue();
    add(&mut queue, 1);
    assert_eq!(written(&mut queue, now), Ok(1));
    add(&mut queue, 1);
    queue.done(now);
    assert_eq!(written(&mut queue, now), Ok(1));
}

#[test]
fn at_the_end_what_waits_is_written_at_once() {
    let (mut queue, now) = queue();
    add(&mut queue, 3);
    assert_eq!(written(&mut queue, now), Ok(3));
    queue.done(now);
    add(&mut queue, 1);
    queue.ended = true;
    assert_eq!(written(&mut queue, now), Ok(1));
    assert!(matches!(queue.next(now), Next::Do(Task::End)));
}

#[test]
fn changes_go_before_a_purge() {
    let (mut queue, now) = queue();
    queue.purge = Some(Purge::new(SystemTime::UNIX_EPOCH));
    add(&mut queue, 1);
    assert_eq!(written(&mut queue, now), Ok(1));
    assert!(matches!(queue.next(now), Next::Do(Task::Purge(_))));
}

#[test]
fn the_files_are_checked_after_a_second_without_work() {
    let (mut queue, now) = queue();
    let check = now + 1000 * MILLISECOND;
    assert_eq!(written(&mut queue, now), Err(check));
    assert!(matches!(queue.next(check), Next::Do(Task::CheckFiles)));
    queue.done(check);
    assert_eq!(written(&mut queue, check), Err(check + 1000 * MILLISECOND));
}
