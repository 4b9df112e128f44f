//! Which part of a hashed text is which value.

use crate::recipe::{Known, Recipe};
use crate::show::{Line, MASK};

/// The text of a line in parts: the name of the value, or nothing for a colon, and its text. A
/// text that does not follow its formula, as some mistakes make it, is one part without a name.
pub(crate) fn pieces(line: &Line, recipe: &Recipe, lines: &[Line]) -> Vec<(String, String)> {
    let mut pieces = Vec::new();
    for name in line.formula.split(':') {
        if !pieces.is_empty() {
            pieces.push((String::new(), ":".to_owned()));
        }
        let value = value(name, recipe, lines).unwrap_or_default();
        pieces.push((name.to_owned(), value));
    }
    let text: String = pieces.iter().map(|(_, text)| text.as_str()).collect();
    if text == line.text {
        return pieces;
    }
    // Masked: the password is a part of its own.
    if let Some(before) = line.text.strip_suffix(MASK)
        && text.starts_with(before)
        && line.formula.ends_with("password")
    {
        pieces.pop();
        pieces.push(("password".to_owned(), MASK.to_owned()));
        return pieces;
    }
    vec![(String::new(), line.text.clone())]
}

fn value(name: &str, recipe: &Recipe, lines: &[Line]) -> Option<String> {
    let protection = recipe.protection.as_ref();
    let hash = |name: &str| lines.iter().find(|line| line.name == name);
    Some(match name {
        "username" => recipe.username.clone(),
        "realm" => recipe.realm.clone(),
        "password" => match &recipe.secret {
            Known::Password(password) => password.clone(),
            Known::Ha1(_) => return None,
        },
        "method" => recipe.method.clone(),
        "uri" => recipe.uri.clone(),
        "nonce" => recipe.nonce.clone(),
        "nc" => protection?.nc.clone(),
        "qop" => protection?.token.clone(),
        "cnonce" => match protection {
            Some(protection) => protection.cnonce.clone(),
            None => recipe.cnonce.clone()?,
        },
        "HA1" => match (hash("HA1"), &recipe.secret) {
            (Some(line), _) => line.hash.clone(),
            (None, Known::Ha1(_)) => MASK.to_owned(),
            (None, Known::Password(_)) => return None,
        },
        name => hash(name)?.hash.clone(),
    })
}
