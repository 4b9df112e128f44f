//! The sources: listed, opened, forgotten.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;

use super::answer::Fault;
use super::{App, PASTE_BYTES};
use crate::model::Limits;
use crate::source::{Source, read};
use crate::view::SourceView;

#[derive(Serialize)]
pub(super) struct List {
    sources: Vec<SourceView>,
    limits: Most,
}

#[derive(Serialize)]
struct Most {
    messages: usize,
    paste_bytes: usize,
}

/// A source that was opened.
#[derive(Serialize)]
pub(super) struct Opened {
    source: SourceView,
}

impl Opened {
    /// Opens a source.
    pub(super) fn new(app: &App, source: Source) -> Self {
        let source = app.sources.open(source).view();
        Self { source }
    }
}

#[derive(Deserialize)]
pub(super) struct Name {
    #[serde(default)]
    name: String,
}

/// The source with that id.
pub(super) fn find(app: &App, id: &str) -> Result<Arc<Source>, Fault> {
    let found = app.sources.get(id);
    found.ok_or_else(|| Fault::missing(format!("Source {id} is not open any more.")))
}

pub(super) async fn list(State(app): State<Arc<App>>) -> Json<List> {
    let sources = app.sources.all();
    Json(List {
        sources: sources.iter().map(|source| source.view()).collect(),
        limits: Most {
            messages: Limits::default().messages,
            paste_bytes: PASTE_BYTES,
        },
    })
}

pub(super) async fn close(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<StatusCode, Fault> {
    if app.sources.close(&id) {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Fault::missing(format!("Source {id} cannot be closed.")))
}

/// Opens a text or a capture file.
pub(super) async fn open(
    State(app): State<Arc<App>>,
    Query(Name { name }): Query<Name>,
    bytes: Bytes,
) -> Result<Json<Opened>, Fault> {
    let name: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
    let reading = spawn_blocking(move || read(&name, &bytes)).await;
    let source = reading.map_err(|error| Fault::failed(error.to_string()))?;
    let source = source.map_err(Fault::bad)?;
    Ok(Json(Opened::new(&app, source)))
}
