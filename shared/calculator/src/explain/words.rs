//! A verdict for people and for programs.

use std::fmt::Write;

use serde_json::{Value, json};
use sip_paste::octets;

use super::change::Mistake;
use super::data::Said;
use super::verdict::Verdict;
use crate::show::{self, BAD, GOOD, HASH, NAME, Secrets};

const UPPER_CASE: &str = "It says so in upper-case hex. RFC 2617 §3.1.3 wants lower case: this course's server takes it, one that compares texts refuses it.";

const NOT_SEARCHED: &str = "There were too many wrong answers to look for the cause of this one: explain it alone, or with --username.";

impl Verdict {
    /// Adds it to the text.
    pub(crate) fn print(&self, out: &mut String, secrets: Secrets) {
        // Writing to a String cannot fail.
        let _ = self.write(out, secrets);
    }

    fn write(&self, out: &mut String, secrets: Secrets) -> std::fmt::Result {
        match self {
            Self::Right { is_upper } => {
                writeln!(out, "The answer says the same: {GOOD}it matches.{GOOD:#}")?;
                if *is_upper {
                    writeln!(out, "{UPPER_CASE}")?;
                }
            }
            Self::Faulty { faults } => {
                writeln!(
                    out,
                    "The answer says the same, but {BAD}no server takes it:{BAD:#}"
                )?;
                for fault in faults {
                    writeln!(out, "  - {}", octets::printable(fault))?;
                }
            }
            Self::Mistaken {
                given,
                mistakes,
                recipe,
            } => {
                no_match(out, given)?;
                let words = mistakes.iter().map(|m| octets::printable(&m.what));
                let words: Vec<String> = words.collect();
                let words = words.join("; and with ");
                writeln!(
                    out,
                    "\n{NAME}What fits:{NAME:#} it was worked out with {words}.\n"
                )?;
                out.push_str(&show::work(&show::lines(recipe, secrets), "  "));
                for mistake in mistakes {
                    writeln!(out, "\n{NAME}To fix it:{NAME:#} {}.", mistake.fix)?;
                }
            }
            Self::Misshapen { given, fault } => {
                no_match(out, given)?;
                let fault = octets::printable(fault);
                writeln!(out, "\n{NAME}What is wrong:{NAME:#} {fault}.")?;
            }
            Self::Unexplained {
                given, singles: 0, ..
            } => {
                no_match(out, given)?;
                writeln!(out, "\n{NOT_SEARCHED}")?;
            }
            Self::Unexplained {
                given,
                singles,
                pairs,
                has_password,
                ..
            } => {
                no_match(out, given)?;
                let likely = likely(*has_password);
                writeln!(
                    out,
                    "\nNone of {singles} known mistakes gives it, nor any of {pairs} pairs of them. {likely}."
                )?;
            }
            Self::NotTried(fault) => {
                let fault = octets::printable(fault);
                writeln!(out, "{BAD}It cannot be worked out:{BAD:#} {fault}.")?;
            }
        }
        Ok(())
    }

    /// The same in a sentence, for programs that show the rest themselves.
    pub(crate) fn said(&self) -> Said {
        let (kind, text) = match self {
            Self::Right { is_upper: false } => ("right", "The response is right.".to_owned()),
            Self::Right { is_upper: true } => {
                ("right", format!("The response is right. {UPPER_CASE}"))
            }
            Self::Faulty { faults } => {
                let faults = faults.join("; ");
                let text = format!("The response is right, but no server takes it: {faults}.");
                ("faulty", text)
            }
            Self::Mistaken { mistakes, .. } => {
                let what: Vec<&str> = mistakes.iter().map(|it| it.what.as_str()).collect();
                let what = what.join("; and with ");
                (
                    "mistake",
                    format!("The response was worked out with {what}."),
                )
            }
            Self::Misshapen { fault, .. } => ("misshapen", format!("What is wrong: {fault}.")),
            Self::Unexplained { singles: 0, .. } => ("unexplained", NOT_SEARCHED.to_owned()),
            Self::Unexplained {
                singles,
                pairs,
                has_password,
                ..
            } => {
                let likely = likely(*has_password);
                let text = format!(
                    "The response is wrong. None of {singles} known mistakes gives it, nor any of \
                     {pairs} pairs of them. {likely}."
                );
                ("unexplained", text)
            }
            Self::NotTried(fault) => ("misshapen", format!("It cannot be worked out: {fault}.")),
        };
        let mistakes = match self {
            Self::Mistaken { mistakes, .. } => mistakes.as_slice(),
            _ => &[],
        };
        let mistake = |it: &Mistake| (it.what.clone(), it.fix.to_owned());
        Said {
            kind,
            text,
            mistakes: mistakes.iter().map(mistake).collect(),
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
                    .map(|m| json!({ "ingredient": m.change.ingredient(), "what": m.what, "fix": m.fix }))
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

fn likely(has_password: bool) -> &'static str {
    if has_password {
        "The likeliest cause is another password"
    } else {
        "The likeliest cause is another password, user or realm behind the HA1; with the password more can be tried"
    }
}

fn no_match(out: &mut String, given: &str) -> std::fmt::Result {
    if given.is_empty() {
        return writeln!(
            out,
            "The answer has no response: {BAD}it does not match.{BAD:#}"
        );
    }
    let given = octets::printable(given);
    writeln!(
        out,
        "The answer says {HASH}{given}{HASH:#}: {BAD}it does not match.{BAD:#}"
    )
}
