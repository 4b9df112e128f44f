//! Properties of all texts, tried on many random ones.

use proptest::prelude::*;
use sip_digest::{Algorithm, Challenge, Credentials, Protected, Qop, params};

/// Credentials as a phone may send them, with every parameter.
const WHOLE: &str = "Digest username=\"a\\\"b\", realm=\"192.168.1.15\", nonce=\"462791f0\", \
    uri=\"sip:192.168.1.15\", response=\"be9e8d46b8dcd522f22301e1f2b3287c\", algorithm=MD5, \
    cnonce=\"c0ffee\", qop=auth, nc=00000001, opaque=\"\"";

/// Pieces of parameters in random order.
const PIECES: &str = "(Digest|digest |username|realm|nonce|uri|response|algorithm|MD5|SHA-256|qop|\
    auth|nc|0000000g|cnonce|=|=|=|,|,|\"|\"|\\\\| |\t|\r\n|é|\0|a){0,40}";

/// Credentials cut off anywhere, with some characters replaced, the last among them.
fn damaged() -> impl Strategy<Value = String> {
    let marks = prop::sample::select(&['"', '\\', '=', ',', ' ', '\0', '\u{e9}'][..]);
    let character = prop_oneof![marks, any::<char>()];
    let edits = prop::collection::vec((any::<prop::sample::Index>(), character.clone()), 0..4);
    let cut = prop::option::of((any::<prop::sample::Index>(), character));
    (edits, cut).prop_map(|(edits, cut)| {
        let mut text: Vec<char> = WHOLE.chars().collect();
        for (at, character) in edits {
            let at = at.index(text.len());
            text[at] = character;
        }
        if let Some((at, character)) = cut {
            text.truncate(at.index(text.len()));
            text.push(character);
        }
        text.into_iter().collect()
    })
}

/// Text between quotes: any character, a quote or a backslash after a backslash.
fn quoted() -> impl Strategy<Value = String> {
    let plain = any::<char>().prop_filter("bare", |c| !['"', '\\'].contains(c));
    let piece = prop_oneof![
        8 => plain.prop_map(String::from),
        1 => any::<char>().prop_map(|c| format!("\\{c}")),
    ];
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

/// A qop as written, a count and the phone's own nonce.
fn protection() -> impl Strategy<Value = (Qop, &'static str, String, String)> {
    let tokens = [
        (Qop::Auth, "auth"),
        (Qop::Auth, "AUTH"),
        (Qop::AuthInt, "auth-int"),
    ];
    let token = prop::sample::select(tokens.to_vec());
    (token, "[0-9a-fA-F]{1,8}", quoted())
        .prop_map(|((qop, token), nc, cnonce)| (qop, token, nc, cnonce))
}

/// No reader goes past the end or into a character, and every parameter is at its offset.
fn read(text: &str) -> Result<(), TestCaseError> {
    let _ = (Credentials::parse(text), Challenge::parse(text));
    if let Some(Ok(params)) = params(text) {
        for param in params {
            prop_assert!(text[param.offset..].starts_with(param.name));
            prop_assert!(text[param.offset..].contains(param.value));
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_text_panics_no_reader(text in any::<String>()) {
        read(&text)?;
        read(&format!("Digest {text}"))?;
    }

    #[test]
    fn pieces_of_credentials_in_any_order_panic_no_reader(text in PIECES) {
        read(&text)?;
        read(&format!("Digest {text}"))?;
    }

    #[test]
    fn damaged_credentials_panic_no_reader(text in damaged()) {
        read(&text)?;
    }

    #[test]
    fn what_is_printed_reads_as_what_was_printed(
        [username, realm, nonce, uri, response] in prop::array::uniform5(quoted()),
        algorithm in prop::sample::select(Algorithm::ALL.to_vec()),
        protection in prop::option::of(protection()),
        [cnonce, opaque] in prop::array::uniform2(prop::option::of(quoted())),
    ) {
        let qop = protection.as_ref().map(|(qop, token, nc, cnonce)| Protected {
            qop: *qop,
            token,
            nc,
            count: u32::from_str_radix(nc, 16).unwrap(),
            cnonce,
        });
        let credentials = Credentials {
            username: &username,
            realm: &realm,
            nonce: &nonce,
            uri: &uri,
            response: &response,
            algorithm,
            qop,
            // With a qop there is one, and it is that one.
            cnonce: qop.map(|it| it.cnonce).or(cnonce.as_deref()),
            opaque: opaque.as_deref(),
        };
        let printed = credentials.to_string();
        let again = Credentials::parse(&printed);
        prop_assert!(again == Some(Ok(credentials)), "{printed:?}");
    }
}
