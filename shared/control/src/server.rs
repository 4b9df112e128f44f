//! What a server reports about itself.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The result of `core.uptime`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uptime {
    /// The time of the call, as in HTTP's Date.
    pub now: String,
    /// When the server started, as in HTTP's Date.
    pub up_since: String,
    /// The seconds between the two.
    pub uptime: u64,
}

/// A counter, in JSON the string `core:rcv_requests = 7`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Counter {
    /// Its group and its name: `core:rcv_requests`.
    pub name: String,
    /// What it has counted.
    pub count: u64,
}

impl fmt::Display for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, count } = self;
        write!(f, "{name} = {count}")
    }
}

impl From<Counter> for String {
    fn from(counter: Counter) -> Self {
        counter.to_string()
    }
}

impl TryFrom<String> for Counter {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let parts = text.split_once(" = ");
        let read = parts.and_then(|(name, count)| Some((name, count.parse().ok()?)));
        let (name, count) = read.ok_or_else(|| format!("{text:?} is not a counter"))?;
        let name = name.to_owned();
        Ok(Self { name, count })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_is_a_string_as_kamailio_writes_it() {
        let counter = Counter {
            name: "core:rcv_requests".to_owned(),
            count: 7,
        };
        let text = serde_json::to_string(&counter).unwrap();
        assert_eq!(text, r#""core:rcv_requests = 7""#);
        assert_eq!(serde_json::from_str::<Counter>(&text).unwrap(), counter);
        assert!(serde_json::from_str::<Counter>(r#""core:rcv_requests""#).is_err());
    }
}
