//! The reader's own copy of a chapter, `mine/03-register-auth`, a cargo workspace of its own.
//!
//! Git ignores `mine/`, so nothing there touches a tracked file, not even `Cargo.lock`. The folder
//! has a link `shared` to the repository's. Cargo names a crate by its path below the workspace, so
//! it takes the shared crates that the repository has compiled, and compiles only the copy itself.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::course::{Chapter, Course, entries};
use crate::failure::Failure;

/// The folder of the readers' copies, below the workspace.
const MINE: &str = "mine";

/// How the first line of the workspace's own tables begins, in `Cargo.toml`.
const MEMBERS: &str = "[workspace]\n";

impl Course {
    /// The reader's copy of a chapter, relative to the workspace, if there is one.
    pub fn mine(&self, chapter: &Chapter) -> Option<PathBuf> {
        let folder = chapter.mine();
        let has_one = self.root.join(&folder).join("Cargo.toml").exists();
        has_one.then_some(folder)
    }

    /// Makes a copy of a chapter: its sources without tests, and the workspace around them. A file
    /// that exists is overwritten. `folder` is two levels below the workspace.
    ///
    /// # Errors
    /// When a file cannot be read or written, or the file system has no symbolic links.
    pub fn copy_step(
        &self,
        chapter: &Chapter,
        folder: &Path,
        package: &str,
    ) -> Result<(), Failure> {
        let folder = self.root.join(folder);
        let sources = folder.join("src");
        fs::create_dir_all(&sources).map_err(|e| Failure::file(&sources, e))?;
        for path in entries(&self.root.join(&chapter.folder).join("src"))? {
            let copy = sources.join(path.file_name().unwrap_or_default());
            fs::copy(&path, &copy).map_err(|e| Failure::file(&copy, e))?;
        }
        write(
            &folder.join("Cargo.toml"),
            &self.manifest(chapter, package)?,
        )?;
        // Cargo drops the packages that are not needed here.
        let lock = self.read(Path::new("Cargo.lock"))?;
        let lock = lock.replace(&named(&chapter.package()), &named(package));
        write(&folder.join("Cargo.lock"), &lock)?;
        let link = folder.join("shared");
        if !link.is_symlink() {
            symlink("../../shared", &link).map_err(|e| Failure::file(&link, e))?;
        }
        Ok(())
    }

    /// The step's package, and the workspace's profiles, lints and versions.
    fn manifest(&self, chapter: &Chapter, package: &str) -> Result<String, Failure> {
        let step = self.read(&chapter.folder.join("Cargo.toml"))?;
        let workspace = self.read(Path::new("Cargo.toml"))?;
        let (_, tables) = workspace
            .split_once(MEMBERS)
            .and_then(|(_, rest)| rest.split_once("\n\n"))
            .ok_or_else(|| Failure::new("Cargo.toml: expected [workspace] and an empty line"))?;
        let step = step.replace(&named(&chapter.package()), &named(package));
        Ok(format!(
            "# Made by `cargo x start`: the chapter's package in a workspace of its own.\n\
             {step}\n{MEMBERS}resolver = \"3\"\nmembers = [\"shared/*\"]\ndefault-members = [\".\"]\n\n\
             {tables}"
        ))
    }
}

impl Chapter {
    /// The reader's copy, relative to the workspace, as in `mine/03-register-auth`.
    pub fn mine(&self) -> PathBuf {
        Path::new(MINE).join(self.name())
    }

    /// The package and program of the reader's copy, as in `my-step-03`.
    pub fn mine_package(&self) -> String {
        format!("my-{}", self.package())
    }
}

fn named(package: &str) -> String {
    format!("name = \"{package}\"\n")
}

pub(crate) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|e| Failure::file(path, e))
}
