//! Three hints for every exchange, each stronger than the one before.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::read;
use crate::course::{Chapter, Course};
use crate::failure::Failure;

/// The hints of a chapter, `hints.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hints {
    place: Vec<Place>,
}

/// The exchanges that one place of the file decides.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    /// Where to look, and what question is asked there.
    second: String,
    /// The exact function and place.
    third: String,
    /// What to see in each exchange.
    first: BTreeMap<String, String>,
}

impl Hints {
    /// The hints of a chapter.
    ///
    /// # Errors
    /// When the file is missing, or not as it should be.
    pub fn of(course: &Course, chapter: &Chapter) -> Result<Self, Failure> {
        read(course, chapter, "hints.toml")
    }

    /// The three hints for an exchange, the weakest first.
    pub fn hints(&self, exchange: &str) -> Option<[&str; 3]> {
        self.place.iter().find_map(|place| {
            let first = place.first.get(exchange)?;
            Some([first, &place.second, &place.third].map(|hint| hint.trim()))
        })
    }

    /// The exchanges that have hints, in the order of the file.
    pub fn exchanges(&self) -> impl Iterator<Item = &str> {
        self.place
            .iter()
            .flat_map(|place| place.first.keys())
            .map(String::as_str)
    }
}
