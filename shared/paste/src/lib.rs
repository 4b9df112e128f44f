//! SIP messages in text that people paste, whatever happened to them on the way there.
//!
//! [`read`] gives the [`Excerpt`]s of a text: messages, or header fields without a first line.
//! It never fails: what is not a message is left out. How a message is written on the wire is
//! the business of `sip-message`; this crate only undoes what logs, mails and web pages do to it.
//!
//! | file | what it undoes or decides |
//! |---|---|
//! | `text`, `octets` | the encoding: UTF-16, bytes that are not UTF-8 |
//! | `line` | a line and its number |
//! | `clean` | quote marks, frames, doubled quotes, names cut in two; the order of the steps below |
//! | `mail`, `html` | `=3D`; tags and entities |
//! | `letters`, `json` | line ends written as letters: `\r\n`, `\n`, `#015#012`; JSON |
//! | `characters` | colours, ligatures, unusual spaces |
//! | `ends`, `numbers`, `prefix` | what ngrep and `cat -A` add to a line's end; line numbers; what a log puts before a line |
//! | `anchor`, `anchors`, `first_lines`, `names` | where in a line a message or a header field begins |
//! | `reader`, `value` | which lines belong together: wrapped header fields, bodies |
//! | `fields` | which words are parameters, and parameters on lines of their own |
//! | `digest`, `quoted` | challenges and credentials: missing commas, quotes that are typographic or never closed |
//! | `excerpt` | what comes out |

mod anchor;
mod anchors;
mod characters;
mod clean;
mod digest;
mod ends;
mod excerpt;
mod fields;
mod first_lines;
mod html;
mod json;
mod letters;
mod line;
mod mail;
mod names;
mod numbers;
pub mod octets;
mod prefix;
mod quoted;
mod reader;
mod text;
mod value;

pub use digest::Digest;
pub use excerpt::{Excerpt, Field, Start};
pub use quoted::{escaped, unescaped};
pub use reader::read;
pub use text::text;

/// What web pages put in place of an address.
pub const PROTECTED: &str = "[email protected]";
