//! The crates of the workspace and what each builds on, as cargo has it: a diagram, and layers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use crate::course::Course;
use crate::failure::Failure;
use crate::program::{cargo, finish, plain};

/// The packages of the workspace, each with those it needs when it is built to run; what only
/// tests need is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crates {
    packages: BTreeMap<String, Package>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Package {
    /// Relative to the workspace, as in `shared/message`.
    folder: String,
    needs: BTreeSet<String>,
}

/// What `cargo metadata` prints, as far as it is read here.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Described>,
}

#[derive(Deserialize)]
struct Described {
    name: String,
    manifest_path: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `dev` or `build`; none for what the program itself needs.
    kind: Option<String>,
    /// The folder of a package of this workspace.
    path: Option<String>,
}

impl Crates {
    /// Asks cargo.
    ///
    /// # Errors
    /// When cargo fails, or prints something other than its metadata.
    pub fn of(course: &Course) -> Result<Self, Failure> {
        let mut command = cargo();
        command.args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ]);
        plain(&mut command, &course.root);
        let output = finish(command)?;
        if !output.success {
            return Err(Failure::new(format!("cargo metadata: {}", output.stderr)));
        }
        let metadata: Metadata =
            serde_json::from_str(&output.stdout).map_err(|e| Failure::of("cargo metadata", e))?;
        let packages = metadata.packages.into_iter().map(|package| {
            let folder = Path::new(&package.manifest_path).parent();
            let folder = folder.and_then(|folder| folder.strip_prefix(&course.root).ok());
            let folder = folder.unwrap_or(Path::new("")).display().to_string();
            let ours = package.dependencies.into_iter();
            let ours = ours.filter(|it| it.kind.is_none() && it.path.is_some());
            let needs = ours.map(|it| it.name).collect();
            (package.name, Package { folder, needs })
        });
        Ok(Self {
            packages: packages.collect(),
        })
    }

    /// The names of all packages, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.packages.keys().map(String::as_str)
    }

    /// What a package needs directly; empty for one that is not of the workspace.
    pub fn needs(&self, name: &str) -> impl Iterator<Item = &str> {
        let package = self.packages.get(name).into_iter();
        package.flat_map(|package| package.needs.iter().map(String::as_str))
    }

    /// Whether a package needs another, directly or by way of others.
    pub fn reaches(&self, name: &str, other: &str) -> bool {
        self.needs(name)
            .any(|needed| needed == other || self.reaches(needed, other))
    }

    /// The packages whose folders have one of these files, by their paths below the workspace.
    pub fn owners<'a>(
        &'a self,
        files: impl Iterator<Item = &'a Path> + Clone,
    ) -> impl Iterator<Item = &'a str> {
        let packages = self.packages.iter().filter(move |(_, package)| {
            let mut files = files.clone();
            files.any(|file| file.starts_with(&package.folder))
        });
        packages.map(|(name, _)| name.as_str())
    }

    /// How many packages are below one, on the longest way down: 0 for one that needs nothing of
    /// the workspace.
    fn layer(&self, name: &str) -> usize {
        let below = self.needs(name).map(|needed| self.layer(needed) + 1);
        below.max().unwrap_or(0)
    }

    /// A Mermaid flowchart. An arrow means "builds on"; one that follows from two others is left
    /// out.
    pub fn diagram(&self) -> String {
        let mut text = "flowchart TD\n".to_owned();
        for name in self.names() {
            for needed in self.needs(name) {
                let by_way_of = |other: &str| self.reaches(other, needed);
                if !self.needs(name).any(by_way_of) {
                    text.push_str(&format!("    {name} --> {needed}\n"));
                }
            }
        }
        text
    }

    /// A line for each package: its layer, its folder and what it needs directly, top layer first.
    pub fn layers(&self) -> String {
        let mut rows: Vec<_> = self
            .packages
            .iter()
            .map(|(name, package)| (self.layer(name), name, package))
            .collect();
        rows.sort_by_key(|(layer, name, _)| (std::cmp::Reverse(*layer), *name));
        let folders = rows.iter().map(|(_, _, package)| package.folder.len());
        let width = folders.max().unwrap_or(0);
        let mut text = String::new();
        for (layer, name, package) in rows {
            let needs: Vec<&str> = self.needs(name).collect();
            let needs = if needs.is_empty() {
                "-".to_owned()
            } else {
                needs.join(", ")
            };
            text.push_str(&format!(
                "{layer}  {:width$}  {name} builds on {needs}\n",
                package.folder
            ));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crates(all: &[(&str, &[&str])]) -> Crates {
        let packages = all.iter().map(|(name, needs)| {
            let package = Package {
                folder: format!("shared/{name}"),
                needs: needs.iter().map(|&needed| needed.to_owned()).collect(),
            };
            ((*name).to_owned(), package)
        });
        Crates {
            packages: packages.collect(),
        }
    }

    #[test]
    fn an_arrow_that_follows_from_two_others_is_left_out() {
        let crates = crates(&[("a", &["b", "c"]), ("b", &["c"]), ("c", &[])]);
        let diagram = crates.diagram();
        assert_eq!(diagram, "flowchart TD\n    a --> b\n    b --> c\n");
    }

    #[test]
    fn the_layer_is_the_longest_way_down() {
        let crates = crates(&[("a", &["b", "c"]), ("b", &["c"]), ("c", &[])]);
        let layers = crates.layers();
        let expected = "2  shared/a  a builds on b, c\n\
                        1  shared/b  b builds on c\n\
                        0  shared/c  c builds on -\n";
        assert_eq!(layers, expected);
    }
}
