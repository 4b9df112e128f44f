//! What came out, in words.

use std::fmt::Write;

use serde_json::{Value, json};

use super::change::Mistake;
use crate::Outcome;
use crate::octets;
use crate::recipe::Recipe;
use crate::show::{self, BAD, GOOD, HASH, NAME, Secrets};

/// What is to be said of a response.
pub(crate) enum Verdict {
    /// It is right.
    Right {
        /// Strict servers compare it as text.
        is_upper: bool,
    },
    /// It is right, but no server takes the header field around it.
    Faulty { faults: Vec<String> },
    /// This was hashed in place of what the header field says.
    Mistaken {
        given: String,
        mistakes: Vec<Mistake>,
        recipe: Box<Recipe>,
    },
    /// No hash looks like it.
    Misshapen { given: String, fault: String },
    /// None of the known mistakes gives it.
    Unexplained {
        given: String,
        right: String,
        singles: usize,
        pairs: usize,
        has_password: bool,
    },
    /// The answer lacks what is needed.
    NotTried(String),
}

impl Verdict {
    pub(crate) fn right(given: &str) -> Self {
        Self::Right {
            is_upper: given.contains(|c: char| c.is_ascii_uppercase()),
        }
    }

    pub(crate) fn mistake(given: &str, mistakes: Vec<Mistake>, recipe: Recipe) -> Self {
        Self::Mistaken {
            given: given.to_owned(),
            mistakes,
            recipe: Box::new(recipe),
        }
    }

    /// A response that is no hash, or nearly the right one.
    pub(crate) fn misshapen(given: &str, recipe: &Recipe) -> Option<Self> {
        let digits = given.chars().filter(char::is_ascii_hexdigit).count();
        let right = recipe.response();
        let fault = if given.is_empty() {
            "the answer has no response".to_owned()
        } else if let Some(wrong) = given.chars().find(|c| !c.is_ascii_hexdigit()) {
            format!("the response holds {wrong:?}, which is not a hex digit")
        } else if ![32, 64].contains(&digits) {
            let missing = match digits {
                31 | 63 => ", one is missing".to_owned(),
                33 | 65 => ", one too many".to_owned(),
                _ => String::new(),
            };
            let fault = format!(
                "the response has {digits} hex digits{missing}: MD5 makes 32, SHA-256 and SHA-512-256 make 64, so no password gives it"
            );
            match missing_digit(given, &right) {
                Some((at, digit)) => format!(
                    "{fault}. It is the right one but for digit {at}, {digit}, which is missing"
                ),
                None => fault,
            }
        } else {
            let differ = given.chars().zip(right.chars()).enumerate();
            let mut differ = differ.filter(|(_, (a, b))| !a.eq_ignore_ascii_case(b));
            match (differ.next(), differ.next()) {
                (Some((at, (given, right))), None) if digits == right_digits(recipe) => format!(
                    "digit {} of the response is wrong: {given} instead of {right}",
                    at + 1
                ),
                _ => return None,
            }
        };
        Some(Self::Misshapen {
            given: given.to_owned(),
            fault,
        })
    }

    /// The verdict on a right response, where the answer has faults of its own.
    pub(crate) fn with_faults(self, faults: &[String]) -> Self {
        match self {
            Self::Right { .. } if !faults.is_empty() => Self::Faulty {
                faults: faults.to_vec(),
            },
            other => other,
        }
    }

    pub(crate) fn outcome(&self) -> Outcome {
        match self {
            Self::Right { .. } => Outcome::Good,
            Self::NotTried(_) => Outcome::NotTried,
            _ => Outcome::Bad,
        }
    }

