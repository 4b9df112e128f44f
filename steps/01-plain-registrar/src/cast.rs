//! The phones that take part in the exchanges, by address.

pub const TEN: &str = "192.168.1.10";
pub const ELEVEN: &str = "192.168.1.11";
