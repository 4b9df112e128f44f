//! `calculator explain`: is the response of a pasted request right, and if not, why not.
//!
//! | file | what it is |
//! |---|---|
//! | `case` | an answer with the request and the challenge it belongs to |
//! | `notes` | what can be told without any hash |
//! | `change` | one ingredient put in another's place |
//! | `people`, `uris`, `protocol` | what phones put there: names and passwords; URIs; the rest |
//! | `quotes`, `value` | quotes kept around several values at once |
//! | `search` | one change after the other, then two at a time |
//! | `verdict` | what came out, in words |

mod case;
mod change;
mod named;
mod notes;
mod parts;
mod people;
mod protocol;
mod quotes;
mod search;
mod uris;
mod value;
mod verdict;

use std::fmt::Write;

use serde_json::json;
use sip_message::printable;

use crate::Report;
use crate::failure::Failure;
use crate::flags::ExplainFlags;
use crate::input::{self, Stdin};
use crate::paste;
use crate::show::{self, NAME, QUIET, Secrets};
use case::Case;
use verdict::Verdict;

/// A trace with more answers than this is explained up to here.
const MOST: usize = 50;

/// Explains every answer of the text.
pub(crate) fn run(flags: &ExplainFlags, secrets: Secrets) -> Result<Report, Failure> {
    let stdin = match flags.file.as_str() {
        "-" => Stdin::Taken,
        _ => Stdin::Free,
    };
    let text = input::text(&flags.file)?;
    let messages = paste::messages(&text);
    let mut cases = case::cases(&messages, flags.username.as_deref());
    if cases.is_empty() {
        return Err(Failure::Text(nothing_to_explain(
            &messages,
            flags.username.as_deref(),
        )));
    }
    let left_out = cases.len().saturating_sub(MOST);
    cases.truncate(MOST);
    let secret = input::secret(&flags.secret, None, stdin)?;
    let body = input::body(flags.body.as_deref())?;

    let mut out = String::new();
    let mut each = Vec::new();
    let mut is_good = true;
    for case in &cases {
        let explained = explain(case, flags, &secret, body.as_deref(), secrets);
        is_good &= explained.is_good;
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
        is_good,
    })
}

fn explain(
    case: &Case<'_>,
    flags: &ExplainFlags,
    secret: &crate::recipe::Known,
    body: Option<&[u8]>,
    secrets: Secrets,
) -> Report {
    let mut text = title(case);
    let mut notes = notes::notes(case);
    let attempt = case.recipe(secret, flags.method.as_deref(), body);
    let (steps, verdict) = match attempt {
        Ok((recipe, assumed)) => {
            notes.extend(assumed.iter().cloned());
            let given = case.answer.params.value("response").unwrap_or_default();
            let method_is_known = flags.method.is_some() || case.method().is_some();
            let (recipe, verdict) = search::explain(&recipe, case, given, method_is_known);
            (show::lines(&recipe, secrets), verdict)
        }
        Err(fault) => (Vec::new(), Verdict::NotTried(fault)),
    };
    // Writing to a String cannot fail.
    let _ = writeln!(text, "\n{}", show::work(&steps, "  "));
    verdict.print(&mut text, secrets);
    if !notes.is_empty() {
        let _ = writeln!(text, "\nAlso to be seen:");
        for note in &notes {
            let _ = writeln!(text, "  - {}", printable(note.as_bytes()));
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
        is_good: verdict.is_match(),
        text,
    }
}

fn title(case: &Case<'_>) -> String {
    let what = match (case.method(), case.request_uri()) {
        (Some(method), Some(uri)) => format!("{method} {uri}"),
        (Some(method), None) => method.to_owned(),
        _ => "A header field by itself".to_owned(),
    };
    let what = printable(what.as_bytes());
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
