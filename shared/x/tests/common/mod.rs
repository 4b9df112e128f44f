//! The files of the repository, for the tests that hold rules over them.

use std::fs;
use std::path::{Path, PathBuf};

/// The files below a folder with one of these endings; build output and readers' copies
/// are passed over.
pub fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name == "target" || name == ".git" || name == "mine" {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&path, endings));
        } else if endings.is_empty() || endings.iter().any(|e| name.ends_with(e)) {
            found.push(path);
        }
    }
    found
}
