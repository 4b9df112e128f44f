//! Which values of credentials phones put in quotes, rightly or not.

use Value::{Cnonce, Nc, Nonce, Qop, Realm, Uri, Username};

use crate::recipe::Recipe;

/// A value that is in quotes, or that careless phones put in quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value {
    Username,
    Realm,
    Nonce,
    Uri,
    Cnonce,
    Qop,
    Nc,
}

impl Value {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Username => "username",
            Realm => "realm",
            Nonce => "nonce",
            Uri => "uri",
            Cnonce => "cnonce",
            Qop => "qop",
            Nc => "nc",
        }
    }

    /// The ingredient it belongs to: cnonce, nc and qop are changed as one.
    pub(crate) fn ingredient(self) -> &'static str {
        match self {
            Cnonce | Nc => Qop.name(),
            _ => self.name(),
        }
    }

    /// Puts it in quotes.
    pub(crate) fn quote(self, recipe: &mut Recipe) {
        let protection = recipe.protection.as_mut();
        let texts = match self {
            Username => [Some(&mut recipe.username), None],
            Realm => [Some(&mut recipe.realm), None],
            Nonce => [Some(&mut recipe.nonce), None],
            Uri => [Some(&mut recipe.uri), None],
            // A session without qop has a cnonce of its own.
            Cnonce => [
                recipe.cnonce.as_mut(),
                protection.map(|qop| &mut qop.cnonce),
            ],
            Qop => [protection.map(|qop| &mut qop.token), None],
            Nc => [protection.map(|qop| &mut qop.nc), None],
        };
        for text in texts.into_iter().flatten() {
            *text = format!("\"{text}\"");
        }
    }
}
