//! `calculator explain`: is the response of a pasted request right, and if not, why not.
//!
//! | file | what it is |
//! |---|---|
//! | `case`, `challenge` | an answer with the request and the challenge it belongs to |
//! | `attempt` | what the answer says was hashed, and what it lacks |
//! | `notes` | what can be said without any hash |
//! | `userhash` | names that were hashed |
//! | `change` | one ingredient put in another's place |
//! | `people`, `uris`, `protocol` | what phones put there: names and passwords; URIs; the rest |
//! | `quotes`, `value` | quotes kept around several values at once |
//! | `search` | one change after the other, then two at a time |
//! | `verdict` | what came out, in words |

mod attempt;
mod case;
mod cases;
mod challenge;
mod change;
mod named;
mod notes;
mod parts;
mod people;
mod protocol;
mod quotes;
mod search;
mod uris;
mod userhash;
mod value;
mod verdict;

use std::fmt::Write;

use serde_json::json;

use crate::failure::Failure;
use crate::flags::ExplainFlags;
use crate::input::{self, Stdin};
use crate::octets;
use crate::paste;
use crate::show::{self, NAME, QUIET, Secrets};
use crate::{Outcome, Report};
use attempt::Attempt;
use case::Case;
use search::Effort;
use verdict::Verdict;

/// Explains every answer of the text.
pub(crate) fn run(flags: &ExplainFlags, secrets: Secrets) -> Result<Report, Failure> {
    let stdin = match flags.file.as_str() {
        "-" => Stdin::Taken,
        _ => Stdin::Free,
    };
    let text = input::text(&flags.file)?;
    let messages = paste::messages(&text);
    let (cases, left_out) = cases::cases(&messages, flags.username.as_deref());
    if cases.is_empty() {
        return Err(Failure::Text(nothing_to_explain(
            &messages,
            flags.username.as_deref(),
        )));
    }
    let secret = input::secret(&flags.secret, None, stdin)?;
    let body = input::body(flags.body.as_deref())?;

    let mut out = String::new();
    let mut each = Vec::new();
    let mut outcome = Outcome::Good;
    let mut effort = Effort::default();
    for case in &cases {
        let explained = explain(case, flags, &secret, body.as_deref(), secrets, &mut effort);
        outcome = outcome.and(explained.outcome);
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&explained.text);
        each.push(explained.json);
    }
    if left_out > 0 {
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "\n{left_out} more answers in the text were not looked at."
        );
    }
    Ok(Report {
        text: out,
        json: json!({ "answers": each, "left_out": left_out }),
        outcome,
    })
}

fn explain(
    case: &Case<'_>,
    flags: &ExplainFlags,
    secret: &crate::recipe::Known,
    body: Option<&[u8]>,
    secrets: Secrets,
    effort: &mut Effort,
) -> Report {
    let mut text = title(case);
    let mut notes = notes::notes(case);
    let (steps, verdict) = match attempt::attempt(case, flags, secret, body) {
        Ok(Attempt { recipe, faults }) => {
            let given = case.answer.params.value("response").unwrap_or_default();
            let method_is_known = flags.method.is_some() || case.method().is_some();
            let (recipe, verdict) = search::explain(&recipe, case, given, method_is_known, effort);
            let verdict = verdict.with_faults(&faults);
            if !matches!(verdict, Verdict::Faulty { .. }) {
                notes.extend(faults);
            }
            (show::lines(&recipe, secrets), verdict)
        }
        Err(fault) => (Vec::new(), Verdict::NotTried(fault)),
    };
    // Writing to a String cannot fail.
    text.push('\n');
    if !steps.is_empty() {
        let _ = writeln!(text, "{}", show::work(&steps, "  "));
    }
    verdict.print(&mut text, secrets);
    if !notes.is_empty() {
        let _ = writeln!(text, "\nAlso to be seen:");
        for note in &notes {
            let _ = writeln!(text, "  - {}", octets::printable(note));
        }
    }
    Report {
        json: json!({
            "line": case.answer.line,
            "header": case.answer.name,
            "method": case.method(),
            "request_uri": case.request_uri(),
            "given": case.answer.params.value("response"),
            "steps": steps,
            "verdict": verdict.json(secrets),
            "notes": notes,
        }),
        outcome: verdict.outcome(),
        text,
    }
}

fn title(case: &Case<'_>) -> String {
    let what = match (case.method(), case.request_uri()) {
        (Some(method), Some(uri)) => format!("{method} {uri}"),
        (Some(method), None) => method.to_owned(),
        _ => "A header field by itself".to_owned(),
    };
    let what = octets::printable(&what);
    let (name, line) = (case.answer.name, case.answer.line);
    format!("{NAME}{what}{NAME:#}{QUIET}, its {name} on line {line}{QUIET:#}\n")
}

fn nothing_to_explain(messages: &[paste::Message], username: Option<&str>) -> String {
    let has = |names| {
        let mut digests = messages
            .iter()
            .map(|message| paste::digests(message, names));
        digests.any(|digests| !digests.is_empty())
    };
    match username {
        _ if messages.is_empty() => "the text has no SIP message and no header field".to_owned(),
        Some(user) if has(paste::ANSWERS) => format!("the text has no answer of {user:?}"),
        _ if has(paste::CHALLENGES) => "the text has a challenge and no answer to it: no Authorization and no Proxy-Authorization with Digest; `calculator answer` makes one".to_owned(),
        _ => format!(
            "the text has no Authorization and no Proxy-Authorization of the Digest scheme, in {} message(s)",
            messages.len()
        ),
    }
}
