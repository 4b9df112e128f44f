//! Many scripts of one chapter in one program: a module each, so that they are compiled together.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use x::{Chapter, Course};

/// A script: the text of `route.rs`, and of `main.rs`, whose `open` is taken.
#[derive(Debug, Clone)]
pub struct Script {
    pub name: String,
    pub route: String,
    pub main: String,
}

/// A program with the scripts of a chapter that compile.
#[derive(Debug)]
pub struct Scripts {
    program: PathBuf,
    names: Vec<String>,
    /// What does not compile, by name.
    pub refused: Vec<String>,
}

const RUNNER: &str = include_str!("runner.rs");

impl Scripts {
    /// Compiles the scripts of a chapter in a folder of that name; the first is the finished one.
    pub fn compiled(course: &Course, chapter: &Chapter, folder: &str, scripts: &[Script]) -> Self {
        let folder = course.root.join("target/mutants").join(folder);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        for (number, script) in scripts.iter().enumerate() {
            let open = function(&script.main, "open").replacen("fn open", "pub fn open", 1);
            let text = format!(
                "{}\n#[allow(unused_imports)]\nuse super::*;\n\n{open}",
                script.route
            );
            fs::write(folder.join(format!("m{number}.rs")), text).unwrap();
        }
        let externs = externs(course, chapter);
        let mut left: BTreeSet<usize> = (0..scripts.len()).collect();
        let program = folder.join("mutants");
        loop {
            fs::write(
                folder.join("main.rs"),
                root(chapter, &scripts[0].main, &left),
            )
            .unwrap();
            let wrong = rustc(
                chapter,
                &folder,
                &externs,
                &["--emit=metadata", "-o", "checked"],
            );
            if wrong.is_empty() {
                let wrong = rustc(chapter, &folder, &externs, &["-o", "mutants"]);
                assert!(wrong.is_empty(), "{wrong:?}");
                break;
            }
            assert!(!wrong.contains(&0), "the finished script does not compile");
            left.retain(|number| !wrong.contains(number));
        }
        let name = |number: &usize| scripts[*number].name.clone();
        let refused = (0..scripts.len()).filter(|number| !left.contains(number));
        Self {
            program,
            names: left.iter().map(name).collect(),
            refused: refused.map(|number| name(&number)).collect(),
        }
    }

    /// The exchanges that each script plays differently from the finished one, by its name: of the
    /// script `whole` all, separated by spaces, of the others the first, if there is one.
    pub fn differing(&self, whole: &str) -> BTreeMap<String, String> {
        let whole = self.names.iter().position(|name| name == whole);
        let whole = whole.map(|number| number.to_string());
        self.output(Command::new(&self.program).args(whole))
    }

    /// The first exchange that each script plays differently with the values of the book.
    pub fn differing_in_the_book(&self) -> BTreeMap<String, String> {
        self.output(Command::new(&self.program).env("VALUES", "written"))
    }

    fn output(&self, command: &mut Command) -> BTreeMap<String, String> {
        let output = command.output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        let lines = String::from_utf8(output.stdout).unwrap();
        let found = lines.lines().map(|line| {
            let (number, found) = line.split_once('\t').unwrap();
            let at: usize = number.parse().unwrap();
            (self.names[at].clone(), found.to_owned())
        });
        found.collect()
    }
}

/// The text of a function in a source.
fn function(source: &str, name: &str) -> String {
    x::find(source, &format!("fn {name}")).unwrap()
}

