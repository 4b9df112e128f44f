//! Methods that a chapter adds to those of every server.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::Value;
use sip_control::{Call, Refusal};

type Method = Box<dyn Fn() -> Result<Value, String> + Send + Sync>;

/// A chapter's own methods of the control socket. They take no parameters. They run on the
/// socket's thread, so no phone waits for them.
#[derive(Default)]
pub struct Methods(BTreeMap<&'static str, Method>);

impl Methods {
    /// Adds a method. Its result is what `answer` makes of `subject`; an error becomes a refusal.
    pub fn add<Subject, Answer, Error>(
        &mut self,
        name: &'static str,
        subject: &Subject,
        answer: fn(&Subject) -> Result<Answer, Error>,
    ) where
        Subject: Clone + Send + Sync + 'static,
        Answer: Serialize + 'static,
        Error: fmt::Display + 'static,
    {
        let subject = subject.clone();
        let method = move || {
            let result = answer(&subject).map_err(|error| error.to_string())?;
            serde_json::to_value(result).map_err(|error| error.to_string())
        };
        self.0.insert(name, Box::new(method));
    }

    /// Their names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.keys().copied()
    }

    /// The result of a method as lines of text, `Loaded: 4`; `None` if there is no such method.
    pub(crate) fn shown(&self, name: &str) -> Option<String> {
        let answer = self.0.get(name)?;
        Some(answer().map_or_else(|error| error, |value| lines(&value)))
    }

    /// Carries a call out.
    ///
    /// # Errors
    /// If the method does not exist, got parameters, or refuses.
    pub(crate) fn answer(&self, call: &Call) -> Result<Value, Refusal> {
        let method = self.0.get(call.method.as_str());
        let method = method.ok_or_else(|| Refusal::no_method(&call.method))?;
        if !call.params.is_empty() {
            let text = format!("{} takes no parameters", call.method);
            return Err(Refusal::params(text));
        }
        method().map_err(Refusal::refused)
    }
}

fn lines(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let lines = fields
                .iter()
                .map(|(name, value)| format!("{name}: {}\n", lines(value)));
            lines.collect()
        }
        Value::Array(items) => items.iter().map(lines).collect::<Vec<_>>().join("\n"),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

impl fmt::Debug for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
