//! `cargo x docs`: every block and picture of the pages, compared with its source or renewed.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use crate::block;
use crate::course::{Course, entries};
use crate::diff::unified;
use crate::failure::Failure;
use crate::source::generate;

/// What to renew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Every block and every picture.
    Everything,
    /// The pictures under `docs/ladders` only.
    Pictures,
}

/// Renews the blocks and pictures of the course; returns the files that changed.
///
/// # Errors
/// The first block that has no source, or a file that cannot be written.
pub fn update(course: &Course, scope: Scope) -> Result<Vec<PathBuf>, Failure> {
    let mut changed = Vec::new();
    for wanted in wanted(course)? {
        let stale = wanted.is != wanted.should_be;
        if stale && (wanted.is_picture() || scope == Scope::Everything) {
            let path = course.root.join(&wanted.path);
            let made = match (&wanted.should_be, path.parent()) {
                (Some(text), Some(folder)) => {
                    fs::create_dir_all(folder).and_then(|()| fs::write(&path, text))
                }
                _ => fs::remove_file(&path),
            };
            made.map_err(|e| Failure::file(&wanted.path, e))?;
            changed.push(wanted.path);
        }
    }
    Ok(changed)
}

/// Every difference between the course and its sources, as text for a person; empty when there
/// is none.
///
/// # Errors
/// The first block that has no source.
pub fn differences(course: &Course) -> Result<String, Failure> {
    let mut text = String::new();
    for wanted in wanted(course)? {
        let name = wanted.path.display();
        if wanted.is_picture() && wanted.is != wanted.should_be {
            text.push_str(&format!("{name} is not the picture of its exchange\n"));
        } else if wanted.is != wanted.should_be {
            text.push_str(&unified(
                &format!("{name} as it is"),
                wanted.is.as_deref().unwrap_or_default(),
                &format!("{name} as its sources want it"),
                wanted.should_be.as_deref().unwrap_or_default(),
            ));
        }
    }
    Ok(text)
}

/// A file of the book as it is, and as its sources want it; `None` where the file does not or should not exist.
struct Wanted {
    path: PathBuf,
    is: Option<String>,
    should_be: Option<String>,
}

impl Wanted {
    fn is_picture(&self) -> bool {
        self.path.extension().is_some_and(|e| e == "svg")
    }
}

fn wanted(course: &Course) -> Result<Vec<Wanted>, Failure> {
    let mut all = Vec::new();
    let mut pictures = BTreeSet::new();
    for path in course.pages()? {
        let page = course.read(&path)?;
        let renewed = block::rewrite(&page, |marker| {
            let made = generate(course, &path, marker)?;
            if let Some((picture, text)) = made.picture
                && pictures.insert(picture.clone())
            {
                all.push(Wanted {
                    is: fs::read_to_string(course.root.join(&picture)).ok(),
                    path: picture,
                    should_be: Some(text),
                });
            }
            Ok(made.block)
        });
        let renewed = renewed.map_err(|p| p.at(path.display()))?;
        all.push(Wanted {
            path,
            is: Some(page),
            should_be: Some(renewed),
        });
    }
    for path in entries(&course.root.join("docs/ladders")).unwrap_or_default() {
        let Ok(path) = path.strip_prefix(&course.root).map(PathBuf::from) else {
            continue;
        };
        if !pictures.contains(&path) {
            all.push(Wanted {
                is: Some(course.read(&path)?),
                path,
                should_be: None,
            });
        }
    }
    Ok(all)
}
