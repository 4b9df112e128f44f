//! A call: what a client sends (JSON-RPC 2.0 §4).

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::refusal::Refusal;

/// The version of JSON-RPC; there is only this one here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Version {
    /// JSON-RPC 2.0
    #[serde(rename = "2.0")]
    V2,
}

/// What the client numbers its calls with. The answer repeats it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "the id must be a number, a string or null")]
pub enum Id {
    /// Also the id of an answer to a call whose id could not be read (JSON-RPC 2.0 §5).
    Null,
    /// A number, as most clients send.
    Number(serde_json::Number),
    /// A string.
    Text(String),
}

/// A method to run in the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// The protocol's version.
    pub jsonrpc: Version,
    /// The method's name, see [`crate::method`].
    pub method: String,
    /// Positional parameters, as Kamailio takes them.
    #[serde(default)]
    pub params: Vec<Value>,
    /// `None` for a notification, which gets no answer (JSON-RPC 2.0 §4.1).
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub id: Option<Id>,
}

/// An id that is there: `null` is an id, too.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Id>, D::Error> {
    Id::deserialize(deserializer).map(Some)
}

impl Call {
    /// A call that is answered.
    pub fn new(method: &str, params: &[&str]) -> Self {
        Self {
            jsonrpc: Version::V2,
            method: method.to_owned(),
            params: params.iter().map(|&param| param.into()).collect(),
            id: Some(Id::Number(1.into())),
        }
    }

    /// Reads a call.
    ///
    /// # Errors
    /// Why it is not one, and the id to answer to.
    pub fn read(value: Value) -> Result<Self, (Refusal, Id)> {
        // Derived code would take a list for an object, and JSON-RPC's batches are lists.
        if !value.is_object() {
            let what = "one call at a time: an object with jsonrpc, method, params and id";
            return Err((Refusal::not_a_call(what), Id::Null));
        }
        let id = value.get("id").and_then(|id| Id::deserialize(id).ok());
        Self::deserialize(value).map_err(|error| {
            let refusal = Refusal::not_a_call(format!("this is not a call: {error}"));
            (refusal, id.unwrap_or(Id::Null))
        })
    }

    /// The parameter at that place, as text. A number is one too, because shells write `10`.
    ///
    /// # Errors
    /// If it is missing; `what` says what it should be.
    pub fn text(&self, at: usize, what: &str) -> Result<String, Refusal> {
        match self.params.get(at) {
            Some(Value::String(text)) => Ok(text.clone()),
            Some(Value::Number(number)) => Ok(number.to_string()),
            _ => Err(Refusal::params(format!("{} needs {what}", self.method))),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(value: Value) -> (String, Id) {
        let (refusal, id) = Call::read(value).unwrap_err();
        assert_eq!(refusal.code, -32_600);
        (refusal.message, id)
    }

    #[test]
    fn a_call_without_params_has_an_empty_list() {
        let call = Call::read(json!({"jsonrpc": "2.0", "method": "ul.dump", "id": 1})).unwrap();
        assert_eq!(call.params, Vec::<Value>::new());
        assert_eq!(call.id, Some(Id::Number(1.into())));
    }

    #[test]
    fn a_notification_differs_from_a_call_whose_id_is_null() {
        let call = Call::read(json!({"jsonrpc": "2.0", "method": "m"})).unwrap();
        assert_eq!(call.id, None);
        let call = Call::read(json!({"jsonrpc": "2.0", "method": "m", "id": null})).unwrap();
        assert_eq!(call.id, Some(Id::Null));
    }

    #[test]
    fn a_call_is_read_as_it_was_written() {
        let call = Call::new("ul.lookup", &["location", "10"]);
        assert_eq!(Call::read(json!(call)).unwrap(), call);
    }

    #[test]
    fn what_is_not_a_call_is_refused_to_the_id_that_asked() {
        let seven = || Id::Number(7.into());
        let (why, id) = refused(json!({"jsonrpc": "1.0", "method": "ul.dump", "id": 7}));
        assert!(why.contains("expected `2.0`"), "{why}");
        assert_eq!(id, seven());
        let (why, id) = refused(json!({"jsonrpc": "2.0", "id": "a"}));
        assert!(why.contains("missing field `method`"), "{why}");
        assert_eq!(id, Id::Text("a".to_owned()));
        let (why, id) =
            refused(json!({"jsonrpc": "2.0", "method": "m", "params": {"a": 1}, "id": 7}));
        assert!(why.contains("expected a sequence"), "{why}");
        assert_eq!(id, seven());
        let (why, id) = refused(json!({"jsonrpc": "2.0", "method": "m", "id": [1]}));
        assert!(why.contains("the id must be a number"), "{why}");
        assert_eq!(id, Id::Null);
    }

    #[test]
    fn a_list_is_not_a_call_even_if_it_holds_what_one_has() {
        for list in [json!([]), json!(["2.0", "ul.dump", [], 1])] {
            let (why, id) = refused(list);
            assert!(why.starts_with("one call at a time"), "{why}");
            assert_eq!(id, Id::Null);
        }
    }
}
