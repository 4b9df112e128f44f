//! What probably went wrong, and what to do about it.

use super::difference::{Difference, Kind};
use super::mistakes::Mistake;
use super::verdict::{Compared, Verdict};

/// Words for a script that is right with the book's values alone.
pub(super) const HARD_CODED: &str = "With the values of the book it is right, and with new ones it is \
    not: somewhere the script knows a user, an address or a nonce. Take them from the request and \
    from `cx`.";

/// How much of a known mistake's differences must be there, in percent, for its words to be shown.
const ALIKE: usize = 60;

/// What to read about the first difference: the words of the known mistake that looks most like it,
/// or else those for its kind.
pub(super) fn words(
    verdict: &Verdict,
    difference: &Difference,
    one: &Compared,
    known: &[Mistake],
) -> String {
    let signs = verdict.signs();
    let scored = known
        .iter()
        .map(|mistake| (likeness(&mistake.signs, &signs), mistake));
    let best = scored
        .clone()
        .map(|(score, _)| score)
        .max()
        .unwrap_or_default();
    if best >= ALIKE {
        let meant = scored.filter(|(score, _)| *score == best);
        let words: Vec<&str> = meant.map(|(_, mistake)| mistake.words.trim()).collect();
        return match words.as_slice() {
            [one] => format!("{one}\n"),
            many => format!("One of these, probably:\n- {}\n", many.join("\n- ")),
        };
    }
    format!("{}\n", of_kind(difference, one))
}

/// How much two lists have in common, in percent of both together.
fn likeness(one: &[String], other: &[String]) -> usize {
    let common = one.iter().filter(|line| other.contains(line)).count();
    let all = one.len() + other.len() - common;
    (100 * common).checked_div(all).unwrap_or_default()
}

fn of_kind(difference: &Difference, one: &Compared) -> String {
    let Difference {
        expected,
        actual,
        kind,
        ..
    } = difference;
    let kind_of = |event: &Option<super::Event>| event.as_ref().map(super::Event::kind);
    let want = kind_of(expected).unwrap_or_default();
    let got = kind_of(actual).unwrap_or_default();
    let broke_off = one.actual.broke_off.as_deref().unwrap_or_default();
    let is_refusal = |kind: &str| kind.starts_with(['4', '5']);
    match kind {
        _ if broke_off.contains(" for ACK") || want == "ACK" => "The ACK never came. A phone confirms \
            the final response of an INVITE with ACK; one to a 200 is a request of its own, which has \
            to be relayed by its Route (`loose_route`), or else the callee repeats its 200 until it \
            gives up."
            .to_owned(),
        Kind::Missing => format!(
            "Nothing was sent where {want} was due. Does every path of the script return an answer or \
             a relay? `Action::Drop` sends nothing, and a future that nobody awaits does nothing."
        ),
        Kind::Extra => format!(
            "One message too many: {got}. Find the line that sends it; a refusal has to leave the \
             script (`?`, or `return Err(...)`)."
        ),
        Kind::LineMissing(name) => format!(
            "{want} lacks a line, {name}. Find the function that writes it, and the path that does not \
             call it."
        ),
        Kind::LineExtra(name) => format!(
            "{want} has one line too many, {name}. Find the line that adds it, or the one that should \
             have removed it."
        ),
        Kind::LineChanged(name) => format!(
            "{want} has another {name}. Compare the two values above: who has written each part?"
        ),
        Kind::Time => "The message is right and comes at another time: something before it waits, or \
            was answered late."
            .to_owned(),
        Kind::Other if is_refusal(&want) && is_refusal(&got) => format!(
            "The script refuses with another status: {got} instead of {want}. Which check comes first?"
        ),
        Kind::Other if is_refusal(&want) => format!(
            "The script lets through what it should refuse with {want}. A refusal is an `Err`: without \
             `?` or `return`, the script goes on after it, as a ser.cfg does without `exit`."
        ),
        Kind::Other if is_refusal(&got) => format!(
            "The script refuses ({got}) what it should let through ({want}). The log line above says \
             which check was it."
        ),
        Kind::Other => format!("{got} was sent where {want} was due. Which branch of the script was taken?"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_known_by_what_it_changes() {
        let lines = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(likeness(&lines("a b"), &lines("a b")), 100);
        assert_eq!(likeness(&lines("a b"), &lines("b c")), 33);
        assert_eq!(likeness(&[], &[]), 0);
    }
}
