//! No text is too strange or too long to be read.

use proptest::prelude::*;

use sip_paste::read;

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
        prop_assert!(read(&text).len() <= text.len());
    }

    #[test]
    fn nor_is_a_text_of_pieces_of_messages(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)
    ) {
        for excerpt in read(&pieces.concat()) {
            prop_assert!(excerpt.challenges().len() <= pieces.len());
            prop_assert!(excerpt.credentials().len() <= pieces.len());
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
        let excerpts = read(&text);
        let fields: usize = excerpts.iter().map(|e| e.credentials().len()).sum();
        assert!(fields <= 500 * count, "{piece}");
    }
}
