//! JSON-RPC 2.0: what a call looks like, and its answer.

use serde_json::{Value, json};

/// A call that was understood.
#[derive(Debug, PartialEq)]
pub(crate) struct Call {
    pub(crate) method: String,
    /// Positional parameters, as Kamailio takes them; an absent member is an empty list.
    pub(crate) params: Vec<Value>,
    /// `None` for a notification, which gets no answer (JSON-RPC 2.0 §4.1).
    pub(crate) id: Option<Value>,
}

/// Why there is no result (§5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    code: i32,
    message: String,
}

impl Fault {
    /// Not JSON.
    pub(crate) fn unreadable(error: &serde_json::Error) -> Self {
        Self::new(-32_700, format!("no JSON: {error}"))
    }

    /// JSON that is no call.
    pub(crate) fn no_call(what: &str) -> Self {
        Self::new(-32_600, what)
    }

    /// A method there is not.
    pub(crate) fn no_method(method: &str) -> Self {
        let text = format!("no method {method}: system.listMethods tells which there are");
        Self::new(-32_601, text)
    }

    /// Parameters that do not fit.
    pub(crate) fn params(what: impl Into<String>) -> Self {
        Self::new(-32_602, what)
    }

    /// What the method itself refuses, with the code Kamailio gives.
    pub(crate) fn refused(what: impl Into<String>) -> Self {
        Self::new(500, what)
    }

    fn new(code: i32, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// The answer that says so, one line.
    pub(crate) fn line(&self, id: &Value) -> String {
        let error = json!({ "code": self.code, "message": self.message });
        format!("{{\"jsonrpc\":\"2.0\",\"error\":{error},\"id\":{id}}}\n")
    }
}

/// What stands before a result. Answers are written in pieces: one may be long.
pub(crate) const RESULT_HEAD: &str = "{\"jsonrpc\":\"2.0\",\"result\":";

/// What stands behind a result.
pub(crate) fn result_tail(id: &Value) -> String {
    format!(",\"id\":{id}}}\n")
}

impl Call {
    /// Reads a call.
    ///
    /// # Errors
    /// What is wrong with it, and the id to say it to.
    pub(crate) fn read(mut value: Value) -> Result<Self, (Fault, Value)> {
        let Some(object) = value.as_object_mut() else {
            let what = "one call at a time, an object with jsonrpc, method, params and id";
            return Err((Fault::no_call(what), Value::Null));
        };
        let id = object.remove("id");
        let fault = |what| (Fault::no_call(what), id.clone().unwrap_or(Value::Null));
        if matches!(
            id,
            Some(Value::Object(_) | Value::Array(_) | Value::Bool(_))
        ) {
            let what = "the id is a number, a text or null";
            return Err((Fault::no_call(what), Value::Null));
        }
        if object.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
            return Err(fault("\"jsonrpc\":\"2.0\" is missing"));
        }
        let Some(Value::String(method)) = object.remove("method") else {
            return Err(fault("\"method\" is missing"));
        };
        let params = match object.remove("params") {
            None => Vec::new(),
            Some(Value::Array(params)) => params,
            Some(_) => return Err(fault("\"params\" is a list")),
        };
        Ok(Self { method, params, id })
    }

    /// The parameter at that place, which must be a text (or a number, as shells write `10`).
    ///
    /// # Errors
    /// When there is none; `what` says what it would be.
    pub(crate) fn text(&self, at: usize, what: &str) -> Result<String, Fault> {
        match self.params.get(at) {
            Some(Value::String(text)) => Ok(text.clone()),
            Some(Value::Number(number)) => Ok(number.to_string()),
            _ => Err(Fault::params(format!("{} wants {what}", self.method))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(value: Value) -> String {
        let (fault, id) = Call::read(value).unwrap_err();
        fault.line(&id)
    }

    #[test]
    fn a_call_without_params_has_an_empty_list() {
        let call = Call::read(json!({"jsonrpc": "2.0", "method": "ul.dump", "id": 1})).unwrap();
        assert_eq!(call.params, Vec::<Value>::new());
        assert_eq!(call.id, Some(json!(1)));
    }

    #[test]
    fn a_notification_is_told_from_a_call_whose_id_is_null() {
        let call = Call::read(json!({"jsonrpc": "2.0", "method": "m"})).unwrap();
        assert_eq!(call.id, None);
        let call = Call::read(json!({"jsonrpc": "2.0", "method": "m", "id": null})).unwrap();
        assert_eq!(call.id, Some(Value::Null));
    }

    #[test]
    fn what_is_no_call_is_refused_to_the_id_that_asked() {
        assert_eq!(
            refusal(json!({"jsonrpc": "1.0", "method": "ul.dump", "id": 7})),
            "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32600,\
             \"message\":\"\\\"jsonrpc\\\":\\\"2.0\\\" is missing\"},\"id\":7}\n"
        );
        assert!(refusal(json!([])).contains("-32600"));
        let named = json!({"jsonrpc": "2.0", "method": "m", "params": {"a": 1}, "id": 7});
        assert!(refusal(named).contains("is a list"));
    }
}
