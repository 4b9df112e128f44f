//! Where two plays of an exchange first differ, and what kind of difference it is.

use super::played::{Event, Played};

/// The first difference of two plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The number of the message, from 1; that of the next message for what is not one.
    pub message: usize,
    /// What was expected; `None` if nothing more was.
    pub expected: Option<Event>,
    /// What came; `None` if nothing did.
    pub actual: Option<Event>,
    /// How they differ.
    pub kind: Kind,
}

/// How a message differs from the one that was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Nothing came where a message was expected.
    Missing,
    /// A message came where nothing was expected.
    Extra,
    /// Another message came: another status, another method, another way.
    Other,
    /// A line is missing: its name.
    LineMissing(String),
    /// A line is too many: its name.
    LineExtra(String),
    /// A line has another value: its name.
    LineChanged(String),
    /// The same message came at another time.
    Time,
}

impl Difference {
    /// The first difference between what was expected and what was played. Log lines are not
    /// compared: everybody words their reasons as they like.
    pub fn first(expected: &Played, actual: &Played) -> Option<Self> {
        let compared = |played: &Played| -> Vec<Event> {
            played
                .events
                .iter()
                .filter(|event| !event.is_log())
                .cloned()
                .collect()
        };
        let (expected, actual) = (compared(expected), compared(actual));
        let longer = expected.len().max(actual.len());
        let at = (0..longer).find(|&at| expected.get(at) != actual.get(at))?;
        let before = expected.iter().take(at).filter(|event| event.is_message());
        let (expected, actual) = (expected.get(at).cloned(), actual.get(at).cloned());
        Some(Self {
            message: before.count() + 1,
            kind: kind(expected.as_ref(), actual.as_ref()),
            expected,
            actual,
        })
    }

    /// How it looks, without the values of this exchange: differences with the same sign have
    /// the same cause, probably.
    pub fn sign(&self) -> String {
        let shown = |event: &Option<Event>| event.as_ref().map_or("nothing".to_owned(), label);
        let (expected, actual) = (shown(&self.expected), shown(&self.actual));
        match &self.kind {
            Kind::Missing | Kind::Extra | Kind::Other => format!("{expected} => {actual}"),
            Kind::LineMissing(name) => format!("{expected}: no {name}"),
            Kind::LineExtra(name) => format!("{expected}: a {name} too many"),
            Kind::LineChanged(name) => format!("{expected}: another {name}"),
            Kind::Time => format!("{expected}: another time"),
        }
    }
}

/// Which message, and whether the server has sent or got it. A phone is a phone, whichever.
fn label(event: &Event) -> String {
    let kind = event.kind();
    if !event.is_message() {
        kind
    } else if event.from == "server" {
        format!("{kind} sent")
    } else {
        format!("{kind} got")
    }
}

fn kind(expected: Option<&Event>, actual: Option<&Event>) -> Kind {
    let (Some(expected), Some(actual)) = (expected, actual) else {
        return if actual.is_none() {
            Kind::Missing
        } else {
            Kind::Extra
        };
    };
    let is_same_way = expected.from == actual.from && expected.to == actual.to;
    if !is_same_way || expected.kind() != actual.kind() || expected.is_lost != actual.is_lost {
        return Kind::Other;
    }
    let (want, got) = (lines(&expected.text), lines(&actual.text));
    let longer = want.len().max(got.len());
    let Some(at) = (0..longer).find(|&at| want.get(at) != got.get(at)) else {
        return Kind::Time;
    };
    let name = |line: &[&str]| {
        let line = line.get(at).copied().unwrap_or_default();
        match line.split_once(':') {
            Some((name, _)) if at > 0 => name.to_owned(),
            _ => "first line".to_owned(),
        }
    };
    match want.len().cmp(&got.len()) {
        std::cmp::Ordering::Greater => Kind::LineMissing(name(&want)),
        std::cmp::Ordering::Less => Kind::LineExtra(name(&got)),
        std::cmp::Ordering::Equal => Kind::LineChanged(name(&want)),
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.split("\r\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(from: &str, to: &str, text: &str) -> Event {
        Event {
            at: 1,
            from: from.to_owned(),
            to: to.to_owned(),
            summary: text.lines().next().unwrap_or_default().to_owned(),
            text: text.to_owned(),
            is_lost: false,
        }
    }

    fn played(answer: Option<&str>) -> Played {
        let mut events = vec![message(
            "phone 10",
            "server",
            "REGISTER sip:h SIP/2.0\r\n\r\n",
        )];
        events.push(Event {
            to: String::new(),
            ..message("log", "", "why")
        });
        events.extend(answer.map(|text| message("server", "phone 10", text)));
        let name = "a".to_owned();
        Played {
            chapter: 1,
            title: name.clone(),
            name,
            events,
            broke_off: None,
        }
    }

    fn sign(actual: Option<&str>) -> Option<String> {
        const OK: &str = "SIP/2.0 200 OK\r\nCSeq: 1 REGISTER\r\nContact: <sip:10@h>\r\n\r\n";
        let difference = Difference::first(&played(Some(OK)), &played(actual))?;
        assert_eq!(difference.message, 2);
        Some(difference.sign())
    }

    #[test]
    fn each_kind_of_difference_has_its_sign() {
        let head = "SIP/2.0 200 OK\r\nCSeq: 1 REGISTER\r\n";
        let is = |actual: &str, expected: &str| assert_eq!(sign(Some(actual)).unwrap(), expected);
        assert_eq!(
            sign(Some(&format!("{head}Contact: <sip:10@h>\r\n\r\n"))),
            None
        );
        assert_eq!(sign(None).unwrap(), "200 REGISTER sent => nothing");
        is(
            "SIP/2.0 401 Unauthorized\r\nCSeq: 1 REGISTER\r\n\r\n",
            "200 REGISTER sent => 401 REGISTER sent",
        );
        is(&format!("{head}\r\n"), "200 REGISTER sent: no Contact");
        is(
            &format!("{head}A: b\r\nContact: <sip:10@h>\r\n\r\n"),
            "200 REGISTER sent: a A too many",
        );
        is(
            &format!("{head}Contact: <sip:11@h>\r\n\r\n"),
            "200 REGISTER sent: another Contact",
        );
        is(
            "SIP/2.0 200 Fine\r\nCSeq: 1 REGISTER\r\nContact: <sip:10@h>\r\n\r\n",
            "200 REGISTER sent: another first line",
        );
    }

    #[test]
    fn log_lines_are_not_compared() {
        let mut worded = played(None);
        worded.events[1].summary = "another reason".to_owned();
        assert_eq!(Difference::first(&played(None), &worded), None);
    }
}
