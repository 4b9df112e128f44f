//! Who wrote what: the first node that sent a branch, a tag, a nonce or a header field.

use std::collections::HashMap;

use crate::annotate::lines::{HeaderLine, parameter};

/// A part of a message, as it is recognised in later ones.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    /// The branch of a Via.
    Branch(String),
    /// The same Via with the address its receiver added.
    Received(String),
    /// The tag in From or To.
    Tag(String),
    /// The nonce of a challenge.
    Nonce(String),
    /// A Record-Route, which becomes a Route.
    Hop(String),
    /// Any other header field, name and value.
    Field(String),
}

/// Where a part was first seen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin {
    /// The number of the message.
    pub(crate) number: usize,
    /// The node that sent it.
    pub(crate) node: usize,
}

/// The origin of every part seen until now.
#[derive(Debug, Default)]
pub(crate) struct Makers(HashMap<Part, Origin>);

impl Makers {
    /// Learns the parts of the next message.
    pub(crate) fn learn(&mut self, origin: Origin, lines: &[HeaderLine]) {
        for part in lines.iter().flat_map(parts) {
            self.0.entry(part).or_insert(origin);
        }
    }

    /// Where it was first seen.
    pub(crate) fn origin(&self, part: &Part) -> Option<Origin> {
        self.0.get(part).copied()
    }
}

/// The parts of a header field that somebody made up.
pub(crate) fn parts(line: &HeaderLine) -> Vec<Part> {
    let value = line.value.as_str();
    match line.name.as_str() {
        "Via" => {
            let branch = parameter(value, "branch").unwrap_or(value);
            let received = parameter(value, "received").is_some();
            let received = received.then(|| Part::Received(branch.to_owned()));
            [Part::Branch(branch.to_owned())]
                .into_iter()
                .chain(received)
                .collect()
        }
        "From" | "To" => {
            let tag = parameter(value, "tag");
            tag.map(|tag| Part::Tag(tag.to_owned()))
                .into_iter()
                .collect()
        }
        "Record-Route" | "Route" => hops(value).map(Part::Hop).collect(),
        "WWW-Authenticate" | "Proxy-Authenticate" | "Authorization" | "Proxy-Authorization" => {
            let nonce = quoted(value, "nonce");
            nonce.map(Part::Nonce).into_iter().collect()
        }
        name => vec![Part::Field(format!("{name}: {value}"))],
    }
}

fn hops(value: &str) -> impl Iterator<Item = String> {
    value.split(',').map(|hop| hop.trim().to_owned())
}

/// A parameter of a challenge or of credentials.
fn quoted(value: &str, name: &str) -> Option<String> {
    let params = sip_digest::params(value)?.ok()?;
    let found = params
        .iter()
        .find(|it| it.name.eq_ignore_ascii_case(name))?;
    Some(found.value.to_owned())
}
