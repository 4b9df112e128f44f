//! A recording as events, which other programs read.

use std::time::Duration;

use sip_control::watch::{self, Direction, Event, Note, NoteKind};

use crate::decision::micros;
use crate::explain::Explainer;
use crate::recording::{Entry, Fate, Recorded, Recording};

/// What the server is called on a stage.
const SERVER: &str = "server";

impl Recording {
    /// Everything that happened, in order.
    pub fn events(&self) -> Vec<Event> {
        let mut explainer = Explainer::new(self);
        let mut events = Vec::with_capacity(self.entries.len() + self.decisions.len());
        let mut decisions = self.decisions.iter().peekable();
        for (index, entry) in self.entries.iter().enumerate() {
            while let Some((_, decision)) = decisions.next_if(|(before, _)| *before <= index) {
                events.push(Event::Decision(decision.clone()));
            }
            events.push(match entry {
                Entry::Message(message) => {
                    let explanation = explainer.explain(message);
                    Event::Message(self.message_event(message, explanation))
                }
                Entry::Scene { at, text } => self.note_event(*at, NoteKind::Scene, None, text),
                Entry::View { at, title, text } => {
                    self.note_event(*at, NoteKind::View, Some(title.clone()), text)
                }
                Entry::Log { at, text } => self.note_event(*at, NoteKind::Log, None, text),
            });
        }
        events.extend(decisions.map(|(_, decision)| Event::Decision(decision.clone())));
        events
    }

    /// Who takes part, in the order of a ladder's lanes.
    pub fn parties(&self) -> Vec<watch::Node> {
        let party = |node: &crate::Node| watch::Node {
            name: node.name.clone(),
            address: node.address.to_string(),
        };
        self.nodes.iter().map(party).collect()
    }

    fn message_event(&self, message: &Recorded, explanation: String) -> watch::Message {
        let is_server = |index: usize| self.nodes.get(index).is_some_and(|it| it.name == SERVER);
        let direction = if is_server(message.sender) {
            Some(Direction::Out)
        } else {
            let is_received = message.receiver.is_some_and(is_server);
            is_received.then_some(Direction::In)
        };
        watch::Message {
            at: micros(self.start + message.at),
            direction,
            from: message.from.to_string(),
            to: message.to.to_string(),
            transport: message.transport.to_string(),
            connection: message.connection.map(|connection| connection.0),
            lost: message.fate == Fate::Lost,
            explanation: Some(explanation),
            bytes: message.bytes.clone(),
        }
    }

    fn note_event(&self, at: Duration, kind: NoteKind, title: Option<String>, text: &str) -> Event {
        Event::Note(Note {
            at: micros(self.start + at),
            kind,
            title,
            text: text.to_owned(),
        })
    }
}
