//! Which clauses of RFCs a text names: `RFC 3261 §10.3`, or `§10.3` alone, which is RFC 3261.

use std::cmp::Ordering;
use std::fmt;

/// A section of an RFC, or the whole of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The number of the RFC.
    pub rfc: u32,
    /// The section without its sign, as in `10.2.1.1`; empty for the whole RFC.
    pub section: String,
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RFC {}", self.rfc)?;
        if self.section.is_empty() {
            return Ok(());
        }
        write!(f, " §{}", self.section)
    }
}

impl Ord for Clause {
    /// RFC 3261 goes before the others; sections are in the order of their numbers.
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |clause: &Self| {
            let numbers = clause.section.split('.').map(|n| n.parse().unwrap_or(0));
            (clause.rfc != SIP, clause.rfc, numbers.collect::<Vec<u32>>())
        };
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Clause {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The RFC of a section without one.
const SIP: u32 = 3261;
/// Documents that are not RFCs, whose sections are not meant.
const OTHERS: [&str; 3] = ["JSON-RPC 2.0", "walformat.html", "draft-"];

/// What a section may follow and still be of the RFC before it.
const BETWEEN: [char; 5] = [' ', ',', ';', '\n', '§'];

/// The comments of a piece of Rust; lines that follow each other are one.
pub(crate) fn comments(code: &str) -> Vec<String> {
    let mut comments = Vec::new();
    let mut goes_on = false;
    for line in code.lines() {
        let line = line.trim_start();
        let whole = line.starts_with("//");
        if let Some((_, text)) = line.split_once("//") {
            let text = text.trim_start_matches(['/', '!']).trim();
            match comments.last_mut() {
                Some(last) if whole && goes_on => {
                    *last = format!("{last} {text}");
                }
                _ => comments.push(text.to_owned()),
            }
        }
        goes_on = whole;
    }
    comments
}

/// The clauses that a text names, in its order.
pub(crate) fn cited(text: &str) -> Vec<Clause> {
    let mut found: Vec<Clause> = Vec::new();
    let mut rest = text;
    // The RFC that the last words named, or none where they named another document.
    let mut near: Option<Option<u32>> = None;
    while let Some(c) = rest.chars().next() {
        let number = rest
            .strip_prefix("RFC")
            .map(|rest| digits(rest.trim_start()));
        if let Some((number, after)) = number
            && let Ok(rfc) = number.parse()
        {
            near = Some(Some(rfc));
            rest = after;
            if !after.trim_start().starts_with('§') {
                found.push(Clause {
                    rfc,
                    section: String::new(),
                });
            }
        } else if let Some(after) = rest.strip_prefix('§')
            && after.starts_with(|c: char| c.is_ascii_digit())
        {
            let end = after.find(|c: char| c != '.' && !c.is_ascii_digit());
            let (section, after) = after.split_at(end.unwrap_or(after.len()));
            let section = section.trim_end_matches('.').to_owned();
            match near {
                Some(None) => {}
                Some(Some(rfc)) => found.push(Clause { rfc, section }),
                None => {
                    near = Some(Some(SIP));
                    found.push(Clause { rfc: SIP, section });
                }
            }
            rest = after;
        } else if let Some(other) = OTHERS.iter().find(|other| rest.starts_with(**other)) {
            near = Some(None);
            let after = &rest[other.len()..];
            // The rest of its name, such as `draft-ietf-sip-privacy-04`.
            rest = after.trim_start_matches(|c: char| c.is_alphanumeric() || c == '-');
        } else {
            let is_and = rest.starts_with("and ");
            rest = &rest[if is_and { "and ".len() } else { c.len_utf8() }..];
            if !is_and && !BETWEEN.contains(&c) {
                near = None;
            }
        }
    }
    found
}

/// The digits at the beginning of a text, and what follows them.
fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit());
    text.split_at(end.unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        cited(text).iter().map(Clause::to_string).collect()
    }

    #[test]
    fn a_section_is_of_the_rfc_beside_it_or_of_rfc_3261() {
        let text = "An answer (RFC 2617 §3.2.1, §3.2.2) as §22.2 says; RFC 4320 forbids §17. (§9.1 and §9.2)";
        let expected = [
            "RFC 2617 §3.2.1",
            "RFC 2617 §3.2.2",
            "RFC 3261 §22.2",
            "RFC 4320",
            "RFC 3261 §17",
            "RFC 3261 §9.1",
            "RFC 3261 §9.2",
        ];
        assert_eq!(names(text), expected);
        assert!(names("JSON-RPC 2.0 §5.1, draft-ietf-sip-privacy-04 §5").is_empty());
    }

    #[test]
    fn lines_of_a_comment_are_one_and_code_is_none() {
        let code = "/// RFC\n/// 2617 §3\nfn a() {} // §9\nlet b = \"§7\";\n// §8\n";
        let comments = comments(code);
        assert_eq!(comments, ["RFC 2617 §3", "§9", "§8"]);
    }

    #[test]
    fn clauses_are_in_the_order_of_their_numbers() {
        let mut clauses = cited("RFC 2617 §3, RFC 3261 §10.3 and §9, §10.2.1");
        clauses.sort();
        let names: Vec<String> = clauses.iter().map(Clause::to_string).collect();
        let expected = [
            "RFC 3261 §9",
            "RFC 3261 §10.2.1",
            "RFC 3261 §10.3",
            "RFC 2617 §3",
        ];
        assert_eq!(names, expected);
    }
}
