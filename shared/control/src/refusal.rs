//! Why a call has no result (JSON-RPC 2.0 §5.1).

use serde::{Deserialize, Serialize};

/// Why a call has no result (JSON-RPC 2.0 §5.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// JSON-RPC's number for the reason, or Kamailio's.
    pub code: i32,
    /// The reason in words.
    pub message: String,
}

impl Refusal {
    /// The code of a method that does not exist.
    pub const NO_METHOD: i32 = -32_601;

    /// For a text that is not JSON.
    pub fn not_json(error: &serde_json::Error) -> Self {
        Self::new(-32_700, format!("this is not JSON: {error}"))
    }

    /// For JSON that is not a call.
    pub fn not_a_call(what: impl Into<String>) -> Self {
        Self::new(-32_600, what)
    }

    /// For a method that does not exist.
    pub fn no_method(method: &str) -> Self {
        let text = format!("method {method} does not exist; system.listMethods lists them all");
        Self::new(Self::NO_METHOD, text)
    }

    /// For parameters that do not fit.
    pub fn params(what: impl Into<String>) -> Self {
        Self::new(-32_602, what)
    }

    /// For what the method itself refuses, with the code that Kamailio gives.
    pub fn refused(what: impl Into<String>) -> Self {
        Self::new(500, what)
    }

    fn new(code: i32, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}
