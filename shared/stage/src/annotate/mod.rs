//! Which notes are put below the lines of a message: what a header field is for, who wrote it, and
//! how a response to a challenge comes about.

mod credentials;
mod layout;
mod lines;
mod makers;
mod purposes;

use std::collections::HashSet;

use sip_message::Packet;

use crate::colour::colour_of;
use crate::explain::{begin, name_of};
use crate::recording::{Recorded, Recording};
use crate::summary::nowhere;
use layout::Page;
use lines::{HeaderLine, Lines};
use makers::{Makers, Origin, Part};
pub use purposes::purpose;

/// Annotates the messages of a recording in order. What a header field is for is said once; who
/// wrote it is said each time.
pub(crate) struct Annotator<'a> {
    recording: &'a Recording,
    passwords: &'a [&'a str],
    makers: Makers,
    said: HashSet<String>,
}

impl<'a> Annotator<'a> {
    /// `passwords` are those with which responses may have been made.
    pub(crate) fn new(recording: &'a Recording, passwords: &'a [&'a str]) -> Self {
        let (makers, said) = (Makers::default(), HashSet::new());
        Self {
            recording,
            passwords,
            makers,
            said,
        }
    }

    /// The next message in its colour, with notes below its lines.
    pub(crate) fn message(&mut self, number: usize, message: &Recorded) -> String {
        let lines = Lines::of(&message.bytes);
        let node = message.sender;
        self.makers.learn(Origin { number, node }, &lines.fields);
        let colour = colour_of(&message.bytes);
        let mut out = Page::default();
        out.line(colour.bold(), &lines.first);
        out.notes(self.once("first line", first_line(&lines.first)));
        for field in &lines.fields {
            out.line(colour, &field.text);
            out.notes(self.notes(number, message, &lines, field));
        }
        if !lines.body.is_empty() {
            out.line(colour, "");
        }
        for line in &lines.body {
            out.line(colour, line);
        }
        if let Some(kind) = lines.value("Content-Type") {
            out.notes(self.once("body", about_body(kind)));
        }
        out.text()
    }

    /// A note that is given only once for each thing it is about, such as a header field.
    fn once(&mut self, about: &str, note: Option<&str>) -> Vec<String> {
        let note = note.filter(|note| self.said.insert(format!("{about} {note}")));
        note.map(str::to_owned).into_iter().collect()
    }

    fn notes(
        &mut self,
        number: usize,
        message: &Recorded,
        lines: &Lines,
        field: &HeaderLine,
    ) -> Vec<String> {
        let name = field.name.as_str();
        let is_first = !self
            .said
            .iter()
            .any(|said| said.starts_with(&format!("{name} ")));
        let purpose = self.once(name, purpose(name));
        let who = self.who(number, message, field);
        let first: Vec<String> = purpose.into_iter().chain(who).collect();
        let mut notes = vec![first.join(" ")];
        let is_challenge = matches!(name, "WWW-Authenticate" | "Proxy-Authenticate");
        let is_answer = matches!(name, "Authorization" | "Proxy-Authorization");
        if (is_challenge || is_answer) && is_first {
            notes.extend(credentials::parameters(&field.value));
        }
        if is_answer && self.said.insert(format!("response {}", field.value)) {
            let method = lines.first.split(' ').next().unwrap_or_default();
            let parsed = sip_message::parse(message.bytes.clone(), nowhere());
            let body = match &parsed {
                Ok(Packet::Request(request)) => request.body(),
                _ => &[],
            };
            let passwords = self.passwords;
            notes.extend(credentials::worked_out(
                &field.value,
                method,
                body,
                passwords,
            ));
        }
        notes.retain(|note| !note.is_empty());
        notes
    }

    /// Who wrote a header field, or the part of it that somebody made up.
    fn who(&mut self, number: usize, message: &Recorded, field: &HeaderLine) -> Option<String> {
        let sender = begin(&self.name(message.sender));
        let all = makers::parts(field);
        let part = all.first();
        let origin = part.and_then(|part| self.makers.origin(part));
        let maker = origin.map_or("nobody".to_owned(), |it| self.name(it.node));
        let maker = begin(&maker);
        let since = origin.map_or(number, |it| it.number);
        let is_old = since < number;
        Some(match (field.name.as_str(), part) {
            ("Via", Some(_)) => match all.get(1).and_then(|part| self.makers.origin(part)) {
                Some(added) => format!(
                    "{maker} wrote it; {} added received, the address it came from.",
                    self.name(added.node)
                ),
                None => format!("{maker} wrote it."),
            },
            ("From" | "To", Some(Part::Tag(tag))) => {
                (!is_old).then(|| format!("{maker} made the tag {tag}."))?
            }
            ("To", _) if !message.bytes.starts_with(b"SIP/2.0 ") => self
                .once("no tag", Some("It has no tag yet: nobody has answered."))
                .pop()?,
            ("Call-ID", _) => (!is_old).then(|| format!("{maker} made it up."))?,
            ("Record-Route", _) => format!("{maker} added it."),
            ("Route", _) if is_old => format!(
                "{maker} wrote it as Record-Route in message {since}; {} uses it now.",
                self.name(message.sender)
            ),
            ("Authorization" | "Proxy-Authorization", Some(_)) if is_old => {
                format!("Its nonce is from message {since}.")
            }
            ("Contact" | "P-Asserted-Identity", _) if is_old && maker != sender => {
                format!("{maker} wrote it in message {since}.")
            }
            ("Contact" | "P-Asserted-Identity", _) if !is_old => format!("{sender} wrote it."),
            _ => return None,
        })
    }

    fn name(&self, node: usize) -> String {
        name_of(self.recording, Some(node))
    }
}

fn first_line(line: &str) -> Option<&'static str> {
    let Some(status) = line.strip_prefix("SIP/2.0 ") else {
        return line.ends_with(" SIP/2.0").then_some(purposes::REQUEST_LINE);
    };
    let status = status.split(' ').next()?.parse().ok()?;
    Some(purposes::of_status(status))
}

fn about_body(kind: &str) -> Option<&'static str> {
    match kind.to_ascii_lowercase().as_str() {
        "application/sdp" => Some(
            "The body describes the voice (SDP): c= is the address and m= the port where the \
             sender wants to hear the other side.",
        ),
        "application/dtmf-relay" => Some("The body: which key, and how long it was held."),
        _ => None,
    }
}

/// The method of a request or the code of a response: what one guesses of a message.
pub(crate) fn essence(message: &[u8]) -> String {
    let lines = Lines::of(message);
    let first = lines.first.strip_prefix("SIP/2.0 ").unwrap_or(&lines.first);
    first.split(' ').next().unwrap_or_default().to_owned()
}
