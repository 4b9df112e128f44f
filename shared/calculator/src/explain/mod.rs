//! `calculator explain`: whether the response of a pasted request is right, and if not, why not.
//!
//! | file | what it decides |
//! |---|---|
//! | `cases` | which answers are explained |
//! | `case`, `asked` | the request and the challenge that an answer belongs to |
//! | `attempt` | what the answer says was hashed, and what it lacks |
//! | `notes` | what can be said without any hash |
//! | `userhash` | whose name a hashed username is |
//! | `change` | one ingredient replaced by another |
//! | `usernames`, `realms`, `passwords`, `uris` | what phones hash in their place |
//! | `request`, `qop`, `hashing` | the same for method and nonce; qop, nc and cnonce; algorithm, last hash and body |
//! | `named`, `spellings` | the users and hosts around an answer; other spellings of any text |
//! | `quotes`, `value` | quotes kept around several values at once |
//! | `search` | one change at a time, then two |
//! | `verdict`, `words` | the result, for people and for programs |
//! | `explained`, `data`, `pieces` | the same for programs that show it themselves |

mod asked;
mod attempt;
mod case;
mod cases;
mod change;
mod data;
mod explained;
mod hashing;
mod named;
mod notes;
mod passwords;
mod pieces;
mod qop;
mod quotes;
mod realms;
mod request;
mod search;
mod spellings;
mod uris;
mod userhash;
mod usernames;
mod value;
mod verdict;
mod words;

use std::fmt::Write;

use serde_json::json;
use sip_paste::{Excerpt, octets};

use crate::failure::Failure;
use crate::flags::ExplainFlags;
use crate::input::{self, Stdin};
use crate::recipe::{Known, Recipe};
use crate::show::{self, NAME, QUIET, Secrets};
use crate::{Outcome, Report};
use attempt::Attempt;
use case::Case;
pub use data::{Explained, Input, Said, Secret, Step};
pub use explained::explain;
use search::Effort;
use verdict::Verdict;

/// Explains every answer of the text.
pub(crate) fn run(flags: &ExplainFlags, secrets: Secrets) -> Result<Report, Failure> {
    let text = input::text(&flags.file)?;
    let excerpts = sip_paste::read(&text);
    let username = flags.username.as_deref();
    let (cases, left_out) = cases::cases(&excerpts, username);
    if cases.is_empty() {
        return Err(Failure::Text(nothing_to_explain(&excerpts, username)));
    }
    let secret = input::secret(&flags.secret, None, Stdin::beside(&flags.file))?;
    let body = input::body(flags.body.as_deref())?;

    let mut text = String::new();
    let mut each = Vec::new();
    let mut outcome = Outcome::Good;
    let mut effort = Effort::default();
    for case in &cases {
        let explained = one(case, flags, &secret, body.as_deref(), secrets, &mut effort);
        outcome = outcome.and(explained.outcome);
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&explained.text);
        each.push(explained.json);
    }
    if left_out > 0 {
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "\n{left_out} more answers in the text were not looked at."
        );
    }
    Ok(Report {
        text,
        json: json!({ "answers": each, "left_out": left_out }),
        outcome,
    })
}

/// The answers of a text: the line of each, what was hashed, and the response.
///
/// # Errors
/// The text has none that can be worked out.
pub(crate) fn overheard(excerpts: &[Excerpt]) -> Result<Vec<(usize, Recipe, String)>, Failure> {
    let (cases, _) = cases::cases(excerpts, None);
    let (flags, unknown) = (ExplainFlags::default(), Known::Password(String::new()));
    let answers = cases.iter().filter_map(|case| {
        let Attempt { recipe, .. } = attempt::attempt(case, &flags, &unknown, None).ok()?;
        let response = case.answered("response")?.to_owned();
        Some((case.answer.line, recipe, response))
    });
    let answers: Vec<_> = answers.collect();
    if answers.is_empty() {
        return Err(Failure::Text(nothing_to_explain(excerpts, None)));
    }
    Ok(answers)
}

fn one(
    case: &Case<'_>,
    flags: &ExplainFlags,
    secret: &Known,
    body: Option<&[u8]>,
    secrets: Secrets,
    effort: &mut Effort,
) -> Report {
    let mut notes = notes::notes(case);
    let (steps, verdict) = match attempt::attempt(case, flags, secret, body) {
        Ok(Attempt { recipe, faults }) => {
            let given = case.answered("response").unwrap_or_default();
            let method_is_known = flags.method.is_some() || case.request.method().is_some();
            let (recipe, verdict) = search::explain(&recipe, case, given, method_is_known, effort);
            let verdict = verdict.with_faults(&faults);
            if !matches!(verdict, Verdict::Faulty { .. }) {
                notes.extend(faults);
            }
            (show::lines(&recipe, secrets), verdict)
        }
        Err(fault) => (Vec::new(), Verdict::NotTried(fault)),
    };
    let mut text = title(case) + "\n";
    // Writing to a String cannot fail.
    if !steps.is_empty() {
        let _ = writeln!(text, "{}", show::work(&steps, "  "));
    }
    verdict.print(&mut text, secrets);
    if !notes.is_empty() {
        let _ = writeln!(text, "\nAlso worth knowing:");
        for note in &notes {
            let _ = writeln!(text, "  - {}", octets::printable(note));
        }
    }
    Report {
        json: json!({
            "line": case.answer.line,
            "header": case.header(),
            "method": case.request.method(),
            "request_uri": case.request.request_uri(),
            "given": case.answered("response"),
            "steps": steps,
            "verdict": verdict.json(secrets),
            "notes": notes,
        }),
        outcome: verdict.outcome(),
        text,
    }
}

fn title(case: &Case<'_>) -> String {
    let what = match (case.request.method(), case.request.request_uri()) {
        (Some(method), Some(uri)) => format!("{method} {uri}"),
        (Some(method), None) => method.to_owned(),
        _ => "A header field alone".to_owned(),
    };
    let what = octets::printable(&what);
    let name = case.header();
    let line = case.answer.line;
    format!("{NAME}{what}{NAME:#}{QUIET}, its {name} on line {line}{QUIET:#}\n")
}

fn nothing_to_explain(excerpts: &[Excerpt], username: Option<&str>) -> String {
    let has_answer = excerpts.iter().any(|e| !e.credentials().is_empty());
    let has_challenge = excerpts.iter().any(|e| !e.challenges().is_empty());
    match username {
        _ if excerpts.is_empty() => "the text has no SIP message and no header field".to_owned(),
        Some(user) if has_answer => format!("the text has no answer of {user:?}"),
        _ if has_challenge => "the text has a challenge and no answer to it: no Authorization and no Proxy-Authorization with Digest; `calculator answer` makes one".to_owned(),
        _ => format!(
            "the text has no Authorization and no Proxy-Authorization of the Digest scheme, in {} message(s)",
            excerpts.len()
        ),
    }
}
