//! The journal: what it gets, what waits for it, and what happens when it fails.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use common::{Register, at, lines, register, rings};
use sip_location::{Change, Journal, JournalError, Location, Settings, Written};
use sip_message::Q;
use tokio::sync::oneshot;

const PHONE: &str = "Contact: <sip:11@192.168.1.11>";

type Outcome = Result<(), JournalError>;

/// Writes when the test says so.
#[derive(Default)]
struct Paper {
    waiting: Mutex<VecDeque<oneshot::Sender<Outcome>>>,
    given: Mutex<Vec<Change>>,
}

impl Journal for Paper {
    fn write(&self, changes: Vec<Change>) -> Written {
        let (done, outcome) = oneshot::channel();
        self.given.lock().unwrap().extend(changes);
        self.waiting.lock().unwrap().push_back(done);
        Box::pin(async move { outcome.await.unwrap() })
    }
}

impl Paper {
    fn answer_next(&self, outcome: Outcome) {
        let next = self.waiting.lock().unwrap().pop_front().unwrap();
        next.send(outcome).unwrap();
    }
}

fn journaled() -> (Location, Arc<Paper>) {
    let paper = Arc::new(Paper::default());
    (
        Location::new(Settings::default(), Some(paper.clone())),
        paper,
    )
}

fn failed() -> Outcome {
    Err(JournalError::failed("disk full"))
}

/// A REGISTER under way, polled once.
struct UnderWay(std::pin::Pin<Box<dyn Future<Output = Vec<String>>>>);

impl UnderWay {
    fn new(location: &Location, register: Register) -> Self {
        let location = location.clone();
        let mut future = Self(Box::pin(async move {
            let request = register.request();
            let reply = location
                .save(&request)
                .await
                .unwrap_or_else(|refusal| refusal);
            lines(&reply, &request)
        }));
        assert!(future.poll().is_pending(), "answered before it was kept");
        future
    }

    fn poll(&mut self) -> Poll<Vec<String>> {
        self.0
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
    }

    fn status(&mut self) -> String {
        match self.poll() {
            Poll::Ready(lines) => lines[0].clone(),
            Poll::Pending => panic!("not answered"),
        }
    }
}

#[test]
fn the_200_waits_until_the_change_is_kept() {
    let (location, paper) = journaled();
    let mut save = UnderWay::new(&location, register(&[PHONE]));
    assert!(save.poll().is_pending());
    paper.answer_next(Ok(()));
    assert_eq!(save.status(), "SIP/2.0 200 OK");
}

#[test]
fn the_journal_gets_the_whole_binding_and_its_removal_by_the_same_ruid() {
    let (location, paper) = journaled();
    let full = [
        "Contact: <sip:11@192.168.1.11>;q=0.5;+sip.instance=\"<urn:uuid:1>\"",
        "User-Agent: Bench/1",
    ];
    let mut on = UnderWay::new(&location, register(&full));
    paper.answer_next(Ok(()));
    on.status();
    let Some(Change::Put(binding)) = paper.given.lock().unwrap().pop() else {
        panic!("no binding")
    };
    assert_eq!(Some(&*binding), location.bindings("11", at(0)).first());
    assert_eq!(binding.socket, "udp:192.168.1.15:5060");
    assert_eq!(binding.user_agent, "Bench/1");
    assert_eq!(
        (binding.given_q().map(Q::thousandths), binding.instance()),
        (Some(500), Some("\"<urn:uuid:1>\""))
    );
    let gone = ["Contact: *", "Expires: 0"];
    let mut off = UnderWay::new(&location, register(&gone).cseq(2));
    paper.answer_next(Ok(()));
    off.status();
    assert_eq!(*paper.given.lock().unwrap(), [Change::Delete(binding.ruid)]);
}

#[test]
fn a_binding_that_could_not_be_kept_is_refused_and_forgotten() {
    let (location, paper) = journaled();
    let mut save = UnderWay::new(&location, register(&[PHONE]));
    assert_eq!(
        rings(&location, 0).len(),
        1,
        "readers may see it a moment before"
    );
    paper.answer_next(failed());
    assert_eq!(save.status(), "SIP/2.0 500 Registration Not Saved");
    assert_eq!(rings(&location, 0).len(), 0);
    assert_eq!(location.counts(), Default::default());
}

#[test]
fn a_failed_removal_and_a_failed_refresh_leave_the_binding_as_it_was() {
    let (location, paper) = journaled();
    let mut save = UnderWay::new(&location, register(&[PHONE]));
    paper.answer_next(Ok(()));
    save.status();
    let before = location.bindings("11", at(0));
    let mut refresh = UnderWay::new(&location, register(&[PHONE]).cseq(2).at(9));
    paper.answer_next(failed());
    refresh.status();
    assert_eq!(location.bindings("11", at(9)), before);
    let gone = ["Contact: *", "Expires: 0"];
    let mut remove = UnderWay::new(&location, register(&gone).cseq(3).at(9));
    assert_eq!(rings(&location, 9).len(), 0);
    paper.answer_next(failed());
    remove.status();
    assert_eq!(location.bindings("11", at(9)), before);
}

