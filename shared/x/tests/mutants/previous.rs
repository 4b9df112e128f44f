//! The script of the chapter before fails exactly where a chapter changes something.

use std::path::{Path, PathBuf};
use std::{env, fs};

use x::{Chapter, Course};

use crate::compile::Script;
use crate::finished;

/// Before the first chapter there is a server that answers nothing.
const NOTHING: &str = "\
use sip_location::Location;
use sip_server::{Action, Reply, Request};

pub struct Cx {
    pub location: Location,
    pub max_length: usize,
}

pub async fn route(_: &Cx, _: &mut Request) -> Result<Action, Reply> {
    Ok(Action::Drop)
}
";

/// How it is called among the scripts.
pub const PREVIOUS: &str = "previous";

/// The script of the chapter before.
pub fn previous(course: &Course, chapter: &Chapter) -> Script {
    let before = course
        .chapters
        .iter()
        .take_while(|other| *other != chapter)
        .last();
    let name = PREVIOUS.to_owned();
    match before {
        Some(before) => Script {
            name,
            ..finished(course, before)
        },
        None => {
            let route = NOTHING.to_owned();
            Script {
                name,
                route,
                ..finished(course, chapter)
            }
        }
    }
}

/// Compares the exchanges that the previous script fails with those that are kept in `previous/`.
pub fn fails_as_kept(course: &Course, chapter: &Chapter, failed: &str) {
    assert!(
        !failed.is_empty(),
        "chapter {} changes nothing",
        chapter.number
    );
    let path = PathBuf::from(format!(
        "shared/x/tests/mutants/previous/{}.txt",
        chapter.number
    ));
    let text = failed.replace(' ', "\n") + "\n";
    if env::var("PREVIOUS").is_ok_and(|value| value == "renew") {
        fs::create_dir_all(course.root.join(path.parent().unwrap_or(Path::new("")))).unwrap();
        fs::write(course.root.join(&path), &text).unwrap();
    }
    let renew = "PREVIOUS=renew cargo test -p x --test mutants -- --ignored";
    assert_eq!(
        text,
        course.read(&path).unwrap(),
        "`{renew}` keeps what is right"
    );
}
