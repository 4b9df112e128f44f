//! Messages as people paste them, read whatever happened to them on the way.
//!
//! | file | what it mends |
//! |---|---|
//! | `clean` | line numbers, quote marks, doubled quotes |
//! | `ends`, `prefix` | what ngrep and `cat -A` put behind a line, and logs before it |
//! | `characters` | colours, ligatures, blanks that are not plain |
//! | `html`, `mail` | tags and entities; `=3D` |
//! | `letters`, `json` | JSON, line ends in letters: `\r\n`, `\n`, `#015#012` |
//! | `anchors`, `names` | where in a line a message or a header field begins |
//! | `message` | header fields folded or wrapped without a blank, missing line ends, bodies |
//! | `fields` | parameters on lines of their own, and noise behind them |
//! | `params` | commas that are missing, quotes of the printer's kind or never closed |

mod anchors;
mod characters;
mod clean;
mod ends;
mod fields;
mod html;
mod json;
mod letters;
mod line;
mod mail;
mod message;
mod names;
mod params;
mod prefix;

pub(crate) use message::{Header, Message, Start, messages};
pub(crate) use names::METHODS;
pub(crate) use params::{Params, escaped, read as read_params, unescaped};

/// What web pages put where an address was.
pub(crate) const PROTECTED: &str = "[email protected]";

/// A digest header field of the text.
#[derive(Clone)]
pub(crate) struct Digest {
    /// Its name as it is meant to be written.
    pub(crate) name: &'static str,
    /// What it holds.
    pub(crate) params: Params,
    /// The line of the text it begins on, from 1.
    pub(crate) line: usize,
}

/// The two that challenge.
pub(crate) const CHALLENGES: [&str; 2] = ["WWW-Authenticate", "Proxy-Authenticate"];
/// The two that answer.
pub(crate) const ANSWERS: [&str; 2] = ["Authorization", "Proxy-Authorization"];

/// The header fields of these names that are of the Digest scheme.
pub(crate) fn digests(message: &Message, names: [&'static str; 2]) -> Vec<Digest> {
    let digest = |header: &Header| {
        let name = names
            .into_iter()
            .find(|name| header.name.eq_ignore_ascii_case(name))?;
        Some(Digest {
            name,
            params: read_params(&header.value)?,
            line: header.line,
        })
    };
    message.headers.iter().filter_map(digest).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PIECES: &[&str] = &[
        "REGISTER sip:h SIP/2.0",
        "SIP/2.0 401",
        " ",
        "\n",
        "\r\n",
        "\n\n",
        "\\r\\n",
        "\\nTo: x",
        "#015#012",
        "#012Via:",
        "{\"log\":\"",
        "\"}",
        "> ",
        "1 ",
        "2 ",
        "Authorization: Digest ",
        "WWW-Authenticate: Digest",
        "username=",
        "nonce=\"",
        "\"",
        "“",
        ", uri=sip:h",
        "=",
        "\\\"",
        "\\",
        "é",
        "\u{1b}[1m",
        "v=0",
        "Content-Length: 5\n\n",
        "To",
        ":",
        "[email protected]",
        ".",
        "|",
        "To: <sip:10@h>",
        "&quot;",
        "uri=3D\"",
        "=\n",
        "<br>",
        "</",
        "│",
        "^M$",
        "\"\"",
        "Proxy-\n",
    ];

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in any::<String>()) {
            let messages = messages(&text);
            prop_assert!(messages.len() <= text.len());
        }

        #[test]
        fn nor_is_a_text_of_pieces_of_messages(
            pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)
        ) {
            for message in messages(&pieces.concat()) {
                digests(&message, CHALLENGES);
                digests(&message, ANSWERS);
            }
        }
    }

    /// Work that grows with the square of the text would take minutes here.
    #[test]
    fn a_long_line_and_many_lines_are_read_in_one_go() {
        for piece in [
            "To:",
            "SIP/2.0 ",
            "Authorization: Digest a=\"",
            "a",
            "\n",
            "To:\n",
            "\"x\n",
            ":",
            "a=b,",
            "\\n",
            "#012",
            "\\nVia:",
            "{\"",
            "[",
            "\\\"",
            "<",
            "<a ",
            "&#",
            "│",
            "=\"\"",
            "\", ",
            "\"a=",
            "Proxy-\n",
            "1 a\n",
        ] {
            let count = (1 << 17) / piece.len();
            let text = format!("Authorization: Digest username=\"{}", piece.repeat(count));
            let fields: usize = messages(&text)
                .iter()
                .map(|m| digests(m, ANSWERS).len())
                .sum();
            assert!(fields <= 500 * count, "{piece}");
        }
    }
}
