//! The index of RFCs: each clause that the code names, where, the test that shows it, and its
//! chapter.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::cited::{Clause, cited, comments};
use crate::course::Course;
use crate::crates::Crates;
use crate::failure::Failure;

/// A line for each clause: the clause, and the test or exchange that shows it.
const TESTS: &str = include_str!("rfcs.tests");
/// Where this list is, for a person.
const LIST: &str = "shared/x/src/rfcs.tests";

/// The packages that play the phones of an exchange; a clause that others name too is theirs.
const PHONES: [&str; 2] = ["sip-user-agent", "sip-stage"];

/// The clauses, each with the test or exchange that the list gives it.
///
/// # Errors
/// When a line cannot be read.
pub fn tests() -> Result<BTreeMap<Clause, &'static str>, Failure> {
    let lines = TESTS.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (clause, test) = line.rsplit_once(' ').unwrap_or((line, ""));
            let clause = cited(&format!("RFC {}", clause.trim())).pop();
            let clause = clause.ok_or_else(|| Failure::new(format!("{LIST}: `{line}`")))?;
            Ok((clause, test))
        })
        .collect()
}

/// The index: a table of RFC 3261, and one of the others.
///
/// # Errors
/// When the code names a clause that has no test in the list, or the list has a clause that the
/// code does not name.
pub fn index(course: &Course) -> Result<String, Failure> {
    let places = places(course)?;
    let tests = tests()?;
    if let Some(clause) = places.keys().find(|clause| !tests.contains_key(clause)) {
        let file = places[clause]
            .first()
            .map(|file| file.display().to_string());
        let file = file.unwrap_or_default();
        return Err(Failure::new(format!(
            "{file} names {clause}: add it with its test to {LIST}"
        )));
    }
    if let Some(clause) = tests.keys().find(|clause| !places.contains_key(clause)) {
        return Err(Failure::new(format!(
            "no code names {clause}: take it out of {LIST}"
        )));
    }
    let pages = pages(course)?;
    let crates = Crates::of(course)?;
    let mut text = "| RFC 3261 | code | test | chapter |\n|---|---|---|---|\n".to_owned();
    let mut is_sip = true;
    for (clause, files) in &places {
        if is_sip && clause.rfc != 3261 {
            is_sip = false;
            text.push_str("\n| RFC | code | test | chapter |\n|---|---|---|---|\n");
        }
        let name = match (is_sip, clause.section.as_str()) {
            (true, "") => "as a whole".to_owned(),
            (true, section) => format!("§{section}"),
            _ => clause.to_string(),
        };
        let code = spans(files);
        let chapter = chapter(course, &crates, &pages, clause, files);
        text.push_str(&format!(
            "| {name} | {code} | `{}` | {chapter} |\n",
            tests[clause]
        ));
    }
    Ok(text)
}

/// The files of the shared crates and the chapters that name each clause, tests left out.
fn places(course: &Course) -> Result<BTreeMap<Clause, BTreeSet<PathBuf>>, Failure> {
    let mut places: BTreeMap<Clause, BTreeSet<PathBuf>> = BTreeMap::new();
    for folder in ["shared", "steps"] {
        for package in crate::course::entries(&course.root.join(folder))? {
            // This crate quotes clauses in its own list and tests.
            if package.ends_with("shared/x") || !package.join("src").exists() {
                continue;
            }
            for file in sources(&package.join("src"))? {
                let text = fs::read_to_string(&file).map_err(|e| Failure::file(&file, e))?;
                let code = text.split("#[cfg(test)]").next().unwrap_or_default();
                let short = file.strip_prefix(&course.root).unwrap_or(&file);
                for clause in comments(code).iter().flat_map(|comment| cited(comment)) {
                    places.entry(clause).or_default().insert(short.to_owned());
                }
            }
        }
    }
    Ok(places)
}

/// The Rust files below a folder.
fn sources(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for path in crate::course::entries(folder)? {
        if path.is_dir() {
            found.extend(sources(&path)?);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    Ok(found)
}

/// The clauses that each chapter's page names, by the name of the page.
fn pages(course: &Course) -> Result<Vec<(String, BTreeSet<Clause>)>, Failure> {
    let pages = course.pages()?.into_iter().filter_map(|path| {
        let name = path.strip_prefix("docs").ok()?.to_str()?.to_owned();
        name.starts_with('0').then_some((path, name))
    });
    pages
        .map(|(path, name)| Ok((name, cited(&course.read(&path)?).into_iter().collect())))
        .collect()
}

/// The chapters whose pages name the clause, or else the first whose server has its code.
fn chapter(
    course: &Course,
    crates: &Crates,
    pages: &[(String, BTreeSet<Clause>)],
    clause: &Clause,
    files: &BTreeSet<PathBuf>,
) -> String {
    let link = |name: &str| {
        format!(
            "[{}]({name})",
            name.trim_start_matches('0')
                .split('-')
                .next()
                .unwrap_or(name)
        )
    };
    let named = pages.iter().filter(|(_, clauses)| clauses.contains(clause));
    let named: Vec<String> = named.map(|(name, _)| link(name)).collect();
    if !named.is_empty() {
        return named.join(", ");
    }
    let owners: Vec<&str> = crates.owners(files.iter().map(PathBuf::as_path)).collect();
    let servers: Vec<&str> = owners
        .iter()
        .copied()
        .filter(|owner| !PHONES.contains(owner))
        .collect();
    let owners = if servers.is_empty() { owners } else { servers };
    let has_code = |package: &str| {
        owners
            .iter()
            .any(|owner| *owner == package || crates.reaches(package, owner))
    };
    let first = course
        .chapters
        .iter()
        .zip(pages)
        .find(|(chapter, _)| has_code(&chapter.package()));
    first.map_or_else(|| "tools".to_owned(), |(_, (name, _))| link(name))
}

/// Files as a cell of a table. A script that every chapter has is one.
fn spans(files: &BTreeSet<PathBuf>) -> String {
    let short: BTreeSet<String> = files
        .iter()
        .map(|file| match file.strip_prefix("shared") {
            Ok(file) => file.display().to_string(),
            Err(_) if file.ends_with("src/route.rs") => "route.rs".to_owned(),
            Err(_) => file.display().to_string(),
        })
        .collect();
    let spans: Vec<String> = short.iter().map(|file| format!("`{file}`")).collect();
    spans.join(", ")
}
