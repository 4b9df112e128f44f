//! An explained answer as data, for programs that show it themselves.

use sip_message::HeaderName;
use sip_paste::Excerpt;

use super::attempt::{Attempt, attempt};
use super::case::Case;
use super::cases::cases;
use super::data::{Explained, Input, Said, Secret, Step};
use super::search::{self, Effort};
use super::verdict::Verdict;
use super::{notes, pieces};
use crate::flags::ExplainFlags;
use crate::recipe::{Known, Recipe};
use crate::show::{self, Secrets};

/// The parameters of an answer that go into its response.
const PARAMETERS: [&str; 7] = ["username", "realm", "nonce", "uri", "nc", "cnonce", "qop"];

/// Explains the answers in one message of a text. `is_shown` says whether the password and HA1 are
/// in the result; without it they are masked.
pub fn explain(
    excerpts: &[Excerpt],
    message: usize,
    secret: Secret<'_>,
    is_shown: bool,
) -> Vec<Explained> {
    let Some(wanted) = excerpts.get(message) else {
        return Vec::new();
    };
    let secrets = if is_shown {
        Secrets::Shown
    } else {
        Secrets::Hidden
    };
    let (cases, _) = cases(excerpts, None);
    let own = cases
        .iter()
        .filter(|case| std::ptr::eq(case.request, wanted));
    own.map(|case| explained(case, secret, secrets)).collect()
}

fn explained(case: &Case<'_>, secret: Secret<'_>, secrets: Secrets) -> Explained {
    let known = match secret {
        Secret::Unknown => None,
        Secret::Password(password) => Some(Known::Password(password.to_owned())),
        Secret::Ha1(ha1) => Some(Known::Ha1(ha1.to_ascii_lowercase())),
    };
    let mut notes = notes::notes(case);
    let (steps, mistaken, verdict) = match known {
        None => (Vec::new(), Vec::new(), unknown()),
        Some(known) => worked_out(case, &known, secrets, &mut notes),
    };
    Explained {
        header: case.header(),
        inputs: inputs(case),
        steps,
        mistaken,
        given: case.answered("response").map(str::to_owned),
        verdict,
        notes,
    }
}

fn unknown() -> Said {
    Said {
        kind: "unknown",
        text: "Whether the response is right can be worked out with the password.".to_owned(),
        mistakes: Vec::new(),
    }
}

fn worked_out(
    case: &Case<'_>,
    known: &Known,
    secrets: Secrets,
    notes: &mut Vec<String>,
) -> (Vec<Step>, Vec<Step>, Said) {
    let flags = ExplainFlags::default();
    let Attempt { recipe, faults } = match attempt(case, &flags, known, None) {
        Ok(attempt) => attempt,
        Err(fault) => return (Vec::new(), Vec::new(), Verdict::NotTried(fault).said()),
    };
    let given = case.answered("response").unwrap_or_default();
    let has_method = case.request.method().is_some();
    let effort = &mut Effort::default();
    let (recipe, verdict) = search::explain(&recipe, case, given, has_method, effort);
    let verdict = verdict.with_faults(&faults);
    if !matches!(verdict, Verdict::Faulty { .. }) {
        notes.extend(faults);
    }
    let mistaken = match &verdict {
        Verdict::Mistaken { recipe, .. } => steps(recipe, secrets),
        _ => Vec::new(),
    };
    (steps(&recipe, secrets), mistaken, verdict.said())
}

fn steps(recipe: &Recipe, secrets: Secrets) -> Vec<Step> {
    let lines = show::lines(recipe, secrets);
    let shown = lines.clone();
    let step = |line: show::Line| Step {
        parts: pieces::pieces(&line, recipe, &shown),
        name: line.name,
        function: line.function,
        formula: line.formula,
        hash: line.hash,
    };
    lines.into_iter().map(step).collect()
}