/// The root of the program: what every script shares, and the list of them.
fn root(chapter: &Chapter, main: &str, scripts: &BTreeSet<usize>) -> String {
    let cli = x::find(main, "struct Cli")
        .unwrap()
        .replacen("struct Cli", "pub struct Cli", 1);
    let uses = main.lines().filter(|line| line.starts_with("use "));
    let uses = uses.filter(|line| !line.contains("crate::route") && !line.contains("ExitCode"));
    let mut text = "//! Scripts of a chapter.\n#![allow(warnings)]\n".to_owned();
    for line in uses {
        let line = line
            .replace("Allocator, Chapter, ", "")
            .replace("chapter, run, ", "");
        text += &format!("{}\n", line.replace(", chapter, run", ""));
    }
    for number in scripts {
        text += &format!("mod m{number};\n");
    }
    let number: usize = chapter.number.parse().unwrap();
    text += &format!(
        "const CHAPTER: usize = {number};\nconst SEED: u64 = 3261;\nconst THREADS: usize = 2;\n{cli}\n"
    );
    text += "fn programs() -> Vec<(usize, sip_chapter::Program)> {\n    vec![\n";
    for (at, number) in scripts.iter().enumerate() {
        text += &format!(
            "        ({at}, sip_chapter::Program::new(|cli: &Cli| &cli.flags, m{number}::open, m{number}::route)),\n"
        );
    }
    let (_, runner) = RUNNER.split_once("\n\n").unwrap();
    text + "    ]\n}\n\n" + runner
}

/// The crates that a chapter is built from, as rustc wants them: `name=path`.
fn externs(course: &Course, chapter: &Chapter) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(&course.root)
        .args([
            "build",
            "--quiet",
            "--message-format=json",
            "--package",
            &chapter.package(),
        ])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut externs = Vec::new();
    for line in output
        .stdout
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
    {
        let artifact: Value = serde_json::from_slice(line).unwrap();
        let is_library = artifact["target"]["kind"][0] == "lib";
        let name = artifact["target"]["name"]
            .as_str()
            .unwrap_or_default()
            .replace('-', "_");
        let direct = name.starts_with("sip_") || name == "clap";
        let files = artifact["filenames"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let file = files
            .iter()
            .filter_map(Value::as_str)
            .find(|file| file.ends_with(".rlib"));
        if let (true, true, Some(file)) = (is_library, direct, file) {
            externs.push(format!("{name}={file}"));
        }
    }
    externs
}

/// Compiles, and returns the numbers of the scripts that are wrong.
fn rustc(chapter: &Chapter, folder: &Path, externs: &[String], emit: &[&str]) -> BTreeSet<usize> {
    let cargo = PathBuf::from(env!("CARGO"));
    let beside = cargo.with_file_name("rustc");
    let mut rustc = Command::new(if beside.exists() {
        beside
    } else {
        "rustc".into()
    });
    rustc
        .current_dir(folder)
        .env("CARGO_PKG_NAME", chapter.package())
        .env("CARGO_PKG_VERSION", "0");
    rustc.args([
        "main.rs",
        "--edition=2024",
        "--crate-name=mutants",
        "--error-format=json",
    ]);
    rustc
        .args(["-Cdebuginfo=0", "-Ccodegen-units=8"])
        .args(emit);
    for path in externs {
        rustc.args(["--extern", path]);
    }
    let (_, first) = externs[0].split_once('=').unwrap();
    let deps = Path::new(first).parent().unwrap();
    // A library is in deps/, and again one level above.
    let deps = if deps.ends_with("deps") {
        deps.to_owned()
    } else {
        deps.join("deps")
    };
    rustc.arg(format!("-Ldependency={}", deps.display()));
    let output = rustc.output().unwrap();
    let messages = String::from_utf8_lossy(&output.stderr).into_owned();
    let mut wrong = BTreeSet::new();
    let mut words = String::new();
    for line in messages.lines() {
        let Ok(message) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        if message["level"] != "error" {
            continue;
        }
        words += message["rendered"].as_str().unwrap_or_default();
        let spans = message["spans"].as_array().cloned().unwrap_or_default();
        let files = spans.iter().filter(|span| span["is_primary"] == true);
        let files = files.filter_map(|span| span["file_name"].as_str());
        wrong.extend(files.filter_map(|file| {
            file.strip_prefix('m')?
                .strip_suffix(".rs")?
                .parse::<usize>()
                .ok()
        }));
    }
    assert!(
        output.status.success() || !wrong.is_empty(),
        "{messages}\n{words}"
    );
    if output.status.success() {
        BTreeSet::new()
    } else {
        wrong
    }
}
