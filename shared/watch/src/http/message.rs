//! One message in full, its credentials worked out, and two messages compared.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use calculator::Secret;
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;

use super::App;
use super::answer::Fault;
use super::sources::find;
use crate::compare::{PairOfLines, compare as compare_bytes};
use crate::message::{Case, Detail, Digest, digests};
use crate::source::Source;
use crate::tables;

#[derive(Serialize)]
pub(super) struct Whole {
    #[serde(flatten)]
    detail: Detail,
    digest: Option<Digest>,
    digests: Vec<Digest>,
}

#[derive(Serialize)]
pub(super) struct Worked {
    digest: Option<Digest>,
    digests: Vec<Digest>,
}

/// What a person types to have a response worked out. It is used once and not kept.
#[derive(Deserialize)]
pub(super) struct Typed {
    password: String,
    /// Whether the password and HA1 may be in the answer.
    #[serde(default)]
    show: bool,
}

#[derive(Deserialize)]
pub(super) struct Two {
    a: u64,
    b: u64,
}

#[derive(Serialize)]
pub(super) struct Compared {
    rows: Vec<PairOfLines>,
}

pub(super) async fn message(
    State(app): State<Arc<App>>,
    Path((id, n)): Path<(String, u64)>,
) -> Result<Json<Whole>, Fault> {
    let source = find(&app, &id)?;
    let (detail, case) = detail(&source, n)?;
    let digests = match case {
        Some(case) => judged(case, source.about().database.map(PathBuf::from)).await?,
        None => Vec::new(),
    };
    Ok(Json(Whole {
        detail,
        digest: digests.first().cloned(),
        digests,
    }))
}

pub(super) async fn digest(
    State(app): State<Arc<App>>,
    Path((id, n)): Path<(String, u64)>,
    Json(Typed { password, show }): Json<Typed>,
) -> Result<Json<Worked>, Fault> {
    let source = find(&app, &id)?;
    let (_, case) = detail(&source, n)?;
    let case = case.ok_or_else(|| Fault::bad(format!("Message {n} answers no challenge.")))?;
    let work = move || digests(&case, Secret::Password(&password), show);
    let digests = spawn_blocking(work).await;
    let digests = digests.map_err(|error| Fault::failed(error.to_string()))?;
    Ok(Json(Worked {
        digest: digests.first().cloned(),
        digests,
    }))
}

pub(super) async fn compare(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(Two { a, b }): Query<Two>,
) -> Result<Json<Compared>, Fault> {
    let source = find(&app, &id)?;
    let store = source.store();
    let bytes = |n| store.message(n).map(|kept| &*kept.message.bytes);
    let left = bytes(a).ok_or_else(|| forgotten(a))?;
    let right = bytes(b).ok_or_else(|| forgotten(b))?;
    let rows = compare_bytes(left, right);
    Ok(Json(Compared { rows }))
}

fn detail(source: &Source, n: u64) -> Result<(Detail, Option<Case>), Fault> {
    let folder = source.about().folder;
    let store = source.store();
    let kept = store.message(n).ok_or_else(|| forgotten(n))?;
    Ok(Detail::of(&store, kept, folder.as_deref()))
}

fn forgotten(n: u64) -> Fault {
    Fault::missing(format!("Message {n} is not kept any more."))
}

/// The credentials judged with what the server's database keeps, if it knows the user. Nothing of
/// that is in the result: the hashes are masked, and a right response to a wrong one is left out.
async fn judged(case: Case, database: Option<PathBuf>) -> Result<Vec<Digest>, Fault> {
    let work = move || {
        let user = database.zip(case.user());
        let kept = user.and_then(|(path, (user, realm))| tables::kept(&path, &user, &realm));
        let secret = kept.as_ref().map_or(Secret::Unknown, |kept| kept.secret());
        let digests = digests(&case, secret, false).into_iter();
        digests.map(Digest::without_right_answer).collect()
    };
    let digests = spawn_blocking(work).await;
    digests.map_err(|error| Fault::failed(error.to_string()))
}
