//! The chapters: their exchanges listed, played, and played side by side.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};

use super::App;
use super::answer::Fault;
use super::sources::Opened;
use crate::side_by_side::{Pair, side_by_side as pairs};
use crate::source::{ChapterView, Source, play as play_exchange};
use crate::view::SourceView;

#[derive(Serialize)]
pub(super) struct List {
    chapters: Vec<ChapterView>,
}

#[derive(Serialize)]
pub(super) struct WithExchanges {
    #[serde(flatten)]
    chapter: ChapterView,
    exchanges: Vec<ExchangeName>,
}

#[derive(Serialize)]
struct ExchangeName {
    name: String,
    title: String,
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    chapter: u32,
    name: String,
}

#[derive(Deserialize)]
pub(super) struct Both {
    exchange: String,
    left: u32,
    right: u32,
}

#[derive(Serialize)]
pub(super) struct SideBySide {
    left: SourceView,
    right: SourceView,
    rows: Vec<Pair>,
}

pub(super) async fn list(State(app): State<Arc<App>>) -> Result<Json<List>, Fault> {
    let chapters = app.chapters.list().map_err(Fault::failed)?;
    Ok(Json(List { chapters }))
}

pub(super) async fn exchanges(
    State(app): State<Arc<App>>,
    Path(number): Path<u32>,
) -> Result<Json<WithExchanges>, Fault> {
    let chapter = app.chapters.chapter(number).map_err(Fault::missing)?;
    let listed = app.chapters.exchanges(&chapter).await;
    let listed = listed.map_err(Fault::failed)?.exchanges.into_iter();
    let exchanges = listed.map(|(name, title)| ExchangeName { name, title });
    Ok(Json(WithExchanges {
        chapter,
        exchanges: exchanges.collect(),
    }))
}

pub(super) async fn play(
    State(app): State<Arc<App>>,
    Json(Wanted { chapter, name }): Json<Wanted>,
) -> Result<Json<Opened>, Fault> {
    let source = played(&app, chapter, &name).await?;
    Ok(Json(Opened::new(&app, source)))
}

pub(super) async fn side_by_side(
    State(app): State<Arc<App>>,
    Json(wanted): Json<Both>,
) -> Result<Json<SideBySide>, Fault> {
    let Both {
        exchange,
        left,
        right,
    } = wanted;
    let left = app.sources.open(played(&app, left, &exchange).await?);
    let right = app.sources.open(played(&app, right, &exchange).await?);
    let rows = pairs(&left.store(), &right.store());
    Ok(Json(SideBySide {
        left: left.view(),
        right: right.view(),
        rows,
    }))
}

async fn played(app: &App, chapter: u32, name: &str) -> Result<Source, Fault> {
    let chapter = app.chapters.chapter(chapter).map_err(Fault::missing)?;
    let played = play_exchange(&app.chapters, &chapter, name).await;
    played.map_err(Fault::missing)
}
