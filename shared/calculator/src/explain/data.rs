//! What programs get of an explained answer.

/// What is known of the user's secret.
#[derive(Clone, Copy)]
pub enum Secret<'a> {
    /// Nothing: no response can be worked out.
    Unknown,
    /// The password.
    Password(&'a str),
    /// The hash of username, realm and password, in hex.
    Ha1(&'a str),
}

/// An answer to a challenge, and what there is to say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The header field it is in.
    pub header: &'static str,
    /// The values that go into the response.
    pub inputs: Vec<Input>,
    /// The hashes in the order of the work; none if the secret is unknown.
    pub steps: Vec<Step>,
    /// The hashes as they were made with the mistake, if one was found.
    pub mistaken: Vec<Step>,
    /// The response that the answer has.
    pub given: Option<String>,
    /// What is right or wrong about it.
    pub verdict: Said,
    /// What else is worth knowing.
    pub notes: Vec<String>,
}

/// A value that goes into a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Its name: `username`, `nonce`, `method`.
    pub name: &'static str,
    /// The value; `None` if the message does not have it.
    pub value: Option<String>,
    /// Where it is: a header field, or `request line`.
    pub header: &'static str,
}

/// One hash of the work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its name: `HA1`, `HA2`, `response`.
    pub name: &'static str,
    /// The hash function: `MD5`.
    pub function: &'static str,
    /// What is hashed, in names: `username:realm:password`.
    pub formula: String,
    /// What is hashed, in parts: the name of an input, or an empty name, and the text.
    pub parts: Vec<(String, String)>,
    /// The hash in hex.
    pub hash: String,
}

/// What is right or wrong about a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// `right`, `faulty`, `mistake`, `misshapen`, `unexplained` or `unknown`.
    pub kind: &'static str,
    /// A sentence.
    pub text: String,
    /// What was done wrong and how to fix it.
    pub mistakes: Vec<(String, String)>,
}
