//! The page's server, on this machine alone.
//!
//! | file | what it decides |
//! |---|---|
//! | `listener` | which connections are served: those of this user |
//! | `guard` | which requests are answered: those of the page itself |
//! | `page` | the page's files |
//! | `sources`, `message`, `files`, `chapters` | what can be asked |
//! | `events` | what is sent when something happens |
//! | `answer` | errors in words |

mod answer;
mod chapters;
mod events;
mod files;
mod guard;
mod listener;
mod message;
mod page;
mod sources;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::source::{Chapters, Sources};
use guard::Names;
use listener::OwnConnections;

/// The largest file or text that can be opened, in bytes.
pub(crate) const PASTE_BYTES: usize = 16 << 20;

/// The most pages that follow sources at one time.
const FOLLOWERS: usize = 32;

/// What requests are answered from.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) sources: Sources,
    pub(crate) chapters: Chapters,
    followers: Arc<Semaphore>,
}

impl App {
    pub(crate) fn new(sources: Sources) -> Self {
        Self {
            sources,
            chapters: Chapters::here(),
            followers: Arc::new(Semaphore::new(FOLLOWERS)),
        }
    }
}

/// Serves the page until the program ends.
///
/// # Errors
/// If the listener fails.
pub(crate) async fn serve(app: Arc<App>, listener: TcpListener) -> std::io::Result<()> {
    let address = listener.local_addr()?;
    axum::serve(OwnConnections::new(listener), router(app, address)).await
}

fn router(app: Arc<App>, address: SocketAddr) -> Router {
    let source = Router::new()
        .route("/events", get(events::events))
        .route("/compare", get(message::compare))
        .route("/messages/{n}", get(message::message))
        .route("/messages/{n}/digest", post(message::digest))
        .route("/ladder.svg", get(files::svg))
        .route("/ladder.mmd", get(files::mermaid))
        .route("/messages.txt", get(files::text))
        .route("/messages.pcap", get(files::pcap));
    Router::new()
        .route("/", get(page::index))
        .route("/page/{*path}", get(page::file))
        .route("/api/sources", get(sources::list))
        .route("/api/sources/{id}", axum::routing::delete(sources::close))
        .nest("/api/sources/{id}", source)
        .route("/api/chapters", get(chapters::list))
        .route("/api/chapters/{chapter}", get(chapters::exchanges))
        .route("/api/exchanges", post(chapters::play))
        .route("/api/side-by-side", post(chapters::side_by_side))
        .route("/api/files", post(sources::open))
        .fallback(answer::nothing_here)
        .layer(DefaultBodyLimit::max(PASTE_BYTES))
        .layer(from_fn(guard::headers))
        .layer(from_fn_with_state(
            Names::of(address),
            guard::only_this_page,
        ))
        .with_state(app)
}
