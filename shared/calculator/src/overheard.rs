//! `calculator check --answers`: which password an overheard answer was made of. Anybody who hears an
//! answer can try passwords on it, whatever the algorithm is.

use std::fmt::Write;

use serde_json::json;
use sip_digest::{Secret, is_right};

use crate::explain::overheard;
use crate::failure::Failure;
use crate::input;
use crate::show::{BAD, GOOD, HASH, Secrets};
use crate::{Outcome, Report};

/// Tries each password on each answer of the text, at most so many in all.
pub(crate) fn run(
    file: &str,
    passwords: Vec<String>,
    most: usize,
    secrets: Secrets,
) -> Result<Report, Failure> {
    let text = input::text(file)?;
    let excerpts = sip_paste::read(&text);
    let answers = overheard(&excerpts)?;
    let combinations = passwords.len() * answers.len();
    if combinations > most {
        let fault = format!("{combinations} combinations, but at most {most} are tried");
        return Err(Failure::Flag("--password", fault));
    }
    let (mut text, mut each) = (String::new(), Vec::new());
    let mut outcome = Outcome::Good;
    for (line, recipe, response) in answers {
        let credentials = recipe.credentials(&response);
        let is_its = |password: &&String| {
            let secret = Secret::Password(password);
            is_right(&credentials, secret, &recipe.method, &recipe.body.bytes)
        };
        let tried = passwords.iter().position(|password| is_its(&password));
        let (of, all) = (credentials.algorithm.as_str(), passwords.len());
        let (style, words) = match tried {
            Some(at) => {
                let which = match secrets {
                    Secrets::Shown => format!(" ({})", passwords[at]),
                    Secrets::Hidden => String::new(),
                };
                (GOOD, format!("password {} of {all}{which}", at + 1))
            }
            None => (BAD, format!("none of these {all} passwords")),
        };
        outcome = outcome.and(Outcome::of(tried.is_some()));
        let user = sip_paste::octets::printable(credentials.username);
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{HASH}line {line}, {of}{HASH:#}  user {user}: {style}{words}{style:#}"
        );
        let matches = tried.is_some();
        each.push(json!({"line": line, "algorithm": of, "matches": matches, "what": words}));
    }
    let json = json!({ "checked": each });
    Ok(Report {
        text,
        json,
        outcome,
    })
}
