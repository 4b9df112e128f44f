//! A page that shows every message of a running chapter, and why the server decided as it did.
//!
//! The program `watch` reads the control socket of a server (`server.watch`), a pasted trace, a
//! capture or an exchange of the book, and serves a page on 127.0.0.1. No chapter compiles it.
//!
//! | folder or file | what it decides |
//! |---|---|
//! | `source` | where messages come from |
//! | `model` | what belongs together, what is kept, what a reader has missed |
//! | `message` | one message in full: its parts, the decision, its credentials worked out |
//! | `side_by_side`, `compare` | two chapters, two messages |
//! | `tables` | the server's tables as they change |
//! | `export` | SVG, Mermaid, text, pcap |
//! | `http` | which requests are answered, and how |
//! | `view` | what the page gets as JSON |
//! | `flags`, `start` | the command line, and how the program starts |
//!
//! # The page's requests
//!
//! A source is a list of messages: `live` is the running server, a number something opened. All
//! answers are JSON; an error is `{"error": "what happened and what to do"}`.
//!
//! | request | answer |
//! |---|---|
//! | `GET /api/sources` | every source, and the limits |
//! | `POST /api/files?name=N` | opens the body: a text or a capture, at most 16 MiB |
//! | `DELETE /api/sources/ID` | forgets an opened source |
//! | `GET /api/chapters`, `GET /api/chapters/5` | the chapters; one with its exchanges |
//! | `POST /api/exchanges` `{"chapter":5,"name":"..."}` | plays an exchange |
//! | `POST /api/side-by-side` `{"exchange":"...","left":5,"right":6}` | plays it twice, in pairs |
//! | `GET /api/sources/ID/events` | server-sent events, below |
//! | `GET /api/sources/ID/messages/N` | a message in parts, the decision, its credentials |
//! | `POST /api/sources/ID/messages/N/digest` `{"password":"...","show":false}` | worked out with a password, which is not kept |
//! | `GET /api/sources/ID/compare?a=5&b=9` | two messages line by line |
//! | `GET /api/sources/ID/ladder.svg`, `ladder.mmd`, `messages.txt`, `messages.pcap` | files; `?groups=3,4` chooses |
//!
//! # Events
//!
//! First comes everything that is known, then what is new. An object replaces the one with the
//! same number: `source`, `parties` (lanes), `groups` (all messages with one Call-ID), `messages`,
//! `notes`, `tables`. `dropped` names the first message still kept, `missed` counts messages that
//! this page was never sent, and `reset` forgets everything: the server was started again.
//!
//! # Secrets
//!
//! A password is only ever in a request of the page, never in what it gets, unless the person who
//! typed it asks to see the work. HA1s of the server's database judge answers and stay here.

mod compare;
mod export;
mod flags;
mod http;
mod message;
mod model;
mod side_by_side;
mod source;
mod start;
mod tables;
pub mod view;

pub use flags::{Exchange, Flags};
pub use start::run;
