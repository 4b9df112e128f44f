//! What a block shows, generated from its source.

use std::path::{Path, PathBuf};

use crate::block::{fence, folded};
use crate::course::{Course, SCRIPT};
use crate::crates::Crates;
use crate::diff::unified;
use crate::exchange::Exchange;
use crate::failure::Failure;
use crate::item;
use crate::program::Program;
use crate::rfcs::index;
use crate::turn::your_turn;

/// What a marker asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generated {
    /// The block below the marker.
    pub block: String,
    /// A picture the block shows: its path below the workspace, and its text.
    pub picture: Option<(PathBuf, String)>,
}

/// Generates what a marker of `page` asks for:
///
/// | marker | block |
/// |---|---|
/// | `code FILE` | a whole file |
/// | `code FILE fn route, struct Cx` | items of a Rust file, by name |
/// | `diff 01 02` | how the routing script changes from one chapter to the other |
/// | `diff 01 02 src/main.rs` | the same of another file of theirs |
/// | `folded diff 01 02` | a diff, folded: a reader opens it after trying |
/// | `folded code FILE fn route` | code, folded |
/// | `tasks 01` | what a reader does in a chapter, and how many exchanges pass then |
/// | `exchange 01 NAME` | an exchange, message by message, as its test expects it |
/// | `exchange 01 NAME 2-4 7 7+` | those of its messages, and what happened after message 7 |
/// | `ladder 01 NAME` | its arrow diagram as text |
/// | `picture 01 NAME` | its arrow diagram as a picture |
/// | `run step-01 demo` | what a program of the workspace prints |
/// | `crates diagram` | which crate builds on which, as a diagram |
/// | `crates layers` | the same as text, a line for each |
/// | `rfcs` | the tables of the RFC index |
///
/// # Errors
/// When the marker is not one of these, or its source does not exist.
pub fn generate(course: &Course, page: &Path, marker: &str) -> Result<Generated, Failure> {
    let (kind, rest) = marker.split_once(' ').unwrap_or((marker, ""));
    let words: Vec<&str> = rest.split_whitespace().collect();
    let block = match (kind, words.as_slice()) {
        ("code", [file, ..]) => code(course, file, rest[file.len()..].trim()),
        ("diff", [old, new, file @ ..]) if file.len() < 2 => {
            let file = file.first().copied().unwrap_or(SCRIPT);
            diff(course, old, new, file).map(|text| fence("diff", &text))
        }
        ("folded", [what, named @ ..]) => {
            let inner = generate(course, page, rest)?.block;
            let summary = match (*what, named) {
                ("diff", [old, new, ..]) => format!("The solution: from chapter {old} to {new}"),
                ("code", [file, ..]) => format!("The solution: <code>{file}</code>"),
                _ => {
                    return Err(Failure::new(format!(
                        "`{marker}`: only diff and code are folded"
                    )));
                }
            };
            Ok(folded(&summary, &inner))
        }
        ("tasks", [chapter]) => your_turn(course, course.chapter(chapter)?),
        ("exchange", [chapter, name, numbers @ ..]) => {
            Exchange::read(course, course.chapter(chapter)?, name)?
                .pick(numbers)
                .map(|text| fence("text", &text))
        }
        ("ladder", [chapter, name]) => {
            let program = step(course, chapter)?;
            output(&program, &["demo", name, "--ladder"]).map(|text| fence("text", &text))
        }
        ("picture", [chapter, name]) => return picture(course, page, chapter, name),
        ("run", [program, arguments @ ..]) => transcript(course, program, arguments),
        ("crates", ["diagram"]) => {
            Crates::of(course).map(|crates| fence("mermaid", &crates.diagram()))
        }
        ("rfcs", []) => index(course),
        ("crates", ["layers"]) => Crates::of(course).map(|crates| fence("text", &crates.layers())),
        _ => Err(Failure::new(format!(
            "`{marker}` is not a marker: use code, diff, folded, tasks, exchange, ladder, picture, run, \
             crates or rfcs"
        ))),
    }?;
    Ok(Generated {
        block,
        picture: None,
    })
}

/// The unified difference of a file of two chapters, such as [`SCRIPT`].
///
/// # Errors
/// When the chapter does not exist, or does not have the file.
pub fn diff(course: &Course, old: &str, new: &str, file: &str) -> Result<String, Failure> {
    let [old, new] = [course.chapter(old)?, course.chapter(new)?].map(|c| c.folder.join(file));
    Ok(unified(
        &old.to_string_lossy(),
        &course.read(&old)?,
        &new.to_string_lossy(),
        &course.read(&new)?,
    ))
}

fn code(course: &Course, file: &str, items: &str) -> Result<String, Failure> {
    let source = course.read(Path::new(file))?;
    let language = match Path::new(file).extension().and_then(|e| e.to_str()) {
        Some("rs") => "rust",
        Some("toml") => "toml",
        Some("sql") => "sql",
        _ => "text",
    };
    if items.is_empty() {
        return Ok(fence(language, &source));
    }
    let found: Result<Vec<_>, _> = items
        .split(',')
        .map(|name| item::find(&source, name.trim()).map_err(|p| p.at(file)))
        .collect();
    Ok(fence(language, &found?.join("\n")))
}

/// The program of a chapter.
pub(crate) fn step(course: &Course, chapter: &str) -> Result<Program, Failure> {
    let package = course.chapter(chapter)?.package();
    Program::built(course, &package, &package)
}

/// What a program prints in an empty folder, which must end well.
fn output(program: &Program, arguments: &[&str]) -> Result<String, Failure> {
    let folder = tempfile::tempdir()?;
    let output = program.run(folder.path(), arguments)?;
    if output.success {
        Ok(output.stdout)
    } else {
        Err(Failure::new(format!(
            "`{}` failed: {}{}",
            arguments.join(" "),
            output.stdout,
            output.stderr
        )))
    }
}

fn transcript(course: &Course, program: &str, arguments: &[&str]) -> Result<String, Failure> {
    let built = Program::built(course, program, program)?;
    let said = output(&built, arguments)?;
    let command = format!("$ cargo run -p {program} -- {}\n", arguments.join(" "));
    Ok(fence("console", &(command + &said)))
}

/// The picture of an exchange, `docs/ladders/01-NAME.svg`, and the line that shows it.
fn picture(course: &Course, page: &Path, chapter: &str, name: &str) -> Result<Generated, Failure> {
    let number = &course.chapter(chapter)?.number;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("ladder.svg");
    let arguments = ["demo", name, "--svg", "ladder.svg"];
    let output = step(course, chapter)?.run(folder.path(), &arguments)?;
    if !output.success {
        return Err(Failure::new(format!("demo {name}: {}", output.stderr)));
    }
    let text = std::fs::read_to_string(&file).map_err(|e| Failure::file(&file, e))?;
    let title = name.replace(['_', '-'], " ");
    let inside = if page.starts_with("docs") {
        ""
    } else {
        "docs/"
    };
    let below = format!("ladders/{number}-{name}.svg");
    Ok(Generated {
        block: format!("![{title}]({inside}{below})\n"),
        picture: Some((Path::new("docs").join(below), text)),
    })
}