    /// Adds it to the text.
    pub(crate) fn print(&self, out: &mut String, secrets: Secrets) {
        // Writing to a String cannot fail.
        let no_match = |out: &mut String, given: &str| {
            if given.is_empty() {
                let _ = writeln!(
                    out,
                    "The answer has no response: {BAD}it does not match.{BAD:#}"
                );
                return;
            }
            let given = octets::printable(given);
            let _ = writeln!(
                out,
                "The answer says {HASH}{given}{HASH:#}: {BAD}it does not match.{BAD:#}"
            );
        };
        match self {
            Self::Right { is_upper } => {
                let _ = writeln!(out, "The answer says the same: {GOOD}it matches.{GOOD:#}");
                if *is_upper {
                    let _ = writeln!(
                        out,
                        "It says so in upper-case hex. RFC 2617 §3.1.3 wants lower case: this course's server takes it, one that compares texts refuses it."
                    );
                }
            }
            Self::Faulty { faults } => {
                let _ = writeln!(
                    out,
                    "The answer says the same, but {BAD}no server takes it:{BAD:#}"
                );
                for fault in faults {
                    let _ = writeln!(out, "  - {}", octets::printable(fault));
                }
            }
            Self::Mistaken {
                given,
                mistakes,
                recipe,
            } => {
                no_match(out, given);
                let words: Vec<String> = mistakes
                    .iter()
                    .map(|mistake| octets::printable(&mistake.what))
                    .collect();
                let _ = writeln!(
                    out,
                    "\n{NAME}What fits:{NAME:#} it was worked out with {}.\n",
                    words.join("; and with ")
                );
                let lines = show::lines(recipe, secrets);
                out.push_str(&show::work(&lines, "  "));
                for mistake in mistakes {
                    let _ = writeln!(out, "\n{NAME}Mend it:{NAME:#} {}.", mistake.mend);
                }
            }
            Self::Misshapen { given, fault } => {
                no_match(out, given);
                let _ = writeln!(
                    out,
                    "\n{NAME}What is wrong:{NAME:#} {}.",
                    octets::printable(fault)
                );
            }
            Self::Unexplained {
                given,
                singles,
                pairs,
                has_password,
                ..
            } => {
                no_match(out, given);
                if *singles == 0 {
                    let _ = writeln!(
                        out,
                        "\nIts cause was not looked for, after so many others: explain it alone, or with --username."
                    );
                    return;
                }
                let likely = match has_password {
                    true => "Another password is the likeliest",
                    false => {
                        "Another password, user or realm behind the HA1 is the likeliest; with the password more can be tried"
                    }
                };
                let _ = writeln!(
                    out,
                    "\nNone of {singles} known mistakes gives it, nor any of {pairs} pairs of them. {likely}."
                );
            }
            Self::NotTried(fault) => {
                let fault = octets::printable(fault);
                let _ = writeln!(out, "{BAD}It cannot be worked out:{BAD:#} {fault}.");
            }
        }
    }

    /// The same for programs.
    pub(crate) fn json(&self, secrets: Secrets) -> Value {
        match self {
            Self::Right { is_upper } => json!({ "matches": true, "upper_case": is_upper }),
            Self::Faulty { faults } => {
                json!({ "matches": false, "response_is_right": true, "faults": faults })
            }
            Self::Mistaken {
                mistakes, recipe, ..
            } => {
                let mistakes: Vec<Value> = mistakes
                    .iter()
                    .map(|m| json!({ "ingredient": m.change.ingredient(), "what": m.what, "mend": m.mend }))
                    .collect();
                json!({ "matches": false, "mistakes": mistakes, "steps": show::lines(recipe, secrets) })
            }
            Self::Misshapen { fault, .. } => json!({ "matches": false, "fault": fault }),
            Self::Unexplained {
                right,
                singles,
                pairs,
                ..
            } => {
                json!({ "matches": false, "right": right, "tried": { "single": singles, "pairs": pairs } })
            }
            Self::NotTried(fault) => json!({ "matches": false, "fault": fault }),
        }
    }
}

fn right_digits(recipe: &Recipe) -> usize {
    recipe.algorithm.hash(b"").len()
}

/// Which digit of the right response the given one lacks: its place from 1, and the digit.
fn missing_digit(given: &str, right: &str) -> Option<(usize, char)> {
    if given.len() + 1 != right.len() {
        return None;
    }
    let given = given.to_ascii_lowercase();
    let at = given
        .bytes()
        .zip(right.bytes())
        .position(|(a, b)| a != b)
        .unwrap_or(given.len());
    let rest_is_same = given.as_bytes().get(at..) == right.as_bytes().get(at + 1..);
    let digit = right.as_bytes().get(at).copied()?;
    rest_is_same.then_some((at + 1, char::from(digit)))
}
