//! `demo --json`: a chapter's exchanges, or one of them as it was played, for other programs.

use sip_control::watch::{Exchanges, Played};
use sip_stage::Recording;

use crate::chapter::Chapter;
use crate::demo::list::Listed;
use crate::failure::Failure;

/// The exchanges that the chapter's server plays, its own first, as a line of JSON: [`Exchanges`].
pub(crate) fn list(chapter: &Chapter) -> Result<String, Failure> {
    let exchange = |it: Listed<'_>| (it.exchange.name(), it.exchange.title().to_owned());
    line(&Exchanges {
        package: chapter.package.to_owned(),
        title: chapter.title.to_owned(),
        exchanges: Listed::every(chapter).map(exchange).collect(),
    })
}

/// An exchange as it was played, as a line of JSON: [`Played`].
pub(crate) fn played(chapter: &Chapter, recording: &Recording) -> Result<String, Failure> {
    line(&Played {
        package: chapter.package.to_owned(),
        folder: chapter.folder.to_owned(),
        name: recording.name.clone(),
        title: recording.title.clone(),
        nodes: recording.parties(),
        events: recording.events(),
    })
}

fn line(value: &impl serde::Serialize) -> Result<String, Failure> {
    let line = serde_json::to_string(value).map_err(|e| Failure::of("cannot write JSON", e))?;
    Ok(line + "\n")
}
