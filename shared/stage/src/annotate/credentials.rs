//! How challenges and credentials are taken apart, and the response worked out.

use sip_digest::{Algorithm, Calculation, Credentials, Secret, params, responses_match};
use sip_message::printable;

use super::purposes::of_parameter;

/// A text that is longer has a line of its own, in characters.
const LONG: usize = 70;

/// The parameters of a challenge or of credentials, each with what it is for.
pub(crate) fn parameters(value: &str) -> Vec<String> {
    let Some(Ok(params)) = params(value) else {
        return vec!["This is not the Digest of RFC 2617.".to_owned()];
    };
    let shown = params.iter().map(|it| {
        let value = printable(it.value.as_bytes());
        let short = if value.chars().count() > 24 {
            let beginning: String = value.chars().take(20).collect();
            format!("{beginning}…")
        } else {
            value
        };
        format!("{} = {short}: {}", it.name, of_parameter(it.name))
    });
    shown.collect()
}

/// The response worked out step by step, as `calculator` and `phone --explain` do it, with the
/// password that fits. Without one it says so, and shows what the user's own would have given.
pub(crate) fn worked_out(
    value: &str,
    method: &str,
    body: &[u8],
    passwords: &[&str],
) -> Vec<String> {
    let Some(Ok(credentials)) = Credentials::parse(value) else {
        return Vec::new();
    };
    let of =
        |password: &str| Calculation::new(&credentials, Secret::Password(password), method, body);
    let fits = |password: &&str| responses_match(of(password).response(), credentials.response);
    let fitting = passwords.iter().copied().find(fits);
    let own = |password: &&str| password.ends_with(credentials.user());
    let Some(password) = fitting.or_else(|| passwords.iter().copied().find(own)) else {
        return vec!["Nobody here knows the password, so it cannot be worked out.".to_owned()];
    };
    let mut lines = steps(credentials.algorithm, &of(password));
    lines.push(match fitting {
        Some(_) => format!("The same as the response: it was made with {password}."),
        None => {
            format!("The response is another: it was not made from these values with {password}.")
        }
    });
    lines
}

fn steps(algorithm: Algorithm, calculation: &Calculation) -> Vec<String> {
    let function = algorithm.function();
    let step = |it: &sip_digest::Step| {
        let text = printable(it.text.as_bytes());
        let (name, hash) = (it.name, &it.hash);
        match text.len() {
            0..=LONG => format!("{name} = {function}({text})\n  = {hash}"),
            _ => format!("{name} = {function} of\n  {text}\n  = {hash}"),
        }
    };
    calculation.steps.iter().map(step).collect()
}
