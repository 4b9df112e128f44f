//! A ladder and its messages as files to keep.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use sip_stage::Recording;

use super::App;
use super::answer::Fault;
use super::sources::find;
use crate::export::{Chosen, mermaid as as_mermaid, recording};

#[derive(Deserialize)]
pub(super) struct Groups {
    groups: Option<String>,
}

type Asked = (State<Arc<App>>, Path<String>, Query<Groups>);

pub(super) async fn svg((app, id, groups): Asked) -> Result<Response, Fault> {
    let recording = recorded((app, id, groups))?;
    Ok(file(
        "image/svg+xml",
        "ladder.svg",
        recording.svg().into_bytes(),
    ))
}

pub(super) async fn text((app, id, groups): Asked) -> Result<Response, Fault> {
    let recording = recorded((app, id, groups))?;
    Ok(file(
        "text/plain; charset=utf-8",
        "messages.txt",
        recording.snapshot(),
    ))
}

pub(super) async fn pcap((app, id, groups): Asked) -> Result<Response, Fault> {
    let recording = recorded((app, id, groups))?;
    Ok(file(
        "application/vnd.tcpdump.pcap",
        "messages.pcap",
        recording.pcap(),
    ))
}

pub(super) async fn mermaid(
    (State(app), Path(id), Query(asked)): Asked,
) -> Result<Response, Fault> {
    let chosen = Chosen::of(asked.groups.as_deref()).map_err(Fault::bad)?;
    let diagram = as_mermaid(&find(&app, &id)?.store(), &chosen);
    Ok(file(
        "text/plain; charset=utf-8",
        "ladder.mmd",
        diagram.into_bytes(),
    ))
}

fn recorded((State(app), Path(id), Query(asked)): Asked) -> Result<Recording, Fault> {
    let chosen = Chosen::of(asked.groups.as_deref()).map_err(Fault::bad)?;
    let source = find(&app, &id)?;
    let title = source.about().title;
    let store = source.store();
    Ok(recording(&store, &chosen, &title))
}

fn file(content_type: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, content_type.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (headers, bytes).into_response()
}
