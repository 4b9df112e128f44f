//! The page's files, which are inside this program.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use super::answer::Fault;

/// The files in `page/`. A debug build reads them from there at each request.
#[derive(RustEmbed)]
#[folder = "page"]
#[allow_missing = true]
struct Files;

/// The page.
pub(super) async fn index() -> Result<Response, Fault> {
    named("index.html")
}

/// A file of the page.
pub(super) async fn file(Path(path): Path<String>) -> Result<Response, Fault> {
    named(&path)
}

fn named(path: &str) -> Result<Response, Fault> {
    let file = Files::get(path);
    let file = file.ok_or_else(|| Fault::missing(format!("The page has no file {path}.")))?;
    let content_type = [(header::CONTENT_TYPE, content_type(path))];
    Ok((content_type, file.data).into_response())
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}
