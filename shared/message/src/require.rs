//! Extensions that a request requires (RFC 3261 §8.2.2.3, §16.3 step 5).

use crate::header_name::HeaderName;
use crate::reply::Reply;
use crate::request::Request;

/// How many extensions a 420 names; a phone requires one or two.
const MOST_NAMED: usize = 16;

impl Request {
    /// Whether a server that supports no extension may answer this request (Require, §8.2.2.3).
    ///
    /// # Errors
    /// 420 Bad Extension, with the required extensions in Unsupported.
    #[track_caller]
    pub fn check_require(&self) -> Result<(), Reply> {
        self.check_extensions(HeaderName::Require)
    }

    /// Whether a proxy that supports no extension may relay this request (Proxy-Require, §16.3
    /// step 5).
    ///
    /// # Errors
    /// As [`Request::check_require`].
    #[track_caller]
    pub fn check_proxy_require(&self) -> Result<(), Reply> {
        self.check_extensions(HeaderName::ProxyRequire)
    }

    /// A forged request must not cause an answer larger than itself, so only a few are named, in one
    /// field.
    #[track_caller]
    fn check_extensions(&self, name: HeaderName) -> Result<(), Reply> {
        let mut asked = self.list(name).peekable();
        if asked.peek().is_none() {
            return Ok(());
        }
        let texts = asked.filter_map(|extension| str::from_utf8(extension).ok());
        let named: Vec<&str> = texts.take(MOST_NAMED).collect();
        if named.is_empty() {
            return Err(Reply::of(420));
        }
        Err(Reply::of(420).with("Unsupported", named.join(", ")))
    }
}
