//! A message as the page lists it.

use sip_control::watch::{Direction, Message};

use crate::message::Facts;
use crate::view::{Row, Tied};

/// The row of a message, before it is tied to others.
pub(super) fn row(
    n: u64,
    message: &Message,
    facts: &Facts,
    [from, to]: [usize; 2],
    group: Option<usize>,
) -> Row {
    Row {
        n,
        at: milliseconds(message.at),
        direction: message.direction.map(|direction| match direction {
            Direction::In => "in",
            Direction::Out => "out",
        }),
        from,
        to: Some(to),
        from_address: message.from.clone(),
        to_address: message.to.clone(),
        transport: message.transport.clone(),
        connection: message.connection,
        kind: facts.kind(),
        method: facts.method.as_ref().map(ToString::to_string),
        status: facts.status,
        label: facts.label.clone(),
        summary: facts.summary.clone(),
        user: facts.user().map(str::to_owned),
        bytes: message.bytes.len(),
        group,
        leg: 0,
        fork: None,
        branch: facts.branch().map(str::to_owned),
        lost: message.lost,
        has_credentials: !facts.answered.is_empty(),
        why: false,
        explanation: message.explanation.clone(),
        tied: Tied::default(),
        marks: Vec::new(),
    }
}

/// Microseconds as the page has them: milliseconds with decimals.
pub(crate) fn milliseconds(micros: u64) -> f64 {
    micros as f64 / 1_000.0
}
