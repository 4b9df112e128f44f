//! The workspace as a course: its chapters and its pages.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// The routing script of a chapter, below its folder.
pub const SCRIPT: &str = "src/route.rs";

/// The workspace as a course: its chapters in order, and its pages.
#[derive(Debug, Clone)]
pub struct Course {
    /// The folder of the workspace.
    pub root: PathBuf,
    /// The chapters under `steps/`, first to last.
    pub chapters: Vec<Chapter>,
}

/// One chapter: a folder under `steps/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chapter {
    /// Its two digits, as in `01`.
    pub number: String,
    /// Its folder relative to the workspace, as in `steps/01-plain-registrar`.
    pub folder: PathBuf,
}

impl Chapter {
    /// The package and program of the chapter, as in `step-01`.
    pub fn package(&self) -> String {
        format!("step-{}", self.number)
    }

    /// The name of its folder and of its page, as in `01-plain-registrar`.
    pub fn name(&self) -> String {
        let name = self.folder.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    /// The routing script, relative to the workspace.
    pub fn route(&self) -> PathBuf {
        self.folder.join(SCRIPT)
    }
}

impl Course {
    /// The course around the current folder, else the one this crate was compiled in.
    ///
    /// # Errors
    /// When the `steps` folder cannot be read.
    pub fn here() -> Result<Self, Failure> {
        let here = std::env::current_dir()?;
        let is_course = |folder: &&Path| {
            folder.join("steps").is_dir() && folder.join("shared/x/Cargo.toml").is_file()
        };
        let compiled_in = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        Self::at(here.ancestors().find(is_course).unwrap_or(compiled_in))
    }

    /// The course whose workspace is at `root`.
    ///
    /// # Errors
    /// When the `steps` folder cannot be read.
    pub fn at(root: &Path) -> Result<Self, Failure> {
        let root = root.canonicalize().map_err(|e| Failure::file(root, e))?;
        let mut chapters: Vec<_> = entries(&root.join("steps"))?
            .into_iter()
            .filter_map(|path| {
                let name = path.file_name()?.to_str()?;
                let (number, _) = name.split_once('-')?;
                let two_digits = number.len() == 2 && number.bytes().all(|b| b.is_ascii_digit());
                two_digits.then(|| Chapter {
                    number: number.to_owned(),
                    folder: Path::new("steps").join(name),
                })
            })
            .collect();
        chapters.sort_by(|a, b| a.number.cmp(&b.number));
        Ok(Self { root, chapters })
    }

    /// The chapter of that number; `1` and `01` are one.
    ///
    /// # Errors
    /// When there is none, with those there are.
    pub fn chapter(&self, number: &str) -> Result<&Chapter, Failure> {
        let number = format!("{number:0>2}");
        self.chapters
            .iter()
            .find(|chapter| chapter.number == number)
            .ok_or_else(|| {
                let known: Vec<_> = self.chapters.iter().map(|c| c.number.as_str()).collect();
                Failure::new(format!(
                    "chapter {number} does not exist; the chapters are {}",
                    known.join(", ")
                ))
            })
    }

    /// Every page at the top level (the README and what is for contributors) and of the book,
    /// relative to the workspace.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn pages(&self) -> Result<Vec<PathBuf>, Failure> {
        let mut pages = Vec::new();
        for folder in ["", "docs"] {
            let found = entries(&self.root.join(folder))?.into_iter();
            let found = found.filter(|path| path.extension().is_some_and(|e| e == "md"));
            let names = found.filter_map(|path| Some(Path::new(folder).join(path.file_name()?)));
            pages.extend(names);
        }
        Ok(pages)
    }

    /// The text of a file of the workspace.
    ///
    /// # Errors
    /// When it cannot be read, or is not UTF-8.
    pub fn read(&self, path: &Path) -> Result<String, Failure> {
        fs::read_to_string(self.root.join(path)).map_err(|e| Failure::file(path, e))
    }
}

/// What a folder holds, sorted by name.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let read = fs::read_dir(folder).and_then(|d| d.collect::<Result<Vec<_>, _>>());
    let mut paths: Vec<_> = read
        .map_err(|e| Failure::file(folder, e))?
        .into_iter()
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    Ok(paths)
}