fn inputs(case: &Case<'_>) -> Vec<Input> {
    let method = Input {
        name: "method",
        value: case.request.method().map(str::to_owned),
        header: "request line",
    };
    let parameter = |name: &'static str| {
        let value = case.answered(name).map(str::to_owned);
        let is_optional = matches!(name, "nc" | "cnonce" | "qop");
        (value.is_some() || !is_optional).then(|| Input {
            name,
            value,
            header: case.header(),
        })
    };
    let parameters = PARAMETERS.into_iter().filter_map(parameter);
    let from = case.challenged("nonce").map(|nonce| Input {
        name: "challenge",
        value: Some(nonce.to_owned()),
        header: match case.answer.name {
            HeaderName::ProxyAuthorization => HeaderName::ProxyAuthenticate.as_str(),
            _ => HeaderName::WwwAuthenticate.as_str(),
        },
    });
    std::iter::once(method)
        .chain(parameters)
        .chain(from)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHALLENGE: &str = "SIP/2.0 401 Unauthorized\nCall-ID: 1\nCSeq: 1 REGISTER\n\
        WWW-Authenticate: Digest realm=\"192.168.1.15\", nonce=\"462791f0\"\n\n";

    /// The response of 10 with abc10, worked out with md5sum.
    const RIGHT: &str = "0b114c121b6d515934941d181bbdeaa1";

    /// MD5(10:192.168.1.15:abc10), in the same way.
    const HA1: &str = "aea7bead2788462674c13e35c4268182";

    fn answers(response: &str, secret: Secret<'_>, is_shown: bool) -> Explained {
        let text = format!(
            "{CHALLENGE}REGISTER sip:192.168.1.15 SIP/2.0\nCall-ID: 1\nCSeq: 2 REGISTER\n\
             Authorization: Digest username=\"10\", realm=\"192.168.1.15\", nonce=\"462791f0\", \
             uri=\"sip:192.168.1.15\", response=\"{response}\"\n\n"
        );
        let excerpts = sip_paste::read(&text);
        explain(&excerpts, 1, secret, is_shown).remove(0)
    }

    #[test]
    fn each_part_of_a_hashed_text_has_the_name_of_its_value() {
        let explained = answers(RIGHT, Secret::Password("abc10"), true);
        assert_eq!(explained.verdict.kind, "right");
        let parts = |index: usize| -> Vec<(&str, &str)> {
            let parts = explained.steps[index].parts.iter();
            parts.map(|(name, text)| (&**name, &**text)).collect()
        };
        let first = [
            ("username", "10"),
            ("", ":"),
            ("realm", "192.168.1.15"),
            ("", ":"),
            ("password", "abc10"),
        ];
        assert_eq!(parts(0), first);
        assert_eq!(explained.steps[0].hash, HA1);
        assert_eq!(parts(2)[0], ("HA1", HA1));
        assert_eq!(explained.steps[2].hash, RIGHT);
    }

    #[test]
    fn neither_password_nor_ha1_is_in_what_is_masked() {
        for response in [RIGHT, "0123456789abcdef0123456789abcdef", ""] {
            for secret in [Secret::Password("abc10"), Secret::Ha1(HA1)] {
                let shown = format!("{:?}", answers(response, secret, false));
                assert!(!shown.contains("abc10") && !shown.contains(HA1), "{shown}");
                assert!(shown.contains("********"), "{shown}");
            }
        }
    }

    #[test]
    fn a_mistake_is_named_with_what_to_do_about_it() {
        // HA2 with the method INVITE.
        let explained = answers(
            "a0b9fa10a3ff480d4627e7118ebbcd67",
            Secret::Password("abc10"),
            false,
        );
        assert_eq!(explained.verdict.kind, "mistake", "{explained:?}");
        assert!(explained.verdict.text.contains("the method INVITE"));
        assert_eq!(explained.verdict.mistakes.len(), 1);
        let made = explained.mistaken.last().map(|step| step.hash.as_str());
        assert_eq!(made, explained.given.as_deref());
    }

    #[test]
    fn without_a_secret_the_values_are_named_and_nothing_is_judged() {
        let explained = answers(RIGHT, Secret::Unknown, true);
        assert_eq!(
            (explained.verdict.kind, explained.steps.len()),
            ("unknown", 0)
        );
        let names: Vec<&str> = explained.inputs.iter().map(|input| input.name).collect();
        assert_eq!(
            names,
            ["method", "username", "realm", "nonce", "uri", "challenge"]
        );
    }
}
