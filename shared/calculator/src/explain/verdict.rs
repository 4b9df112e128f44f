//! What a response turned out to be.

use super::change::Mistake;
use crate::Outcome;
use crate::recipe::Recipe;

/// What there is to say about a response.
pub(crate) enum Verdict {
    /// It is right.
    Right {
        /// It has upper-case hex, which strict servers refuse.
        is_upper: bool,
    },
    /// It is right, but no server takes the header field around it.
    Faulty { faults: Vec<String> },
    /// Something else was hashed than the header field says.
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
    /// The answer lacks something that the calculation needs.
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

    /// A response that is not a hash, or nearly the right one; `None` for any other.
    pub(crate) fn misshapen(given: &str, recipe: &Recipe) -> Option<Self> {
        let right = recipe.response();
        let digits = given.chars().filter(char::is_ascii_hexdigit).count();
        let fault = if given.is_empty() {
            "the answer has no response".to_owned()
        } else if let Some(wrong) = given.chars().find(|c| !c.is_ascii_hexdigit()) {
            format!("the response contains {wrong:?}, which is not a hex digit")
        } else if ![32, 64].contains(&digits) {
            wrong_length(given, digits, &right)
        } else {
            wrong_digit(given, &right)?
        };
        Some(Self::Misshapen {
            given: given.to_owned(),
            fault,
        })
    }

    /// The verdict on a right response when the answer has faults of its own.
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
}

fn wrong_length(given: &str, digits: usize, right: &str) -> String {
    let missing = match digits {
        31 | 63 => ", one too few",
        33 | 65 => ", one too many",
        _ => "",
    };
    let fault = format!(
        "the response has {digits} hex digits{missing}: MD5 makes 32, SHA-256 and SHA-512-256 make 64, so no password gives it"
    );
    match missing_digit(given, right) {
        Some((at, digit)) => {
            format!("{fault}. It is the right response with digit {at}, {digit}, missing")
        }
        None => fault,
    }
}

/// The one digit in which the response differs from the right one; `None` if there are more.
fn wrong_digit(given: &str, right: &str) -> Option<String> {
    let mut differ = given
        .chars()
        .zip(right.chars())
        .enumerate()
        .filter(|(_, (a, b))| !a.eq_ignore_ascii_case(b));
    let (at, (given_digit, right_digit)) = differ.next()?;
    let is_only = differ.next().is_none() && given.len() == right.len();
    is_only.then(|| {
        format!(
            "digit {} of the response is wrong: {given_digit} instead of {right_digit}",
            at + 1
        )
    })
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
