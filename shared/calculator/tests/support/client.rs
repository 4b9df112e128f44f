//! A registration as a client makes it, in answer to a challenge with qop.

use super::{Run, explain, md5};

/// What an answer with qop has beside the response.
pub const QOP: &str = "qop=auth, nc=00000001, cnonce=\"c0\"";

/// A REGISTER of phone 10 that answers with these parameters, behind a challenge.
pub fn register(realm: &str, answer: &str) -> String {
    format!(
        "SIP/2.0 401 Unauthorized\r\nCall-ID: 1\r\n\
         WWW-Authenticate: Digest realm=\"{realm}\", nonce=\"abc123\", qop=\"auth,auth-int\"\r\n\r\n\
         REGISTER sip:r.example SIP/2.0\r\nFrom: <sip:10@r.example>;tag=1\r\n\
         To: <sip:10@r.example>\r\nCall-ID: 1\r\nCSeq: 2 REGISTER\r\n\
         Authorization: Digest {answer}\r\nContent-Length: 0\r\n\r\n"
    )
}

/// The parameters that all answers have.
pub fn params(username: &str, realm: &str, response: &str, more: &str) -> String {
    format!(
        "username=\"{username}\", realm=\"{realm}\", nonce=\"abc123\", uri=\"sip:r.example\", \
         response=\"{response}\", {more}"
    )
}

/// Explains an answer of phone 10 with this response.
pub fn ten(response: &str, more: &str) -> Run {
    let answer = params("10", "r.example", response, more);
    explain(&register("r.example", &answer), "abc10")
}

/// Expects that one mistake fits, with these words.
pub fn fits(run: &Run, words: &str) {
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    let mut lines = run.out.lines();
    let line = lines.find(|line| line.starts_with("What fits:"));
    let line = line.unwrap_or_else(|| panic!("nothing fits: {}", run.out));
    assert!(
        line.contains(words) && !line.contains("; and with"),
        "{words}: {line}"
    );
}

/// Expects that the response is right.
pub fn is_right(run: &Run) {
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(run.out.contains("it matches."), "{}", run.out);
}

/// The response with qop for these texts, hashed with MD5.
pub fn response(a1: &[u8], cnonce: &str, qop: &str) -> String {
    let hash = |text: &[u8]| sip_digest::Algorithm::Md5.hash(text);
    let ha2 = hash(b"REGISTER:sip:r.example");
    md5(&format!(
        "{}:abc123:00000001:{cnonce}:{qop}:{ha2}",
        hash(a1)
    ))
}
