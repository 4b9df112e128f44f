//! How the last hash is put together, rightly or wrongly.

use sip_digest::Step;

use crate::recipe::{Form, Known, Protection, Recipe};

/// The step of a session that binds HA1 to both nonces.
const SESSION: &str = "HA1 of the session";

impl Recipe {
    /// Redoes the steps in the form of this recipe.
    pub(crate) fn put_in_form(&self, steps: &mut Vec<Step>) {
        if self.form == Form::SessionBytes {
            self.hash_the_bytes(steps);
        }
        if self.form != Form::Right {
            self.redo_last(steps);
        }
    }

    /// The HA1 of the session, over the bytes of HA1.
    fn hash_the_bytes(&self, steps: &mut [Step]) {
        let Some(at) = steps.iter().position(|step| step.name == SESSION) else {
            return;
        };
        let text = &steps[at].text;
        let (ha1, rest) = text.split_once(':').unwrap_or((text, ""));
        let mut bytes = hex::decode(ha1).unwrap_or_default();
        bytes.extend(format!(":{rest}").bytes());
        steps[at].hash = self.algorithm.hash(&bytes);
        steps[at].text = format!("the bytes of {ha1}:{rest}");
    }

    /// Puts the last hash together in another form.
    fn redo_last(&self, steps: &mut Vec<Step>) {
        let session = steps.iter().position(|step| step.name == SESSION);
        let text = match (self.form, session) {
            // It was never hashed, so the step goes.
            (Form::SessionText, Some(at)) => Some(steps.remove(at).text),
            _ => None,
        };
        let [before @ .., ha2, last] = steps.as_mut_slice() else {
            return;
        };
        let ha1 = match (&text, before.last(), &self.secret) {
            (Some(text), ..) => text,
            (_, Some(step), _) => &step.hash,
            (_, None, Known::Ha1(ha1) | Known::Password(ha1)) => ha1,
        };
        last.text = self.in_form(ha1, &ha2.hash);
        last.hash = self.algorithm.hash(last.text.as_bytes());
    }

    fn in_form(&self, ha1: &str, ha2: &str) -> String {
        let upper = |wanted, hash: &str| {
            if wanted {
                hash.to_ascii_uppercase()
            } else {
                hash.to_owned()
            }
        };
        let both = self.form == Form::UpperBoth;
        let ha1 = upper(both || self.form == Form::UpperHa1, ha1);
        let ha2 = upper(both || self.form == Form::UpperHa2, ha2);
        let nonce = &self.nonce;
        let Some(Protection {
            token, nc, cnonce, ..
        }) = &self.protection
        else {
            return format!("{ha1}:{nonce}:{ha2}");
        };
        match self.form {
            Form::WithoutNc => format!("{ha1}:{nonce}:{cnonce}:{token}:{ha2}"),
            Form::WithoutCnonce => format!("{ha1}:{nonce}:{nc}:{token}:{ha2}"),
            Form::WithoutQop => format!("{ha1}:{nonce}:{nc}:{cnonce}:{ha2}"),
            Form::CnonceFirst => format!("{ha1}:{nonce}:{cnonce}:{nc}:{token}:{ha2}"),
            _ => format!("{ha1}:{nonce}:{nc}:{cnonce}:{token}:{ha2}"),
        }
    }
}
