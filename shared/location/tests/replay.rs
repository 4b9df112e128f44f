//! Whatever phones ask for and whichever writes fail: in the end, memory is the same as the journal.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod common;

use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};

use common::{at, register};
use proptest::prelude::*;
use sip_location::{Binding, Change, Journal, JournalError, Limits, Location, Settings, Written};
use tokio::sync::oneshot;

type Waiting = (Vec<Change>, oneshot::Sender<Result<(), JournalError>>);

/// A disk: what was written, and what waits to be written.
#[derive(Default)]
struct Disk {
    waiting: Mutex<VecDeque<Waiting>>,
    kept: Mutex<BTreeMap<String, Binding>>,
}

impl Journal for Disk {
    fn write(&self, changes: Vec<Change>) -> Written {
        let (done, outcome) = oneshot::channel();
        self.waiting.lock().unwrap().push_back((changes, done));
        Box::pin(async move { outcome.await.unwrap() })
    }
}

impl Disk {
    /// Writes the next changes, or fails to. False if there are none.
    fn settle_next(&self, works: bool) -> bool {
        let Some((changes, done)) = self.waiting.lock().unwrap().pop_front() else {
            return false;
        };
        let mut kept = self.kept.lock().unwrap();
        for change in changes.into_iter().filter(|_| works) {
            match change {
                Change::Put(binding) => kept.insert(binding.ruid.clone(), *binding),
                Change::Delete(ruid) => kept.remove(&ruid),
            };
        }
        let failed = || JournalError::failed("disk full");
        // The waiting caller may be gone.
        let _ = done.send(if works { Ok(()) } else { Err(failed()) });
        true
    }
}

#[derive(Debug, Clone)]
enum Step {
    /// user, contacts with their expires, Call-ID, CSeq
    Register(u8, Vec<(u8, u16)>, u8, u8),
    Star(u8, u8, u8),
    Remove(u8),
    Settle(bool),
    /// Polls the save at that place.
    Poll(usize),
    Purge,
    /// Seconds pass.
    Wait(u8),
}

fn step() -> impl Strategy<Value = Step> {
    let contact = (0..5u8, prop::sample::select(vec![0u16, 60, 600]));
    let contacts = prop::collection::vec(contact, 1..4);
    prop_oneof![
        8 => (0..2u8, contacts, 0..2u8, 1..9u8)
            .prop_map(|(user, contacts, call, cseq)| Step::Register(user, contacts, call, cseq)),
        2 => (0..2u8, 0..2u8, 1..9u8).prop_map(|(user, call, cseq)| Step::Star(user, call, cseq)),
        1 => (0..2u8).prop_map(Step::Remove),
        8 => any::<bool>().prop_map(Step::Settle),
        8 => (0..8usize).prop_map(Step::Poll),
        1 => Just(Step::Purge),
        2 => (1..40u8).prop_map(Step::Wait),
    ]
}

type Save = Pin<Box<dyn Future<Output = ()>>>;

fn poll(save: &mut Save) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    save.as_mut().poll(&mut context).is_ready()
}

fn begin(step: &Step, location: &Location, now: u64) -> Option<Save> {
    let location = location.clone();
    let (user, call, cseq, headers) = match step.clone() {
        Step::Register(user, contacts, call, cseq) => {
            // 0 is the same as 1 and as 2, which differ (§19.1.4); 3 and 4 are one flow.
            let contact = |number| {
                [
                    "<sip:p@h>",
                    "<sip:p@h;line=1>",
                    "<sip:p@h;line=2>",
                    "<sip:p@h;line=1>;+sip.instance=\"<urn:uuid:1>\";reg-id=1",
                    "<sip:p@h;line=3>;+sip.instance=\"<urn:uuid:1>\";reg-id=1",
                ][usize::from(number)]
            };
            let contacts = contacts.into_iter();
            let headers = contacts.map(|(n, e)| format!("Contact: {};expires={e}", contact(n)));
            (user, call, cseq, headers.collect())
        }
        Step::Star(user, call, cseq) => {
            let star = vec!["Contact: *".to_owned(), "Expires: 0".to_owned()];
            (user, call, cseq, star)
        }
        Step::Remove(user) => {
            return Some(Box::pin(async move {
                let _ = location.remove(&user.to_string()).await;
            }));
        }
        Step::Purge => {
            return Some(Box::pin(async move {
                for _ in 0..64 {
                    let _ = location.purge_expired(at(now)).await;
                }
            }));
        }
        Step::Settle(_) | Step::Poll(_) | Step::Wait(_) => return None,
    };
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let register = register(&headers).user(&user.to_string());
    let register = register
        .call_id(&call.to_string())
        .cseq(cseq.into())
        .at(now);
    Some(Box::pin(async move {
        let _ = register.save(&location).await;
    }))
}

type Bindings = BTreeMap<String, Binding>;

/// Takes the steps, settles the rest, and returns what memory and the disk then hold.
fn replay(steps: &[Step]) -> (Bindings, Bindings) {
    let disk = Arc::new(Disk::default());
    let limits = Limits {
        contacts: 2,
        bindings: 100,
    };
    let settings = Settings {
        limits,
        ..Settings::default()
    };
    let location = Location::new(settings, Some(disk.clone()));
    let mut saves: Vec<Save> = Vec::new();
    let mut now = 0;
    for step in steps {
        match step {
            Step::Settle(works) => drop(disk.settle_next(*works)),
            Step::Wait(seconds) => now += u64::from(*seconds),
            Step::Poll(index) if *index < saves.len() => {
                if poll(&mut saves[*index]) {
                    drop(saves.remove(*index));
                }
            }
            step => {
                let save = begin(step, &location, now);
                saves.extend(save.and_then(|mut save| (!poll(&mut save)).then_some(save)));
            }
        }
    }
    // The last one is polled first, because the order of wake-ups is not defined.
    while !saves.is_empty() {
        while disk.settle_next(true) {}
        saves.retain_mut(|save| !poll(save));
        saves.reverse();
    }
    let memory = location
        .dump(at(now))
        .map(|b| (b.ruid.clone(), b))
        .collect();
    let mut kept = disk.kept.lock().unwrap().clone();
    let end = u32::try_from(common::START + now).unwrap();
    kept.retain(|_, binding| !binding.has_expired(end));
    (memory, kept)
}

#[test]
fn a_binding_with_an_unconfirmed_change_is_not_purged() {
    let register = |expires, cseq| Step::Register(0, vec![(0, expires)], 0, cseq);
    let (memory, kept) = replay(&[
        register(600, 1),
        Step::Settle(true),
        Step::Poll(0),
        register(60, 2), // expires before the journal has answered,
        Step::Wait(30),
        Step::Wait(31),
        Step::Purge,
        Step::Settle(false), // which fails
        Step::Poll(0),
    ]);
    assert_eq!(
        memory.len(),
        1,
        "the binding of the first REGISTER, for 600 s"
    );
    assert_eq!(memory, kept);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn memory_is_what_the_journal_kept(steps in prop::collection::vec(step(), 1..60)) {
        let (memory, kept) = replay(&steps);
        prop_assert_eq!(memory, kept);
    }
}
