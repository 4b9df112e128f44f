//! An exchange of a chapter as a source.

use super::{About, ChapterView, Chapters, Source};
use crate::view::{ExchangeView, Kind};

/// Plays an exchange of a chapter.
///
/// # Errors
/// If it cannot be played, in words.
pub(crate) async fn play(
    chapters: &Chapters,
    chapter: &ChapterView,
    name: &str,
) -> Result<Source, String> {
    let played = chapters.played(chapter, name).await?;
    let about = About {
        exchange: Some(ExchangeView {
            chapter: chapter.chapter,
            name: played.name,
            title: played.title.clone(),
            package: played.package.clone(),
        }),
        package: Some(played.package),
        folder: Some(played.folder),
        ..About::opened(Kind::Exchange, played.title)
    };
    Ok(Source::ended(about, &played.nodes, played.events))
}
