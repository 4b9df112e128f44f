//! What is sent when something happens, as server-sent events. A page that reads slowly makes
//! nobody wait: its reader has a place in the log of changes, and what it loses is counted.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream, StreamExt};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::sleep;

use super::App;
use super::answer::Fault;
use super::sources::find;
use crate::model::{Batch, Reader};
use crate::source::Source;

/// How long what happens at nearly the same time is collected. A message is on the page within
/// 200 ms, and a busy server does not make an event of each.
const COLLECT: Duration = Duration::from_millis(30);

/// How often a line is sent to a page where nothing happens, so that a dead one is noticed.
const ALIVE: Duration = Duration::from_secs(15);

/// A page that follows a source.
struct Follower {
    source: Arc<Source>,
    changes: watch::Receiver<()>,
    reader: Reader,
    _place: OwnedSemaphorePermit,
}

pub(super) async fn events(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Fault> {
    let source = find(&app, &id)?;
    let place = Arc::clone(&app.followers).try_acquire_owned();
    let place = place.map_err(|_| {
        let text = "Too many pages are open. Close some of them.";
        Fault::new(StatusCode::SERVICE_UNAVAILABLE, text)
    })?;
    let follower = Follower {
        changes: source.changes(),
        source,
        reader: Reader::default(),
        _place: place,
    };
    let batches = stream::unfold(follower, next);
    let events = batches.flat_map(|batch| {
        let events = batch
            .into_iter()
            .map(|(name, json)| Event::default().event(name).data(json));
        stream::iter(events.map(Ok))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE)))
}

/// The next events of a follower; it waits if there are none.
async fn next(mut follower: Follower) -> Option<(Batch, Follower)> {
    loop {
        follower.changes.mark_unchanged();
        let batch = {
            let view = follower.source.view();
            let store = follower.source.store();
            follower.reader.next(&store, &view)
        };
        if !batch.is_empty() {
            return Some((batch, follower));
        }
        follower.changes.changed().await.ok()?;
        sleep(COLLECT).await;
    }
}
