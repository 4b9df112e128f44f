//! What the page gets as JSON: sources, parties, groups, rows, notes, tables.

use serde::Serialize;

/// A list of messages: the running server's, or one that was opened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceView {
    /// `live`, or a number.
    pub id: String,
    /// Where the messages come from.
    pub kind: Kind,
    /// What it is called.
    pub title: String,
    /// Whether more can come.
    pub state: State,
    /// Why it waits, and what to do.
    pub detail: Option<String>,
    /// The exchange that was played.
    pub exchange: Option<ExchangeView>,
    /// How many messages are kept.
    pub messages: usize,
    /// The number of the oldest message kept.
    pub first: u64,
    /// The package of the server.
    pub package: Option<String>,
}

/// Where messages come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A running server.
    Live,
    /// An exchange of a chapter.
    Exchange,
    /// A text that was pasted or opened.
    Text,
    /// A capture file.
    Pcap,
}

/// Whether more messages can come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// The server answers.
    Connected,
    /// No server answers at the control socket.
    Waiting,
    /// It has all it will have.
    Ended,
}

/// An exchange of a chapter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExchangeView {
    /// The chapter's number.
    pub chapter: u32,
    /// The exchange's name.
    pub name: String,
    /// What it shows.
    pub title: String,
    /// The chapter's package.
    pub package: String,
}

/// Someone who sends and receives: a lane of the ladder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Party {
    /// Its number.
    pub id: usize,
    /// `phone 10`, `server`, or its address.
    pub name: String,
    /// `IP:PORT`.
    pub address: String,
    /// The user it sends for.
    pub user: Option<String>,
    /// It is the server.
    pub is_server: bool,
    /// Its place among the lanes.
    pub order: usize,
}

/// All messages with one Call-ID.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Its number.
    pub id: usize,
    /// `call`, `registration` or `other`.
    pub kind: &'static str,
    /// The Call-ID.
    pub call_id: String,
    /// A line about it.
    pub title: String,
    /// The user of the first From.
    pub from: Option<String>,
    /// The user of the first To.
    pub to: Option<String>,
    /// Every user in it.
    pub users: Vec<String>,
    /// Every method in it.
    pub methods: Vec<String>,
    /// Every status in it.
    pub statuses: Vec<u16>,
    /// How far it is.
    pub state: &'static str,
    /// Who takes part.
    pub parties: Vec<usize>,
    /// How many pairs of parties speak with each other.
    pub legs: usize,
    /// How many branches of a request went out at once, at most.
    pub forks: usize,
    /// Its first message.
    pub first: u64,
    /// Its last message.
    pub last: u64,
    /// How many messages of it were seen.
    pub count: u64,
    /// What is wrong in it.
    pub marks: Vec<Mark>,
}

/// A message in the list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Its number, from 1.
    pub n: u64,
    /// When, in milliseconds since 1970.
    pub at: f64,
    /// `in` or `out` as the server sees it.
    pub direction: Option<&'static str>,
    /// Its sender.
    pub from: usize,
    /// Its receiver.
    pub to: Option<usize>,
    /// The sender's address.
    pub from_address: String,
    /// The receiver's address.
    pub to_address: String,
    /// `UDP` or `TCP`.
    pub transport: String,
    /// The number of its TCP connection.
    pub connection: Option<u64>,
    /// `request`, `response` or `noise`.
    pub kind: &'static str,
    /// The method; of a response, that of its CSeq.
    pub method: Option<String>,
    /// The status of a response.
    pub status: Option<u16>,
    /// `INVITE`, `180 Ringing`.
    pub label: String,
    /// A line about it.
    pub summary: String,
    /// The user of From; of a REGISTER, that of To.
    pub user: Option<String>,
    /// Its length.
    pub bytes: usize,
    /// Its group.
    pub group: Option<usize>,
    /// 0 is the caller's side, others are those that the server opened.
    pub leg: usize,
    /// Which branch of a fork it belongs to.
    pub fork: Option<usize>,
    /// The branch of its first Via.
    pub branch: Option<String>,
    /// It never arrived.
    pub lost: bool,
    /// It answers a challenge.
    pub has_credentials: bool,
    /// The server's decision about it is known.
    pub why: bool,
    /// A sentence about it.
    pub explanation: Option<String>,
    /// Other messages that belong to it.
    pub tied: Tied,
    /// What is wrong with it.
    pub marks: Vec<Mark>,
}

/// Numbers of the messages that belong to a message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Tied {
    /// The request that this response answers.
    pub request: Option<u64>,
    /// The challenge that this request answers.
    pub challenge: Option<u64>,
    /// The request that answers this challenge.
    pub answer: Option<u64>,
    /// The first transmission of this message.
    pub original: Option<u64>,
    /// The same message before the server passed it on.
    pub received: Option<u64>,
    /// The same message after the server passed it on.
    pub sent: Vec<u64>,
    /// The ACK to this response.
    pub ack: Option<u64>,
}

/// Something worth a look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// `retransmission`, `loop`, `missing_ack`, `missing_answer`, `refused`, `wrong_password` or
    /// `lost`.
    pub kind: &'static str,
    /// A sentence.
    pub text: String,
    /// The message it refers to.
    pub of: Option<u64>,
}

/// A line between messages.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NoteView {
    /// Its number.
    pub id: u64,
    /// The message it comes after; 0 is before all.
    pub after: u64,
    /// When, in milliseconds since 1970.
    pub at: f64,
    /// `scene`, `log` or `view`.
    pub kind: sip_control::watch::NoteKind,
    /// What was looked at.
    pub title: Option<String>,
    /// The text.
    pub text: String,
}

/// A table of the server.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Table {
    /// `location`, `subscriber`, `aliases` or `address`.
    pub name: &'static str,
    /// The names of its columns.
    pub columns: Vec<&'static str>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
    /// How many rows are not here.
    pub more: usize,
    /// When it last changed, in milliseconds since 1970.
    pub changed: f64,
    /// Something to know about it.
    pub note: Option<String>,
}
