//! Methods that a chapter adds to those of every server.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::rpc::{Call, Fault};

type Method = Box<dyn Fn() -> Result<Value, String> + Send + Sync>;

/// Methods of the control socket that are a chapter's own. They take no parameters, and run on
/// the socket's thread: what they wait for holds up no phone.
#[derive(Default)]
pub struct Methods(BTreeMap<&'static str, Method>);

impl Methods {
    /// Adds a method: what `answer` makes of `subject` is the result, an error what is refused.
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

    /// Carries a call out.
    ///
    /// # Errors
    /// A method there is not, parameters to one that takes none, what the method refuses.
    pub(crate) fn answer(&self, call: &Call) -> Result<Value, Fault> {
        let method = self.0.get(call.method.as_str());
        let method = method.ok_or_else(|| Fault::no_method(&call.method))?;
        if !call.params.is_empty() {
            return Err(Fault::params(format!(
                "{} takes no parameters",
                call.method
            )));
        }
        method().map_err(Fault::refused)
    }
}

impl fmt::Debug for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
