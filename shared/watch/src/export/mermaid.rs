//! A ladder as a Mermaid sequence diagram, which code hosts draw in Markdown.

use std::fmt::Write;

use super::Chosen;
use crate::model::{Kept, Store};

/// The chosen messages of a source as a diagram.
pub(crate) fn mermaid(store: &Store, chosen: &Chosen) -> String {
    let numbers = chosen.messages(store);
    let messages: Vec<&Kept> = numbers.iter().filter_map(|n| store.message(*n)).collect();
    let mut parties: Vec<_> = store.parties().list().iter().collect();
    let takes_part = |id: usize| {
        let mut ends = messages.iter().map(|kept| (kept.row.from, kept.row.to));
        ends.any(|(from, to)| from == id || to == Some(id))
    };
    parties.retain(|party| takes_part(party.id));
    parties.sort_by_key(|party| party.order);
    let mut out = "sequenceDiagram\n".to_owned();
    // Writing to a String cannot fail.
    for party in parties {
        let _ = writeln!(
            out,
            "    participant p{} as {}",
            party.id,
            safe(&party.name)
        );
    }
    for kept in messages {
        let row = &kept.row;
        let arrow = match (row.lost, row.kind) {
            (true, _) => "-x",
            (false, "response") => "-->>",
            (false, _) => "->>",
        };
        let to = row.to.unwrap_or(row.from);
        let transport = match row.transport.as_str() {
            "TCP" => " (TCP)",
            _ => "",
        };
        let label = safe(&row.label);
        let _ = writeln!(
            out,
            "    p{}{arrow}p{to}: {}. {label}{transport}",
            row.from, row.n
        );
    }
    out
}

/// A text without the characters that mean something to Mermaid or to HTML.
fn safe(text: &str) -> String {
    let text = sip_message::printable(text.as_bytes());
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' | '>' | '"' | '#' | ';' | '&' | '%' | '`' => {
                let _ = write!(out, "#{};", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_the_network_is_markup() {
        assert_eq!(safe("<b>;\n%%{init}"), "#60;b#62;#59;\\n#37;#37;{init}");
    }
}