#[test]
fn several_failed_changes_of_a_binding_leave_nothing_in_any_order() {
    for later_first in [false, true] {
        let (location, paper) = journaled();
        let mut first = UnderWay::new(&location, register(&[PHONE]));
        let mut second = UnderWay::new(&location, register(&[PHONE]).cseq(2).at(1));
        paper.answer_next(failed());
        paper.answer_next(failed());
        let order = if later_first {
            [&mut second, &mut first]
        } else {
            [&mut first, &mut second]
        };
        for save in order {
            assert!(save.status().starts_with("SIP/2.0 500"));
        }
        assert_eq!(location.counts().bindings, 0, "later first: {later_first}");
    }
}

#[test]
fn a_failed_change_does_not_undo_a_later_one_that_was_kept() {
    let (location, paper) = journaled();
    let mut first = UnderWay::new(&location, register(&[PHONE]));
    let mut second = UnderWay::new(&location, register(&[PHONE]).cseq(2).at(1));
    paper.answer_next(failed());
    paper.answer_next(Ok(()));
    assert!(second.status().starts_with("SIP/2.0 200"));
    assert!(first.status().starts_with("SIP/2.0 500"));
    assert_eq!(location.bindings("11", at(1))[0].cseq, 2);
}

#[test]
fn the_same_register_in_another_transaction_gets_no_200_before_the_first_is_kept() {
    let (location, paper) = journaled();
    let gone = ["Contact: *", "Expires: 0"];
    for request in [register(&[PHONE]), register(&gone).cseq(2)] {
        let mut first = UnderWay::new(&location, request.clone());
        let sent_again = request.request();
        let again = pin!(location.save(&sent_again));
        let mut context = Context::from_waker(Waker::noop());
        let Poll::Ready(Err(refusal)) = again.poll(&mut context) else {
            panic!("promised what is not kept");
        };
        assert_eq!(
            (refusal.status.code(), &*refusal.reason),
            (500, "Registration Not Saved Yet")
        );
        paper.answer_next(Ok(()));
        assert_eq!(first.status(), "SIP/2.0 200 OK");
        assert!(poll(&location, &request.request()).is_ready());
    }
}

fn poll(location: &Location, request: &sip_message::Request) -> Poll<()> {
    let mut context = Context::from_waker(Waker::noop());
    pin!(location.save(request))
        .poll(&mut context)
        .map(|reply| drop(reply.unwrap()))
}

#[test]
fn a_full_journal_is_503() {
    let (location, paper) = journaled();
    let mut save = UnderWay::new(&location, register(&[PHONE]));
    paper.answer_next(Err(JournalError::Busy));
    assert_eq!(save.status(), "SIP/2.0 503 Service Unavailable");
}

#[test]
fn what_was_kept_comes_back_as_it_was() {
    let (location, paper) = journaled();
    let contact = "Contact: <sip:11@192.168.1.11:5060>;q=0.5;ob";
    let mut save = UnderWay::new(&location, register(&[contact]).source("203.0.113.9:40001"));
    paper.answer_next(Ok(()));
    save.status();
    let kept = location.bindings("11", at(0));

    let other_run = Settings {
        seed: 99,
        ..Settings::default()
    };
    let restarted = Location::new(other_run, None);
    assert_eq!(restarted.load(kept.clone(), at(10)), 1);
    assert_eq!(restarted.bindings("11", at(10)), kept);
    assert_eq!(restarted.dump(at(10)).collect::<Vec<_>>(), kept);
    assert_eq!(restarted.load(kept, at(3600)), 0, "expired");
}

#[tokio::test]
async fn bindings_of_a_new_run_do_not_take_the_ruids_of_an_old_one() {
    let old = Location::new(Settings::default(), None);
    register(&[PHONE]).save(&old).await.unwrap();
    let kept = old.bindings("11", at(0));
    let new = Location::new(Settings::default(), None);
    new.load(kept.clone(), at(0));
    register(&[PHONE]).user("12").save(&new).await.unwrap();
    assert_ne!(new.bindings("12", at(0))[0].ruid, kept[0].ruid);
}

#[test]
fn a_registrar_that_gave_up_waiting_leaves_nothing_behind() {
    let (location, paper) = journaled();
    drop(UnderWay::new(&location, register(&[PHONE])));
    paper.waiting.lock().unwrap().clear();
    let mut next = UnderWay::new(&location, register(&[PHONE]).cseq(2));
    paper.answer_next(failed());
    next.status();
    assert_eq!(location.bindings("11", at(0))[0].cseq, 1);
}
