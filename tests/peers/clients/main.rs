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
    let all = CLIENTS
        .iter()
        .flat_map(|client| Way::ALL.map(|way| (client, way)));
    let queue: Mutex<VecDeque<_>> = Mutex::new(all.collect());
    let outcomes = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for worker in 0..AT_ONCE {
            let (queue, outcomes, tools) = (&queue, &outcomes, &tools);
            scope.spawn(move || {
                let next = || lock(queue).pop_front();
                while let Some((client, way)) = next() {
                    let outcome = run::run(client, way, tools, worker);
                    lock(outcomes).push((client.name, way, outcome));
                }
            });
        }
    });
    let outcomes = outcomes
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    let of = |name: &str, way: Way| -> &Outcome {
        let mut found = outcomes.iter().filter(|(n, w, _)| (*n, *w) == (name, way));
        &found
            .next()
            .unwrap_or_else(|| panic!("{name} ran {way:?}"))
            .2
    };
    let rows = CLIENTS.iter().map(|client| page::Row {
        client,
        version: client.version(&tools),
        outcomes: Way::ALL.map(|way| of(client.name, way)),
    });
    page::check(&rows.collect::<Vec<_>>());
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
