//! One ingredient of a response replaced by another.

use std::sync::Arc;

use sip_digest::Algorithm;

use super::value::Value;
use crate::recipe::{Body, Form, Known, Protection, Recipe};

/// What is replaced by what.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Change {
    Username(String),
    Realm(String),
    Secret(Known),
    Method(String),
    Uri(String),
    Nonce(String),
    Protection(Option<Protection>),
    Algorithm(Algorithm),
    Form(Form),
    Body(Arc<Body>),
    /// These values keep their quotes.
    Quotes(Vec<Value>),
}

impl Change {
    /// The ingredient it is about.
    pub(crate) fn ingredient(&self) -> &'static str {
        match self {
            Self::Username(_) => "username",
            Self::Realm(_) => "realm",
            Self::Secret(_) => "password",
            Self::Method(_) => "method",
            Self::Uri(_) => "uri",
            Self::Nonce(_) => "nonce",
            Self::Protection(_) => "qop",
            Self::Algorithm(_) => "algorithm",
            Self::Form(_) => "form",
            Self::Body(_) => "body",
            Self::Quotes(_) => "quotes",
        }
    }

    /// Whether both are about the same ingredient, so that they cannot be combined.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Quotes(_), Self::Quotes(_)) => true,
            (Self::Quotes(values), other) | (other, Self::Quotes(values)) => values
                .iter()
                .any(|value| value.ingredient() == other.ingredient()),
            _ => self.ingredient() == other.ingredient(),
        }
    }

    /// The recipe with this change.
    pub(crate) fn apply(&self, recipe: &Recipe) -> Recipe {
        let mut changed = recipe.clone();
        match self.clone() {
            Self::Username(username) => changed.username = username,
            Self::Realm(realm) => changed.realm = realm,
            Self::Secret(secret) => changed.secret = secret,
            Self::Method(method) => changed.method = method,
            Self::Uri(uri) => changed.uri = uri,
            Self::Nonce(nonce) => changed.nonce = nonce,
            Self::Protection(protection) => changed.protection = protection,
            Self::Algorithm(algorithm) => changed.algorithm = algorithm,
            Self::Form(form) => changed.form = form,
            Self::Body(body) => changed.body = body,
            Self::Quotes(values) => values.iter().for_each(|value| value.quote(&mut changed)),
        }
        changed
    }
}

/// A mistake that people and phones make.
#[derive(Clone)]
pub(crate) struct Mistake {
    pub(crate) change: Change,
    /// What was hashed, in words that complete "The response was worked out with …".
    pub(crate) what: String,
    /// What to do about it.
    pub(crate) fix: &'static str,
}

/// Collects mistakes: each change once, and none that changes nothing.
pub(crate) struct Mistakes<'a> {
    pub(crate) right: &'a Recipe,
    pub(crate) list: Vec<Mistake>,
}

impl<'a> Mistakes<'a> {
    pub(crate) fn of(right: &'a Recipe) -> Self {
        Self {
            right,
            list: Vec::new(),
        }
    }

    /// Adds one.
    pub(crate) fn add(&mut self, change: Change, what: impl Into<String>, fix: &'static str) {
        let is_known = self.list.iter().any(|known| known.change == change);
        if !is_known && change.apply(self.right) != *self.right {
            self.list.push(Mistake {
                change,
                what: what.into(),
                fix,
            });
        }
    }
}
