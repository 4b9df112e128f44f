//! Clients that others wrote register, refresh, call and unregister. The table in docs/phones.md says
//! what each of them managed.

mod client;
mod page;
mod run;

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use client::CLIENTS;
use run::{Outcome, Way};

/// How many run at the same time: mostly they wait for their own timers.
const AT_ONCE: usize = 6;

#[test]
#[ignore = "needs baresip, Linphone, SIPp, sipsak, Net::SIP, sofia-sip, JsSIP, sip and pyVoIP, .ci/run installs them"]
fn real_clients_do_what_the_book_says() {
    let tools = client::Tools::prepare();
    let played = play(&Way::ALL, &tools);
    page::check(&rows(&Way::ALL, &played, &tools));
}

#[test]
#[ignore = "needs baresip, Linphone, SIPp, sipsak, Net::SIP, sofia-sip, JsSIP, sip and pyVoIP, .ci/run installs them"]
fn real_clients_meet_the_algorithms_that_chapter_8_says() {
    let tools = client::Tools::prepare();
    let played = play(&Way::OFFERS, &tools);
    page::check_offers(&rows(&Way::OFFERS, &played, &tools));
}

type Played = Vec<(&'static str, Way, Outcome)>;

/// Lets each client go each way.
fn play(ways: &[Way], tools: &client::Tools) -> Played {
    let each = |client| ways.iter().map(move |way| (client, *way));
    let all = CLIENTS.iter().flat_map(each);
    let queue: Mutex<VecDeque<_>> = Mutex::new(all.collect());
    let outcomes = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for worker in 0..AT_ONCE {
            let (queue, outcomes) = (&queue, &outcomes);
            scope.spawn(move || {
                let next = || lock(queue).pop_front();
                while let Some((client, way)) = next() {
                    let outcome = run::run(client, way, tools, worker);
                    lock(outcomes).push((client.name, way, outcome));
                }
            });
        }
    });
    outcomes
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
}

/// What each client managed, in the order of the ways.
fn rows<'a>(ways: &[Way], played: &'a Played, tools: &client::Tools) -> Vec<page::Row<'a>> {
    let of = |name: &str, way: Way| -> &Outcome {
        let mut found = played.iter().filter(|(n, w, _)| (*n, *w) == (name, way));
        &found
            .next()
            .unwrap_or_else(|| panic!("{name} ran {way:?}"))
            .2
    };
    let rows = CLIENTS.iter().map(|client| page::Row {
        client,
        version: client.version(tools),
        outcomes: ways.iter().map(|way| of(client.name, *way)).collect(),
    });
    rows.collect()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
