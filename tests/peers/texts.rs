//! The four texts of the course, each pasted whole into `calculator explain`: every digest in them is
//! found, and is right or has its mistake named.
//!
//! The texts belong to their authors and are not in this repository. To run the test, open each page
//! in a browser, copy all of it, and save it as plain text, under any name, in a folder of its own:
//!
//! - "SER - Getting Started", chapter 7, "Adding Authentication and MySQL" (the book is found by its
//!   title; it was published by onsip.org);
//! - Emin Gabrielyan's paper of 2007-04-24:
//!   <http://switzernet.com/people/emin-gabrielyan/070424-sip-authentication/>;
//! - Nick Jones, "Kamailio 101 – Part 8 – Security in Practice", on nickvsnetworking.com;
//! - Nick Jones, the page of <https://nickvsnetworking.com/tag/voip/> that begins with "Kamailio
//!   Bytes – MySQL Database Backend for Module Config". New articles move it to later pages.
//!
//! ```text
//! SIP_STEPS_TEXTS=FOLDER cargo test -p whole-system --test texts -- --ignored
//! ```
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;
use whole_system::step::program;

/// Names the folder with the texts.
const FOLDER: &str = "SIP_STEPS_TEXTS";

/// A text of the course.
struct Text {
    title: &'static str,
    /// It has these words, and none of the others has them. Case does not count.
    mark: &'static str,
    /// The password it gives.
    password: &'static str,
    /// The exit code: 0 where every digest is right, 1 where one is wrong, 2 where there is none.
    code: i32,
    digests: &'static [Digest],
}

/// A digest that a text prints, perhaps more than once.
struct Digest {
    response: &'static str,
    /// The ingredient that was hashed wrongly, and how.
    mistake: Option<(&'static str, &'static str)>,
}

const fn right(response: &'static str) -> Digest {
    Digest {
        response,
        mistake: None,
    }
}

const TEXTS: [Text; 4] = [
    Text {
        title: "SER - Getting Started, chapter 7",
        mark: "What this ser.cfg does",
        password: "abc10",
        code: 2,
        digests: &[],
    },
    Text {
        title: "Emin Gabrielyan's paper on OpenSER",
        mark: "Emin Gabrielyan",
        password: "abc10",
        code: 0,
        digests: &[
            right("be9e8d46b8dcd522f22301e1f2b3287c"),
            right("90761772224a8a43df0f31b7437181f3"),
            right("61ddee4ae8bca6ff75a056e083e6b7dd"),
        ],
    },
    Text {
        title: "Kamailio 101, part 8",
        mark: "Putting security into practice in Kamailio",
        password: "abc10",
        code: 2,
        digests: &[],
    },
    Text {
        title: "Kamailio Bytes",
        mark: "Kamailio Bytes – MySQL Database Backend",
        password: "bobspassword",
        code: 1,
        digests: &[Digest {
            response: "bc2f51f99c2add3e9dfce04d43df0c6a",
            mistake: Some(("uri", "the uri sips:biloxi.example.com")),
        }],
    },
];

#[test]
#[ignore = "needs the four texts, which are not ours to copy; the top of this file says how to save them"]
fn every_digest_of_the_four_texts_is_found_and_right_or_its_mistake_is_named() {
    let files = saved();
    let missing: Vec<&str> = TEXTS
        .iter()
        .filter(|text| !files.iter().any(|(_, content)| text.is_in(content)))
        .map(|text| text.title)
        .collect();
    assert!(
        missing.is_empty(),
        "{FOLDER}: no file holds {}; the top of tests/peers/texts.rs says where to get it",
        missing.join(", nor "),
    );
    for (path, content) in &files {
        let mut of = TEXTS.iter().filter(|text| text.is_in(content));
        let (Some(text), None) = (of.next(), of.next()) else {
            panic!("{}: not one of the four texts", path.display());
        };
        println!("{}: {}", text.title, path.display());
        text.check(path, content);
    }
}

/// Every file of the folder, with its content.
fn saved() -> Vec<(PathBuf, String)> {
    let Some(folder) = env::var_os(FOLDER) else {
        panic!("set {FOLDER} to the folder with the four texts");
    };
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    entries
        .map(|entry| {
            let path = entry.expect("the folder can be read").path();
            let content = fs::read(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
            (path, String::from_utf8_lossy(&content).into_owned())
        })
        .collect()
}

impl Text {
    fn is_in(&self, content: &str) -> bool {
        content.to_lowercase().contains(&self.mark.to_lowercase())
    }

    fn check(&self, path: &Path, content: &str) {
        let output = Command::new(program("calculator"))
            .args(["explain", "--json", "--password", self.password])
            .arg(path)
            .output()
            .expect("it was built");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(self.code), "{errors}");
        let answers = match serde_json::from_slice(&output.stdout) {
            Ok(Value::Object(found)) => found["answers"].as_array().cloned().unwrap_or_default(),
            _ => Vec::new(),
        };
        let found = answers
            .iter()
            .map(|it| it["given"].as_str().unwrap_or_default());
        let wanted: Vec<&str> = self.digests.iter().map(|it| it.response).collect();
        assert_eq!(found.collect::<Vec<_>>(), wanted, "{errors}");
        // What this file expects is what the text prints, as a plain search sees it.
        assert_eq!(printed(content), wanted.into_iter().collect());
        for (digest, answer) in self.digests.iter().zip(&answers) {
            digest.check(&answer["verdict"]);
        }
    }
}

impl Digest {
    fn check(&self, verdict: &Value) {
        assert_eq!(verdict["matches"], self.mistake.is_none(), "{verdict:#}");
        if let Some((ingredient, words)) = self.mistake {
            let mistake = &verdict["mistakes"][0];
            assert_eq!(mistake["ingredient"], ingredient, "{verdict:#}");
            let what = mistake["what"].as_str().unwrap_or_default();
            assert!(what.starts_with(words), "{verdict:#}");
        }
    }
}

/// The responses in quotes in a text.
fn printed(content: &str) -> BTreeSet<&str> {
    let begins = content
        .match_indices("response=\"")
        .map(|(at, mark)| at + mark.len());
    begins
        .filter_map(|at| content[at..].split('"').next())
        .collect()
}
