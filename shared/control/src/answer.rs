//! An answer: a result, or why there is none (JSON-RPC 2.0 §5).

use serde::{Deserialize, Serialize};

use crate::call::{Id, Version};
use crate::refusal::Refusal;

/// The answer to a call. The server writes one of `R` a piece at a time if it is long.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer<R> {
    jsonrpc: Version,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<R>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Refusal>,
    id: Id,
}

impl<R> Answer<R> {
    /// The answer to the call with that id.
    pub fn new(id: Id, outcome: Result<R, Refusal>) -> Self {
        let (result, error) = match outcome {
            Ok(result) => (Some(result), None),
            Err(refusal) => (None, Some(refusal)),
        };
        Self {
            jsonrpc: Version::V2,
            result,
            error,
            id,
        }
    }

    /// The result, or the refusal. `None` for an answer that has neither.
    pub fn outcome(self) -> Option<Result<R, Refusal>> {
        let refused = self.error.map(Err);
        refused.or(self.result.map(Ok))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_a_result_or_an_error_and_not_both() {
        let answer = Answer::new(Id::Number(7.into()), Ok("up"));
        let text = serde_json::to_string(&answer).unwrap();
        assert_eq!(text, r#"{"jsonrpc":"2.0","result":"up","id":7}"#);
        let refused: Answer<&str> = Answer::new(Id::Null, Err(Refusal::refused("no")));
        let text = serde_json::to_string(&refused).unwrap();
        assert_eq!(
            text,
            r#"{"jsonrpc":"2.0","error":{"code":500,"message":"no"},"id":null}"#
        );
        let read: Answer<&str> = serde_json::from_str(&text).unwrap();
        assert_eq!(read.outcome(), Some(Err(Refusal::refused("no"))));
    }

    #[test]
    fn an_answer_without_either_has_no_outcome() {
        let read: Answer<u64> = serde_json::from_str(r#"{"jsonrpc":"2.0","id":1}"#).unwrap();
        assert_eq!(read.outcome(), None);
    }
}
